"""Where a program cannot be replayed: its gradients beside differences of its own loss."""

from __future__ import annotations

import msgspec
import numpy as np

from backproof.diagnosis.calls.case import Player, Probe
from backproof.diagnosis.calls.failure import Failure, failure_of
from backproof.diagnosis.calls.pairing import Pair, Pairing
from backproof.diagnosis.gradients import gradient_reports, right_sentence, wrong_sentence
from backproof.diagnosis.report import Diagnosis, Remark, Verdict
from backproof.diagnosis.verdict.judging import Judged, Status, digits_of
from backproof.diagnosis.words import name_of

STEP = 1e-4
CLOSE = 1e-5  # of the largest number of a gradient; differences of fourth order are good to about 1e-9 here
DIGITS = 8.0  # that differences can see
MOST_NUMBERS = 200  # of one parameter that are tried


def diagnosed_by_differences(player: Player, example: Probe, pairing: Pairing, error: Exception) -> Diagnosis:
    """What differences say of a program that cannot be replayed.

    Args:
        error: why it cannot.
    """
    path = player.case.program.path
    failure = failure_of(error, path.parent) or Failure(str(error), None)
    where = f" (line {failure.line})" if failure.line else ""
    reason = f"{failure.sentence}{where}, so the gradients are compared with differences of the program's own loss"
    judged = judge_by_differences(player, example, pairing.pairs)
    names = [name_of(pair, pairing) for pair in pairing.pairs]
    wrong = [name for name, g in zip(names, judged, strict=True) if g.status is not Status.RIGHT]
    verdict: Verdict = "wrong" if wrong else "correct"
    right = f"{right_sentence(judged)}, as far as differences show"
    reports = {
        name: msgspec.structs.replace(report, digits=min(DIGITS, round(digits_of(g.given, g.true), 1)))
        for (name, report), g in zip(gradient_reports(names, [judged]).items(), judged, strict=True)
    }
    return Diagnosis(
        verdict,
        wrong_sentence(wrong, len(names)) if wrong else right,
        str(path),
        reports,
        remarks=[Remark("differences", failure.line, reason)],
        probes=1,
        traced=False,
    )


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
