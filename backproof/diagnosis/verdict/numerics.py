"""Fragile programs: right as mathematics, but in floating point they overflow, or lose most of their digits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Case, FloatCall, Player, Probe
from backproof.diagnosis.verdict.judging import Judgement, Status
from backproof.replay.places import Expression

HALF = 1e-8  # of a number, in double precision
HALF_SINGLE = 3e-4
_FAR_SMALLER = 1e-3


class Loss(NamedTuple):
    """Where digits go: the first expression, what becomes of it, and in which gradients it shows."""

    place: Expression
    what: str
    gradients: tuple[int, ...]


def fragile_gradients(case: Case, call: FloatCall, judgement: Judgement, ordinary: Judgement) -> tuple[int, ...]:
    """The positions of gradients that are right exactly, and lose more than half of their digits in floating point.

    Args:
        ordinary: of the example: the digits of a gradient that is far smaller than its own are not missed.
    """
    lost = _losing(call, judgement, ordinary, HALF)
    return _losing(call, judgement, ordinary, HALF_SINGLE) if lost and _in_single(case, call) else lost


def _in_single(case: Case, call: FloatCall) -> bool:
    """Whether anything is computed in single precision."""
    if any(np.asarray(g).dtype.itemsize < 8 for g in call.answer().gradients.values()):
        return True
    with Player(case, None, keep=True) as player:
        player.call(call.arguments)
        return player.world.single


def _losing(call: FloatCall, judgement: Judgement, ordinary: Judgement, half: float) -> tuple[int, ...]:
    answer = call.answer()
    found = []
    scale = max((float(np.abs(g.true).max(initial=0.0)) for g in judgement.gradients), default=0.0)
    for position, (judged, usual) in enumerate(zip(judgement.gradients, ordinary.gradients, strict=True)):
        if judged.status is not Status.RIGHT or not np.isfinite(judged.true).all():
            continue
        given = np.asarray(answer.gradients[judged.pair.gradient], np.float64)
        if given.size != judged.true.size:
            continue
        error = np.abs(given.reshape(judged.true.shape) - judged.true)
        own, at_example = (float(np.abs(g.true).max(initial=0.0)) for g in (judged, usual))
        size = max(own, 1e-3 * scale, _FAR_SMALLER * at_example)
        if not (error <= half * size).all():
            found.append(position)
    return tuple(found)


def where_lost(case: Case, probe: Probe, judgement: Judgement, gradients: tuple[int, ...]) -> Loss | None:
    """The first expression whose floats are far from its exact value, among those that the gradients depend on."""
    with Player(case, None, keep=True) as player:
        records = player.call(probe).records
    tape = judgement.tape
    parts = np.zeros(tape.size, bool)
    for position in gradients:
        parts |= tape.reaching(judgement.entries[position].reshape(-1))
    floats = {(r.key, r.occurrence): r.value for r in records}
    for record in judgement.call.records:
        value = floats.get((record.key, record.occurrence))
        if value is None or value.shape != record.value.shape or not parts[record.value].any():
            continue
        exact, known = tape.hi[record.value], np.isfinite(tape.radius[record.value])
        place = case.program.expressions[record.key]
        if not np.isfinite(value[known]).all():
            what = "overflows" if np.isinf(value[known]).any() else "is not a number"
            return Loss(place, what, gradients)
        error = np.abs(value - exact)[known]
        size = np.abs(exact[known])
        if (error > HALF * np.maximum(size, 1e-300)).any() and error.max(initial=0.0) > HALF * size.max(initial=0.0):
            return Loss(place, "loses more than half of its digits", gradients)
    return None
