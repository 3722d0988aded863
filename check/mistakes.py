"""What a catalogued mistake is, and whether a learner's numbers are exactly what it would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from backproof.arithmetic import ProofError
from backproof.balls import Balls
from check.own_lines import Formula, OwnLines
from check.own_step import StepFormula

# The lessons that a mistake can belong to.
FORWARD, BACKWARD, TRAINING = "The forward pass, with shapes", "Walking back", "Training"


@dataclass(frozen=True)
class Mistake:
    """A wrong formula for one line, or for the update.

    Attributes:
        id: a short name for programs.
        line: a field of Lines; "update" for the step of SGD; "call" for what a backward pass must not do at all.
        formula: the wrong formula, as one would write it.
        says: what it is, in one sentence.
        why: why it matters.
        see: how to see it oneself.
        lesson: the lesson that it belongs to.
        cure: what to write instead, where the right formula alone does not say it.
        wrong: the formula on the learner's own earlier lines, to be compared with an array of its shape.
        step: of an update, the parameters after a step.
        derivative: for a forward line, the backward lines that would be right if this formula were meant.
    """

    id: str
    line: str
    formula: str
    says: str
    why: str
    see: str
    lesson: str
    wrong: Formula | None = field(default=None, repr=False, compare=False)
    cure: str = ""
    step: StepFormula | None = field(default=None, repr=False, compare=False)
    derivative: Mapping[str, Formula] = field(default_factory=dict, repr=False, compare=False)

    @property
    def of_batch(self) -> bool:
        """Whether it is one about several samples, so that a program that sees one at a time can hardly make it."""
        return any(word in self.id for word in ("left-out", "over-samples", "over-units", "and-mean", "averaged"))


def fits(values: np.ndarray, formula: Formula, own: OwnLines) -> bool:
    """Whether an array of the learner's is what this formula gives, in this shape, or in it transposed."""
    try:
        with np.errstate(all="ignore"):
            balls = formula(own)
    except (ProofError, ValueError):  # unbounded, or the shapes of what came before do not fit together
        return False
    long = _long(balls.shape)
    if _long(values.shape) == long and holds(balls, values.reshape(balls.shape)):
        return True
    turned = values.T
    return values.ndim == 2 and _long(turned.shape) == long and holds(balls, turned.reshape(balls.shape))


def holds(balls: Balls, values: np.ndarray) -> bool:
    """Whether the balls hold these values, widened for another order of the same operations.

    Where a formula has no bound, as in a division by zero, it gives what is not finite, and nowhere else.
    """
    finite = np.isfinite(values)
    if not np.array_equal(finite, np.isfinite(balls.radius)):
        return False
    values = np.where(finite, values, 0)
    slack = float(balls.arithmetic.gamma(16)) * balls.size + 16 * balls.arithmetic.tiny
    return bool(balls.widened(3 * balls.radius + slack * balls.nonzero).inside(values)[finite].all())


def _long(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(axis for axis in shape if axis != 1)


def mean_of(balls: Balls) -> Balls:
    """The mean of the entries of a vector of balls, of shape (1,)."""
    return balls.reshape(-1, 1).sum(0) / balls.shape[0]
