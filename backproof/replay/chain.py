"""The chain rule of a tape in plain numbers: local derivatives are computed once, and then a sweep costs little.

Operations that wait for the same number of later ones are swept at once: a sweep takes as many steps as the longest
chain of operations has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from backproof.replay.records import Elementwise, One, Product, Sum
from backproof.replay.tape import Record, Tape


class _Links(NamedTuple):
    """From entries that were made to entries that were used, with the derivative of the one by the other, (n,) each."""

    made: np.ndarray
    used: np.ndarray
    partial: np.ndarray


_NONE = _Links(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


class _Matrices(NamedTuple):
    """A matrix product, and the values of its factors."""

    of: Product
    left: np.ndarray
    right: np.ndarray

    def back(self, adjoints: np.ndarray) -> None:
        coming = adjoints[self.of.made]
        if coming.any():
            np.add.at(adjoints, self.of.left, coming @ self.right.T)
            np.add.at(adjoints, self.of.right, self.left.T @ coming)


class Chain:
    """All local derivatives of a tape, those left out that are not finite."""

    def __init__(self, tape: Tape) -> None:
        self._size = tape.size
        self._steps = [_step(tape, records) for records in _in_steps(tape)]

    def swept(self, ids: np.ndarray, weights: np.ndarray, cut: np.ndarray | None = None) -> np.ndarray:
        """The derivative of a weighted sum of entries (n,) with respect to every entry of the tape.

        Args:
            cut: entries whose adjoints go no further back; no matrix product made them.
        """
        adjoints, passes = np.zeros(self._size), np.ones(self._size)
        np.add.at(adjoints, ids, weights)
        if cut is not None:
            passes[cut] = 0.0
        with np.errstate(all="ignore"):
            for links, products in self._steps:
                np.add.at(adjoints, links.used, adjoints[links.made] * passes[links.made] * links.partial)
                for product in products:
                    product.back(adjoints)
        adjoints[0] = 0.0
        return adjoints


def _in_steps(tape: Tape) -> list[list[Record]]:
    """The records by how many later ones their adjoints wait for."""
    waits = np.zeros(tape.size, np.int64)
    steps: list[list[Record]] = []
    for record in reversed(tape.records):
        at = int(np.max(waits[record.made], initial=0))
        for ids in record.used:
            waits[ids] = np.maximum(waits[ids], at + 1)
        steps += [[] for _ in range(at + 1 - len(steps))]
        steps[at].append(record)
    return steps


def _step(tape: Tape, records: list[Record]) -> tuple[_Links, list[_Matrices]]:
    links = [one for record in records for one in _links(tape, record)] or [_NONE]
    made, used, partial = (np.concatenate(column) for column in zip(*links, strict=True))
    known = ~tape.fixed[used] & np.isfinite(partial)
    products = [
        _Matrices(record, tape.hi[record.left], tape.hi[record.right])
        for record in records
        if isinstance(record, Product)
    ]
    return _Links(made[known], used[known], partial[known]), products


def _links(tape: Tape, record: Record) -> Iterator[_Links]:
    match record:
        case Elementwise(_, made, _):
            for ids, partial in record.partials(tape):
                yield _Links(*(np.broadcast_to(a, made.shape).ravel() for a in (made, ids, partial.hi)))
        case One(_, made, _):
            for number, single in record.partials(tape):
                yield _Links(np.array([made]), np.array([number]), np.array([single.hi]))
        case Sum(made, terms):
            yield _Links(np.repeat(made, terms.shape[1]), terms.ravel(), np.ones(terms.size))
