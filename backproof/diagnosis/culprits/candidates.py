"""Candidates: the places of a program whose values had a part in wrong gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.culprits.targets import Target, fitted
from backproof.diagnosis.verdict.judging import Judgement, Status
from backproof.replay.places import Expression


class Candidate(NamedTuple):
    """A place whose values had a part in wrong gradients.

    Attributes:
        key: of the place.
        first: the position of its first value among all that were recorded.
        positions: of each value among all that were recorded.
        occurrences: which times that it was passed.
        values: what they were.
        ids: their entries.
        reaches: the positions of the wrong gradients that it had a part in.
        outputs: for each value the positions of the gradients of a wrong shape that it is.
    """

    key: int
    first: int
    occurrences: tuple[int, ...]
    values: tuple[np.ndarray, ...]
    ids: tuple[np.ndarray, ...]
    reaches: frozenset[int]
    outputs: tuple[tuple[int, ...], ...] = ()
    positions: tuple[int, ...] = ()


def candidates(
    judgement: Judgement, wrong: Sequence[int], forward: bool, places: Sequence[Expression]
) -> list[Candidate]:
    """The places that had a part in wrong gradients, in the order in which they were passed first.

    Args:
        wrong: the positions of the wrong gradients.
        places: of the program, by their keys.
        forward: whether places that only hold values of the forward pass count, instead of those that do not.
    """
    tape = judgement.tape
    used = judgement.forward
    parts = {k: tape.reaching(judgement.entries[k].reshape(-1)) for k in wrong}
    outputs = {k: judgement.entries[k] for k in wrong}
    found: dict[int, list[tuple[int, int, np.ndarray, frozenset[int], tuple[int, ...]]]] = {}
    shared: set[int] = set()  # what the forward pass goes through too: a change of it would change the loss
    for position, record in enumerate(judgement.call.records):
        ids = record.value
        if not ids.ndim and tape.fixed[ids] and places[record.key].kind != "value":
            continue  # a number that the program reads
        known = ids != 0
        is_forward = bool(known.any() and used[ids[known]].all()) and not tape.fixed[ids].all()
        is_output = [k for k in wrong if np.array_equal(ids, outputs[k])]
        if is_forward and not forward and not is_output:
            shared.add(record.key)
        if not ids.size or (is_forward != forward and not (is_output and not forward)):
            continue
        only_as_output = is_forward and not forward
        reaches = frozenset(is_output if only_as_output else [k for k in wrong if parts[k][ids].any()])
        if tape.fixed[ids].all() and places[record.key].kind == "value":
            reaches = frozenset(wrong)  # constants have no entries of their own, and may have had a part in anything
        reaches |= frozenset(is_output)
        if reaches:
            shaped = tuple(k for k in is_output if judgement.gradients[k].status is Status.SHAPE)
            found.setdefault(record.key, []).append((position, record.occurrence, ids, reaches, shaped))
    return [
        Candidate(
            key,
            visits[0][0],
            tuple(v[1] for v in visits),
            tuple(tape.hi[v[2]] for v in visits),
            tuple(v[2] for v in visits),
            frozenset().union(*(v[3] for v in visits)),
            tuple(v[4] for v in visits),
            tuple(v[0] for v in visits),
        )
        for key, visits in found.items()
        if key not in shared
    ]


def computing_the_loss(judgement: Judgement) -> set[int]:
    """The places that first had a value that the loss depends on, constants and arguments left out."""
    used, fixed = judgement.forward, judgement.tape.fixed
    seen = np.zeros(used.size, bool)
    for ids in judgement.call.entries.values():
        seen[ids] = True
    found = set()
    for record in judgement.call.records:
        ids = record.value.reshape(-1)
        if (used[ids] & ~seen[ids] & ~fixed[ids]).any():
            found.add(record.key)
        seen[ids] = True
    return found


def is_right(candidate: Candidate, adjoints: Sequence[Target], turns: int | None = None) -> bool:
    """Whether all values of a candidate are true adjoints of something: then it is used wrongly, if anything.

    Args:
        turns: how many of its values are looked at, from the first; None for all.
    """
    return all(any(_equal(value, true) for t in adjoints for true in t.values) for value in candidate.values[:turns])


def _equal(value: np.ndarray, other: np.ndarray) -> bool:
    fits = fitted(other, value.shape)
    if fits is None:
        return False
    return bool(np.abs(value - fits).max(initial=0.0) <= 1e-12 * np.abs(fits).max(initial=0.0))
