"""Data flow between single numbers: which forward values a backward value was computed from, nearest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproof.replay.records import Elementwise, One, Product, Sum
from backproof.replay.tape import Tape

_FURTHEST = 8  # operations back
_MOST = 60  # numbers looked at
_DEEPEST, _SEVERAL = 6, 4  # operations of an activation, and numbers that one operation takes


class Flow:
    """The data flow of one tape.

    Args:
        forward: whether each entry has a part in the loss.
    """

    def __init__(self, tape: Tape, forward: np.ndarray) -> None:
        self.tape, self.forward = tape, forward
        self._starts = np.asarray(tape.made_by)
        self._known: dict[int, tuple[int, ...]] = {}
        self._touched: dict[int, list[set[int]]] = {}
        self.orders: dict[tuple[int, int], tuple[int, ...] | None] = {}  # of a place's values beside a series
        self._turns: dict[int, tuple[Sequence[np.ndarray], dict[int, int]]] = {}

    def parents(self, entry: int) -> tuple[int, ...]:
        """The entries that one was computed from, by a single operation; none for a constant or an argument."""
        if entry not in self._known:
            self._known[entry] = self._parents(entry)
        return self._known[entry]

    def _parents(self, entry: int) -> tuple[int, ...]:
        position = int(np.searchsorted(self._starts, entry, side="right")) - 1
        if position < 0:
            return ()
        record = self.tape.records[position]
        if isinstance(record, One):
            return record.used if record.made == entry else ()
        assert isinstance(record, Elementwise | Product | Sum)
        where = np.flatnonzero(record.made.reshape(-1) == entry)
        if not where.size:
            return ()
        at = int(where[0])
        if isinstance(record, Sum):
            return tuple(record.terms[at].tolist())
        if isinstance(record, Product):
            row, column = divmod(at, record.made.shape[1])
            return (*record.left[row].tolist(), *record.right[:, column].tolist())
        return tuple(int(np.broadcast_to(ids, record.made.shape).reshape(-1)[at]) for ids in record.used)

    def turns(self, series: Sequence[np.ndarray]) -> dict[int, int]:
        """For each entry of a series the turn that has it; -1 where several have."""
        if id(series) not in self._turns:
            turns: dict[int, int] = {}
            for turn, ids in enumerate(series):
                for entry in ids.reshape(-1).tolist():
                    turns[entry] = -1 if entry in turns else turn
            self._turns[id(series)] = series, turns  # with the series itself, so that its id stays its own
        return self._turns[id(series)][1]

    def touched(self, entry: int) -> list[set[int]]:
        """The forward entries that a backward one was computed from, by how many operations lie between.

        Each with what it was itself computed from: an activation with its pre-activation.
        """
        if entry not in self._touched:
            self._touched[entry] = self._levels(entry)
        return self._touched[entry]

    def _levels(self, entry: int) -> list[set[int]]:
        levels: list[set[int]] = []
        now, seen = {entry}, {entry}
        for _ in range(_FURTHEST):
            following: set[int] = set()
            found: set[int] = set()
            for one in now:
                for parent in self.parents(one):
                    if parent == 0 or parent in seen:
                        continue
                    seen.add(parent)
                    if self.forward[parent]:
                        found |= {parent, *self._values_before(parent)}
                    else:
                        following.add(parent)
            if found:
                levels.append(found)
            if not following or len(seen) > _MOST:
                break
            now = following
        return levels

    def _values_before(self, entry: int) -> tuple[int, ...]:
        """What a forward value was computed from: by one operation, or by several on one number, as in a sigmoid."""
        found: list[int] = []
        for _ in range(_DEEPEST):
            parents = [p for p in self.parents(entry) if self.forward[p] and not self.tape.fixed[p]]
            if len(parents) != 1:
                return (*found, *parents) if not found and len(parents) <= _SEVERAL else tuple(found)
            entry = parents[0]
            found.append(entry)
        return tuple(found)
