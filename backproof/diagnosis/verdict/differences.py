"""Where a program cannot be replayed: its gradients beside differences of its own loss."""

from __future__ import annotations

import numpy as np

from backproof.diagnosis.calls.case import Player, Probe
from backproof.diagnosis.calls.pairing import Pair
from backproof.diagnosis.verdict.judging import Judged, Status

STEP = 1e-4
CLOSE = 1e-5  # of the largest number of a gradient; differences of fourth order are good to about 1e-9 here
MOST_NUMBERS = 200  # of one parameter that are tried


def judge_by_differences(
    player: Player, probe: Probe, pairs: tuple[Pair, ...], step: float = STEP
) -> tuple[Judged, ...]:
    """Each gradient beside differences of fourth order of the returned loss; of large ones, some of the numbers."""
    answer = player.call(probe).answer()
    found = []
    for pair in pairs:
        value = probe[pair.parameter]
        given = np.asarray(answer.gradients[pair.gradient], np.float64)
        if given.size != value.size:
            found.append(Judged(pair, Status.SHAPE, given, np.full(value.shape, np.nan)))
            continue
        given = given.reshape(value.shape)
        places = np.arange(value.size)
        if value.size > MOST_NUMBERS:
            places = np.random.default_rng(0).choice(value.size, MOST_NUMBERS, replace=False)
        true = given.copy()
        for place in places:
            true.flat[place] = _slope(player, probe, pair, int(place), step)
        size = max(float(np.abs(true).max(initial=0.0)), float(np.abs(given).max(initial=0.0)), 1e-8)
        close = bool((np.abs(true - given) <= CLOSE * size).all())
        found.append(Judged(pair, Status.RIGHT if close else Status.WRONG, given, true))
    return tuple(found)


def _slope(player: Player, probe: Probe, pair: Pair, place: int, step: float) -> float:
    value = probe[pair.parameter]
    losses = []
    for times in (-2, -1, 1, 2):
        moved = value.copy()
        if moved.ndim:
            moved.flat[place] += times * step
        else:
            moved = moved + times * step
        losses.append(player.loss(player.call({**probe, pair.parameter: moved})))
    return (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * step)
