"""The true value and gradient of a formula: its exact replay, and Arb where replay's range or precision ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, ctx

from backproof import true_gradient
from comparison.atlas.arguments import Call
from comparison.atlas.dual_language import DUALS
from comparison.atlas.duals import dual, leaves
from comparison.atlas.known import Known
from comparison.atlas.language import NUMPY, Formulation
from comparison.atlas.types_of_numbers import FloatType
from comparison.atlas.weighing import weighted_sum

PRECISIONS = (128, 800, 5000)  # bits: each where the one before did not settle the numbers


@dataclass(frozen=True)
class Truth:
    """The entries of the formula's value, the gradient of their sum, and by what means they are known."""

    value: Known
    gradients: tuple[Known, ...]
    means: str

    def unsettled(self, kind: FloatType) -> int:
        """How many numbers are not known well enough."""
        return sum(int(known.unsettled(kind).sum()) for known in (self.value, *self.gradients))

    def completed(self, other: Truth, kind: FloatType) -> Truth:
        """The other's numbers where these are not known well enough."""
        ours, theirs = (self.value, *self.gradients), (other.value, *other.gradients)
        value, *gradients = (a.completed(b, kind) for a, b in zip(ours, theirs, strict=True))
        return Truth(value, tuple(gradients), "replay and Arb")


def truths_of(formulation: Formulation, calls: Sequence[Call], kind: FloatType) -> list[Truth]:
    """The truth at each call.

    Raises:
        NotFollowed: replay does not follow the formula.
    """
    replayed = by_replay(formulation, calls) if calls else []
    return [_completed(found, formulation, call, kind) for found, call in zip(replayed, calls, strict=True)]


def _completed(found: Truth, formulation: Formulation, call: Call, kind: FloatType) -> Truth:
    for bits in PRECISIONS:
        if not found.unsettled(kind):
            break
        found = found.completed(by_arb(formulation, call, bits), kind)
    return found  # what is still unsettled is at a kink, has no finite value, or is beyond all that was tried


def by_replay(formulation: Formulation, calls: Sequence[Call]) -> list[Truth]:
    """The truth at each call by a single exact replay of all of them.

    The value is itself a derivative: that of the sum of weights times entries, by the weights.
    """
    function = formulation.bound(NUMPY)
    with np.errstate(all="ignore"):
        weights = [np.ones(np.shape(function(*call))) for call in calls]
        handed = [(*call, w if w.ndim else 1.0) for call, w in zip(calls, weights, strict=True)]
        found = true_gradient(weighted_sum(function), handed)
    balls = [[Known.of_balls(part.enclosure) for part in gradients] for gradients in found]
    return [Truth(value, tuple(gradients), "replay") for *gradients, value in balls]


def by_arb(formulation: Formulation, call: Call, bits: int) -> Truth:
    """The truth by Arb, with this many bits."""
    with ctx.workprec(bits), np.errstate(all="ignore"):
        entries, count = leaves(call)
        value = np.asarray(formulation.bound(DUALS)(*entries), object)
        flat = [dual(entry) for entry in value.ravel().tolist()]
        known = Known.of_arb([entry.value for entry in flat], value.shape)
        total = [sum((entry.slopes[k] for entry in flat if k in entry.slopes), start=arb(0)) for k in range(count)]
        gradients, start = [], 0
        for argument in call:
            gradients.append(Known.of_arb(total[start : start + argument.size], argument.shape))
            start += argument.size
    return Truth(known, tuple(gradients), "Arb")
