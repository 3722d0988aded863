"""Records: operations on whole arrays of entries, and the chain rule of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from backproof.balls import Balls
from backproof.replay.ball import Ball
from backproof.replay.rule import Rule
from backproof.replay.tape import Adjoints, Tape
from backproof.replay.whole import summed, unbroadcast


class Elementwise(NamedTuple):
    """One rule applied to arrays that broadcast to one shape."""

    rule: Rule
    made: np.ndarray
    used: tuple[np.ndarray, ...]

    def back(self, tape: Tape, adjoints: Adjoints) -> None:
        """Chain rule, entry by entry."""
        if adjoints.is_zero(self.made):
            return
        coming = adjoints.of(self.made)
        for ids, partial in self.partials(tape):
            adjoints.add(ids, unbroadcast(coming * partial, ids.shape))

    def partials(self, tape: Tape) -> Iterator[tuple[np.ndarray, Balls]]:
        """The derivatives with respect to what was used, but for constants, in the shape of what was made."""
        inputs = [tape.values(np.broadcast_to(ids, self.made.shape)) for ids in self.used]
        asked = tuple(not tape.fixed[ids].all() for ids in self.used)
        for ids, partial in zip(self.used, self.rule.partials(inputs, tape.values(self.made), asked), strict=True):
            if partial is not None:
                yield ids, partial

    def marks(self, reached: np.ndarray) -> None:
        """Position by position."""
        where = reached[self.made]
        if where.any():
            for ids in self.used:
                reached[np.broadcast_to(ids, where.shape)[where]] = True


class One(NamedTuple):
    """One rule applied to single numbers."""

    rule: Rule
    made: int
    used: tuple[int, ...]

    def back(self, tape: Tape, adjoints: Adjoints) -> None:
        """The chain rule."""
        coming = adjoints.of_one(self.made)
        if coming.is_exact_zero:
            return
        for number, partial in self.partials(tape):
            adjoints.add_one(number, coming * partial)

    def partials(self, tape: Tape) -> Iterator[tuple[int, Ball]]:
        """The derivatives with respect to what was used, but for constants."""
        inputs = [tape.value(number) for number in self.used]
        asked = tuple(not tape.fixed[number] for number in self.used)
        for number, partial in zip(self.used, self.rule.partials(inputs, tape.value(self.made), asked), strict=True):
            if partial is not None:
                yield number, partial

    def marks(self, reached: np.ndarray) -> None:
        """All of it."""
        if reached[self.made]:
            for number in self.used:
                reached[number] = True


class Sum(NamedTuple):
    """Row sums: ``made`` (k,) of the rows of ``terms`` (k, m)."""

    made: np.ndarray
    terms: np.ndarray

    @property
    def used(self) -> tuple[np.ndarray, ...]:
        """The terms."""
        return (self.terms,)

    def back(self, tape: Tape, adjoints: Adjoints) -> None:
        """Every term gets the adjoint of its sum."""
        if not adjoints.is_zero(self.made):
            coming = adjoints.of(np.broadcast_to(self.made[:, None], self.terms.shape))
            adjoints.add(self.terms, coming)

    def marks(self, reached: np.ndarray) -> None:
        """Row by row."""
        reached[self.terms[reached[self.made]]] = True


class Product(NamedTuple):
    """A matrix product: ``made`` (a, c) of ``left`` (a, b) and ``right`` (b, c)."""

    made: np.ndarray
    left: np.ndarray
    right: np.ndarray

    @property
    def used(self) -> tuple[np.ndarray, ...]:
        """The two matrices."""
        return self.left, self.right

    def back(self, tape: Tape, adjoints: Adjoints) -> None:
        """``dL = dP Rᵀ`` and ``dR = Lᵀ dP``."""
        if adjoints.is_zero(self.made):
            return
        coming = adjoints.of(self.made)
        if not tape.fixed[self.left].all():
            adjoints.add(self.left, coming @ tape.values(self.right.T))
        if not tape.fixed[self.right].all():
            adjoints.add(self.right, tape.values(self.left.T) @ coming)

    def marks(self, reached: np.ndarray) -> None:
        """Rows and columns; where the other factor is the constant 0, it has no part."""
        where = reached[self.made]
        if where.any():
            reached[self.left[where.any(1)]] = True
            reached[self.right[:, where.any(0)]] = True


def sum_of(tape: Tape, terms: np.ndarray) -> np.ndarray:
    """The sums (k,) of the rows of ``terms`` (k, m)."""
    if terms.shape[1] == 1:
        return terms[:, 0]
    fixed = bool(tape.fixed[terms].all())
    made = tape.add(summed(tape.values(terms)), fixed)
    if not fixed:
        tape.record(Sum(made.copy(), terms.copy()))
    return made


def again(tape: Tape, ids: np.ndarray) -> np.ndarray:
    """New entries of the same values, computed from these: their adjoint is what this one use adds."""
    made = tape.add(tape.values(ids))
    tape.record(Sum(made.reshape(-1).copy(), ids.reshape(-1, 1).copy()))
    return made


def product_of(tape: Tape, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The matrix product (a, c) of entries (a, b) and (b, c)."""
    fixed = bool(tape.fixed[left].all() and tape.fixed[right].all())
    made = tape.add(tape.values(left) @ tape.values(right), fixed)
    if not fixed:
        tape.record(Product(made.copy(), left.copy(), right.copy()))
    return made


def elementwise_of(tape: Tape, rule: Rule, *inputs: np.ndarray) -> np.ndarray:
    """A rule applied to arrays of entries that broadcast.

    A record keeps copies: the program may write into the arrays that it was made from, and into what was made.
    """
    shape = np.broadcast_shapes(*(ids.shape for ids in inputs))
    value = rule.of([tape.values(np.broadcast_to(ids, shape)) for ids in inputs])
    fixed = all(bool(tape.fixed[ids].all()) for ids in inputs)
    made = tape.add(value, fixed)
    if not fixed:
        tape.record(Elementwise(rule, made.copy(), tuple(ids.copy() for ids in inputs)))
    return made


def one_of(tape: Tape, rule: Rule, *inputs: int) -> int:
    """A rule applied to single numbers."""
    fixed = all(bool(tape.fixed[number]) for number in inputs)
    made = tape.add_one(rule.of_one([tape.value(number) for number in inputs]), fixed)
    if not fixed:
        tape.record(One(rule, made, inputs))
    return made
