"""A culprit: the expression that is wrong although everything it uses is right, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass

from backproof.diagnosis.culprits.intervention import Mend
from backproof.diagnosis.repair.bench import Change
from backproof.replay.places import Expression


@dataclass(frozen=True)
class Culprit:
    """One fault.

    Attributes:
        place: the expression.
        mend: what it should be, where an intervention found it.
        changes: what mends the program, simplest first.
        gradients: the positions of the gradients that are wrong because of it.
        first: when it was passed first, among all places.
        proven: whether the program with the changes of all culprits gives the true gradients, where there are changes.
        inside: the same inside of a helper that it calls.
    """

    place: Expression
    mend: Mend | None
    changes: tuple[Change, ...]
    gradients: frozenset[int]
    first: int
    proven: bool = True
    inside: Mend | None = None


def simpler(one: Culprit | None, other: Culprit | None) -> Culprit | None:
    """The one with the simpler change; the first, where they cost about the same."""
    if one is None or other is None:
        return one or other
    return other if other.changes[0].cost < one.changes[0].cost - 0.3 else one
