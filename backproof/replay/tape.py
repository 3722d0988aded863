"""The tape: every number that a program computed, and what it was computed from.

A number is an *entry*; an entry's value is a ball. A *record* is one operation on whole arrays of entries. Moving
numbers about leaves no record: an array is an array of entry numbers. Entry 0 is the constant 0.

Reverse mode (A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., chapter 3) gives the adjoint of every
entry in one sweep over the records; adjoints are balls too.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from backproof.balls import Balls
from backproof.replay.ball import Ball
from backproof.replay.refusal import TooLarge
from backproof.replay.whole import balls_of, full

MOST_ENTRIES = 40_000_000  # about 2 GB with adjoints


class Record(Protocol):
    """One operation: which entries it made, from which it made them, and how an adjoint goes back."""

    @property
    def made(self) -> np.ndarray | int:
        """The entries that it made."""

    @property
    def used(self) -> tuple[np.ndarray | int, ...]:
        """The entries that it was made from."""

    def back(self, tape: Tape, adjoints: Adjoints) -> None:
        """Add to the adjoints of what was used."""

    def marks(self, reached: np.ndarray) -> None:
        """Mark the entries used for entries that are marked."""


class Tape:
    """Entries and records of one run."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self.most = most
        self.size = 1
        self.hi, self.lo, self.radius = (np.zeros(1 << 12) for _ in range(3))
        self.fixed = np.zeros(1 << 12, bool)  # constants, and what was computed from constants alone
        self.fixed[0] = True
        self.records: list[Record] = []
        self.made_by: list[int] = []  # the first entry that each record made, in ascending order
        self._constants: dict[float, int] = {}

    # New entries.

    def _room(self, count: int) -> int:
        start, end = self.size, self.size + count
        if end > self.most:
            raise TooLarge(
                f"more than {self.most:,} numbers are computed: try fewer samples or units; "
                "a mistake shows in a small network as well"
            )
        if end > self.hi.size:
            length = max(end, 2 * self.hi.size)
            self.hi, self.lo, self.radius = (
                np.concatenate([old, np.zeros(length - old.size)]) for old in (self.hi, self.lo, self.radius)
            )
            self.fixed = np.concatenate([self.fixed, np.zeros(length - self.fixed.size, bool)])
        self.size = end
        return start

    def add(self, values: Balls, fixed: bool = False) -> np.ndarray:
        """New entries with these values: their numbers, in the shape of the values."""
        count = values.hi.size
        start = self._room(count)
        block = slice(start, start + count)
        self.hi[block], self.lo[block], self.radius[block] = values.hi.ravel(), values.lo.ravel(), values.radius.ravel()
        self.fixed[block] = fixed
        return np.arange(start, start + count).reshape(values.shape)

    def add_one(self, value: Ball, fixed: bool = False) -> int:
        """A new entry with this value."""
        number = self._room(1)
        self.hi[number], self.lo[number], self.radius[number] = value
        self.fixed[number] = fixed
        return number

    def record(self, record: Record) -> None:
        """Remember an operation."""
        made = record.made
        self.made_by.append(made if isinstance(made, int) else int(made.flat[0]) if made.size else self.size)
        self.records.append(record)

    def leaves(self, values: np.ndarray) -> np.ndarray:
        """An entry of its own for every number, 0 included: what a derivative is asked for."""
        return self.add(balls_of(values))

    def constants(self, values: np.ndarray) -> np.ndarray:
        """Entries for constants: 0 is entry 0."""
        values = np.asarray(values, np.float64)
        if values.ndim == 0:
            return np.asarray(self.constant(float(values)))
        ids = np.zeros(values.shape, np.int64)
        nonzero = values != 0
        ids[nonzero] = self.add(balls_of(values[nonzero]), fixed=True)
        return ids

    def constant(self, value: float) -> int:
        """The entry of a constant."""
        if value == 0:
            return 0
        if value != value:  # NaN: nothing is known
            return self.add_one(Ball(0.0, 0.0, np.inf), fixed=True)
        if value not in self._constants:
            self._constants[value] = self.add_one(Ball(value), fixed=True)
        return self._constants[value]

    # What is known of entries.

    def values(self, ids: np.ndarray) -> Balls:
        """The values of entries."""
        return full(self.hi[ids], self.lo[ids], self.radius[ids])

    def value(self, number: int) -> Ball:
        """The value of one entry."""
        return Ball(float(self.hi[number]), float(self.lo[number]), float(self.radius[number]))

    def adjoints(self, loss: int) -> Adjoints:
        """The derivative of an entry with respect to every entry."""
        return self.swept(np.array([loss]), np.ones(1))

    def swept(self, ids: np.ndarray, weights: np.ndarray) -> Adjoints:
        """The derivative of a weighted sum of entries (n,) with respect to every entry."""
        adjoints = Adjoints(self.size)
        adjoints.add(ids, balls_of(weights))
        last = int(np.searchsorted(self.made_by, ids.max(initial=0), side="right"))
        for record in reversed(self.records[:last]):
            record.back(self, adjoints)
        return adjoints

    def reaching(self, ids: np.ndarray, first: int = 0) -> np.ndarray:
        """Whether each entry of the tape had a part in computing these (n,).

        Args:
            first: the record before which nothing is followed.
        """
        reached = np.zeros(self.size, bool)
        reached[ids] = True
        for record in reversed(self.records[first:]):
            record.marks(reached)
        reached[0] = False
        return reached


class Adjoints:
    """The derivatives of one entry with respect to all."""

    def __init__(self, size: int) -> None:
        self.hi, self.lo, self.radius = (np.zeros(size) for _ in range(3))

    def of(self, ids: np.ndarray) -> Balls:
        """The adjoints of these entries; entries that the loss does not depend on have 0."""
        return full(self.hi[ids], self.lo[ids], self.radius[ids])

    def of_one(self, number: int) -> Ball:
        """The adjoint of one entry."""
        return Ball(float(self.hi[number]), float(self.lo[number]), float(self.radius[number]))

    def is_zero(self, ids: np.ndarray) -> bool:
        """Whether all are exactly 0."""
        return not (self.hi[ids].any() or self.radius[ids].any())

    def add_one(self, number: int, value: Ball) -> None:
        """Add to the adjoint of one entry."""
        if number and not value.is_exact_zero:
            self.hi[number], self.lo[number], self.radius[number] = self.of_one(number) + value

    def add(self, ids: np.ndarray, values: Balls) -> None:
        """Add to adjoints; an entry that stands in several places gets all of it."""
        ids = ids.ravel()
        values = values.reshape(-1)
        keep = (ids != 0) & values.nonzero
        if not keep.all():
            ids, values = ids[keep], values[keep]
        while ids.size:
            unique, first = np.unique(ids, return_index=True)
            total = self.of(unique) + values[first]
            self.hi[unique], self.lo[unique], self.radius[unique] = total.hi, total.lo, total.radius
            if unique.size == ids.size:
                return
            rest = np.ones(ids.size, bool)
            rest[first] = False
            ids, values = ids[rest], values[rest]
