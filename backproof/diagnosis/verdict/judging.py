"""Is each returned gradient the derivative of the returned loss? Decided on balls: nobody picks a tolerance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple

import numpy as np

from backproof.balls import Balls
from backproof.diagnosis.calls.case import Case, ExactCall, Probe, exact_call
from backproof.diagnosis.calls.pairing import LOSS_PAIR, Pair
from backproof.diagnosis.calls.reference import entry_of
from backproof.replay.operands import ids_of
from backproof.replay.tape import Adjoints, Tape

DIGITS = 1e-20  # a difference of 0 is known to 20 digits of the largest derivative that could have gone into it
MOST_DIGITS = 17.0


class Status(Enum):
    """What a returned gradient is."""

    RIGHT = "right"
    WRONG = "wrong"
    SHAPE = "shape"  # of another size than its parameter
    UNKNOWN = "unknown"  # an overflow: nothing is known of it


class Judged(NamedTuple):
    """One returned gradient.

    Attributes:
        pair: what it is the gradient of.
        status: what it is.
        given: what the program computes, exactly, rounded once; in the shape that it has.
        true: the true gradient, rounded once, in the shape of the parameter.
    """

    pair: Pair
    status: Status
    given: np.ndarray
    true: np.ndarray

    @property
    def digits(self) -> float:
        """How many digits of the largest number of the true gradient are right everywhere: 0 to 17."""
        if self.status is Status.RIGHT:
            return MOST_DIGITS
        return digits_of(self.given, self.true)


def digits_of(given: np.ndarray, true: np.ndarray) -> float:
    """How many digits of the largest number of ``true`` are right everywhere in ``given``: 0 to 17."""
    if given.size != true.size:
        return 0.0
    error = np.abs(given.reshape(true.shape) - true).max(initial=0.0)
    size = np.abs(true).max(initial=0.0)
    if error == 0:
        return MOST_DIGITS
    with np.errstate(all="ignore"):
        return float(np.clip(np.nan_to_num(-np.log10(error / size), nan=0.0, posinf=MOST_DIGITS), 0.0, MOST_DIGITS))


@dataclass(frozen=True)
class Judgement:
    """All gradients of one call, with the tape that shows it.

    Attributes:
        gradients: in the order in which they were returned.
        loss: the entry of the loss.
        adjoints: of the loss.
    """

    call: ExactCall
    gradients: tuple[Judged, ...]
    loss: int
    adjoints: Adjoints
    entries: tuple[np.ndarray, ...]

    @cached_property
    def forward(self) -> np.ndarray:
        """Whether each entry of the tape has a part in the loss."""
        return self.tape.reaching(np.array([self.loss]))

    @property
    def all_right(self) -> bool:
        """Whether every gradient is right."""
        return all(g.status is Status.RIGHT for g in self.gradients)

    @property
    def right(self) -> frozenset[int]:
        """The positions of the gradients that are right."""
        return frozenset(k for k, g in enumerate(self.gradients) if g.status is Status.RIGHT)

    @property
    def tape(self) -> Tape:
        """Of the call."""
        return self.call.tape


def judge(case: Case, probe: Probe, pairs: tuple[Pair, ...], call: ExactCall | None = None) -> Judgement:
    """Judge one call on exact numbers.

    Args:
        probe: the numbers of every argument.
        pairs: which gradient belongs to which argument.
        call: the call, where it was made already.

    Raises:
        NotFollowed, TooLarge: as ``exact_call``.
        NotAnAnswer: it returns no loss with gradients.
        KeyError: the program returns other gradients than those in the pairs.
    """
    call = exact_call(case, probe) if call is None else call
    answer, tape = case.answer(call.returned), call.tape
    loss = loss_of(case, call)
    adjoints = tape.adjoints(loss)
    scale = float(np.max(np.abs(adjoints.hi), initial=0.0, where=np.isfinite(adjoints.hi)))
    entries = tuple(ids_of(tape, answer.gradients[pair.gradient]) for pair in pairs)

    def true(pair: Pair) -> Shaped:
        if pair == LOSS_PAIR:
            return values_at(tape, np.array(loss))
        return adjoints_at(adjoints, call.entries[pair.parameter])

    judged = tuple(
        _judged(pair, values_at(tape, ids), true(pair), scale) for pair, ids in zip(pairs, entries, strict=True)
    )
    return Judgement(call, judged, loss, adjoints, entries)


def loss_of(case: Case, call: ExactCall) -> int:
    """The entry of the loss that is differentiated: the reference's, or the one that was returned."""
    if call.reference is not None:
        return call.reference.loss
    return entry_of(call.tape, case.answer(call.returned).loss)


class Shaped(NamedTuple):
    """Balls in a row, and the shape that they belong in: also that of a single number."""

    balls: Balls
    shape: tuple[int, ...]

    @property
    def nearest(self) -> np.ndarray:
        """Rounded once, in the shape; NaN where nothing is known."""
        known = np.isfinite(self.balls.radius)
        return np.where(known, self.balls.hi, np.nan).reshape(self.shape)


def values_at(tape: Tape, ids: np.ndarray) -> Shaped:
    """The values of entries."""
    return Shaped(tape.values(ids.reshape(-1)), ids.shape)


def adjoints_at(adjoints: Adjoints, ids: np.ndarray) -> Shaped:
    """The adjoints of entries."""
    return Shaped(adjoints.of(ids.reshape(-1)), ids.shape)


def _judged(pair: Pair, given: Shaped, true: Shaped, scale: float) -> Judged:
    """A vector may be a row or a column: that is the learner's affair."""
    fits = same_shape(given.shape, true.shape)
    status = status_of(given.balls, true.balls, scale) if fits else Status.SHAPE
    return Judged(pair, status, given.nearest, true.nearest)


def same_shape(gradient: tuple[int, ...], parameter: tuple[int, ...]) -> bool:
    """Whether a gradient can be taken from its parameter: axes of length 1 may differ that spread over nothing."""
    if math.prod(gradient) != math.prod(parameter):
        return False
    try:
        return math.prod(np.broadcast_shapes(gradient, parameter)) == math.prod(parameter)
    except ValueError:
        return False


def status_of(given: Balls, true: Balls, scale: float) -> Status:
    """Whether two rows of values are the same numbers everywhere.

    Args:
        scale: the largest number that may have cancelled in them.
    """
    if not (np.isfinite(given.radius).all() and np.isfinite(true.radius).all()):
        return Status.UNKNOWN
    difference = given - true
    if not np.isfinite(difference.radius).all():
        return Status.UNKNOWN
    if (np.abs(difference.hi + difference.lo) > difference.radius).any():
        return Status.WRONG
    size = max(scale, float(true.size.max(initial=0.0)))
    return Status.RIGHT if (difference.size <= DIGITS * size).all() else Status.UNKNOWN
