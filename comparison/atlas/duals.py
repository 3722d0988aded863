"""Arb numbers with their derivatives, in arrays: the truth where exact replay's range or precision ends.

Replay keeps numbers in pairs of float64: beyond 1e308 and below 1e-300 it knows little. Arb has no such bounds and any
precision, at a hundred times the cost. Derivatives are carried forward, one for every number that goes in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb

Number = Any  # a Dual, or a plain number


class Dual:
    """A number and its derivatives by those that went in."""

    __slots__ = ("slopes", "value")

    def __init__(self, value: arb, slopes: dict[int, arb]) -> None:
        self.value, self.slopes = value, slopes

    def then(self, value: arb, slope: arb) -> Dual:
        """A function of it: its value, and its derivative here."""
        return Dual(value, {key: slope * own for key, own in self.slopes.items()})

    def __add__(self, other: Number) -> Dual:
        return _operated(self, other, lambda a, b: (a + b, arb(1), arb(1)))

    def __sub__(self, other: Number) -> Dual:
        return _operated(self, other, lambda a, b: (a - b, arb(1), arb(-1)))

    def __mul__(self, other: Number) -> Dual:
        return _operated(self, other, lambda a, b: (a * b, b, a))

    def __truediv__(self, other: Number) -> Dual:
        return _operated(self, other, lambda a, b: (a / b, 1 / b, -a / (b * b)))

    def __pow__(self, other: Number) -> Dual:
        if isinstance(other, np.ndarray):
            return NotImplemented
        if not isinstance(other, Dual):
            power = arb(other)
            return self.then(self.value**power, power * self.value ** (power - 1) if other else arb(0))
        return both(self, other, lambda a, b: (a**b, b * a ** (b - 1), a.log() * a**b))

    def __neg__(self) -> Dual:
        return self.then(-self.value, arb(-1))

    def __rsub__(self, other: Number) -> Dual:
        return dual(other) - self

    def __rtruediv__(self, other: Number) -> Dual:
        return dual(other) / self

    def __rpow__(self, other: Number) -> Dual:
        return dual(other) ** self

    __radd__, __rmul__ = __add__, __mul__

    def __gt__(self, other: Number) -> bool:
        return bool(self.value > dual(other).value)

    def __lt__(self, other: Number) -> bool:
        return bool(self.value < dual(other).value)

    def __ge__(self, other: Number) -> bool:
        return bool(self.value >= dual(other).value)

    def __le__(self, other: Number) -> bool:
        return bool(self.value <= dual(other).value)


def _operated(a: Dual, b: Number, rule: Callable[[arb, arb], tuple[arb, arb, arb]]) -> Dual:
    """An operator; that of a number and an array is the array's."""
    return NotImplemented if isinstance(b, np.ndarray) else both(a, dual(b), rule)


def dual(number: Number) -> Dual:
    """A plain number is a constant."""
    return number if isinstance(number, Dual) else Dual(arb(float(number)), {})


def both(a: Dual, b: Dual, rule: Callable[[arb, arb], tuple[arb, arb, arb]]) -> Dual:
    """A function of two: its value and its two derivatives."""
    value, by_a, by_b = rule(a.value, b.value)
    slopes = {key: by_a * own for key, own in a.slopes.items()}
    for key, own in b.slopes.items():
        slopes[key] = slopes[key] + by_b * own if key in slopes else by_b * own
    return Dual(value, slopes)


def larger(a: Dual, b: Dual) -> Dual:
    """The larger; where they are equal, any derivative between the two."""
    if a.value > b.value or a.value < b.value:
        return a if a.value > b.value else b
    keys = a.slopes.keys() | b.slopes.keys()
    slopes = {key: a.slopes.get(key, arb(0)).union(b.slopes.get(key, arb(0))) for key in keys}
    return Dual(a.value.union(b.value), slopes)


def leaves(arrays: tuple[np.ndarray, ...]) -> tuple[list[np.ndarray], int]:
    """Arrays of numbers that go in, each with a derivative of its own, and how many there are."""
    made, count = [], 0
    for values in arrays:
        entries = np.empty(values.shape, object)
        for index in np.ndindex(values.shape):
            entries[index] = Dual(arb(float(values[index])), {count: arb(1)})
            count += 1
        made.append(entries)
    return made, count
