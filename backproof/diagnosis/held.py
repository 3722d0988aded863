"""What each variable of the backward part holds: the derivative of the loss with respect to what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.culprits.targets import (
    Target,
    adjoint_targets,
    fitted,
    forward_series,
    slope_targets,
)
from backproof.diagnosis.verdict.judging import Judgement
from backproof.replay.loading import Program
from backproof.replay.places import Expression

CLOSE = 1e-12
_MOST_SLOPES = 40


class Held(NamedTuple):
    """A variable that is assigned, and what its values are.

    Attributes:
        place: where it is assigned.
        targets: what the values are, one for each that is different; none where they are no derivative.
        at_last: whether only its last value is that: a sum that grows in a loop.
        records: the positions of its values among all that were recorded.
    """

    place: Expression
    targets: tuple[Target, ...]
    at_last: bool
    records: tuple[int, ...]


def held(program: Program, judgement: Judgement) -> list[Held]:
    """The variables that do not go into the loss, in the order of the lines."""
    visits = {
        key: several
        for key, several in assigned(program, judgement).items()
        if not any(_is_forward(judgement, position) for position in several)
    }
    adjoints = adjoint_targets(judgement, forward_series(judgement, program), program)
    derivatives, slopes = _Known(adjoints), _Known(slope_targets(adjoints[:_MOST_SLOPES]))
    found = []
    for key, several in visits.items():
        values = [judgement.tape.hi[judgement.call.records[k].value] for k in several]
        targets, at_last = derivatives.what(values)
        if not targets:
            targets, at_last = slopes.what(values)
        found.append(Held(program.expressions[key], targets, at_last, tuple(several)))
    return sorted(found, key=lambda one: (one.place.file != str(program.path), one.place.file, one.place.line))


def assigned(program: Program, judgement: Judgement) -> dict[int, list[int]]:
    """For each place that assigns what depends on the arguments, the positions of its values among all records."""
    tape = judgement.tape
    found: dict[int, list[int]] = {}
    for position, record in enumerate(judgement.call.records):
        ids = record.value
        if program.expressions[record.key].kind == "store" and ids.size and not tape.fixed[ids].all():
            found.setdefault(record.key, []).append(position)
    return found


def _is_forward(judgement: Judgement, position: int) -> bool:
    ids = judgement.call.records[position].value
    return bool(judgement.forward[ids[ids != 0]].all())


class _Known:
    """Values that have a meaning, to be found again by their size and length."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = targets
        by_size: dict[int, list[tuple[float, int, np.ndarray]]] = {}
        for position, target in enumerate(targets):
            for value in target.values:
                by_size.setdefault(value.size, []).append((float(np.linalg.norm(value)), position, value))
        self._of_size = {size: (np.array([one[0] for one in some]), some) for size, some in by_size.items()}

    def what(self, values: Sequence[np.ndarray]) -> tuple[tuple[Target, ...], bool]:
        """What all values are that are not 0; else what the last one is."""
        each = [set(self._like(value)) for value in values if value.any()]
        if each and all(each):
            common = set.intersection(*each)
            if common:
                return (self._targets[min(common)],), False
            return tuple(self._targets[k] for k in dict.fromkeys(min(some) for some in each)), False
        if each and each[-1]:
            return (self._targets[min(each[-1])],), True
        return (), False

    def _like(self, value: np.ndarray) -> Iterator[int]:
        norms, known = self._of_size.get(value.size, (np.empty(0), []))
        norm = float(np.linalg.norm(value))
        for k in np.flatnonzero(np.abs(norms - norm) <= CLOSE * norm) if norm else ():
            _, position, other = known[k]
            fits = fitted(other, value.shape)
            if fits is not None and np.abs(value - fits).max() <= CLOSE * np.abs(fits).max():
                yield position
