"""One ball: a number known to about 106 bits and a radius, in plain Python floats.

The scalar twin of ``backproof.balls.Balls`` in exact arithmetic, with the same bounds (see there); it exists because a
NumPy array of one number costs ten times as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Union

from flint import arb, ctx

from backproof.balls import ADD, BITS, DIVIDE, MULTIPLY, UNDERFLOW, UP

inf = math.inf
isfinite = math.isfinite
Operand = Union["Ball", float]


class Ball(NamedTuple):
    """``hi + lo +- radius``; an infinite ``hi`` is that infinity, an infinite radius is "not known"."""

    hi: float
    lo: float = 0.0
    radius: float = 0.0

    @property
    def is_exact_zero(self) -> bool:
        """Whether it is 0 and nothing else."""
        return self.hi == 0 and self.radius == 0

    def __neg__(self) -> Ball:
        return Ball(-self.hi, -self.lo, self.radius)

    def __add__(self, other: Operand) -> Ball:  # type: ignore[override]
        a, b = self, other if isinstance(other, Ball) else Ball(float(other))
        total, error = _two_sum(a.hi, b.hi)
        hi, lo = _two_sum(total, error + (a.lo + b.lo))
        radius = a.radius + b.radius
        if a.lo or b.lo:
            radius += ADD * (abs(a.hi) + abs(b.hi))
        return Ball(hi, lo, radius * UP) if isfinite(hi + lo + radius) else _beyond(a.hi + b.hi, a, b)

    def __sub__(self, other: Operand) -> Ball:
        return self + -(other if isinstance(other, Ball) else Ball(float(other)))

    def __mul__(self, other: Operand) -> Ball:  # type: ignore[override]
        a, b = self, other if isinstance(other, Ball) else Ball(float(other))
        if (a.is_exact_zero and isfinite(b.hi)) or (b.is_exact_zero and isfinite(a.hi)):
            return ZERO
        product, error = _two_product(a.hi, b.hi)
        hi, lo = _two_sum(product, error + (a.hi * b.lo + a.lo * b.hi))
        radius = abs(a.hi) * b.radius + abs(b.hi) * a.radius + a.radius * b.radius
        radius = (radius + MULTIPLY * abs(product)) * UP + UNDERFLOW
        return Ball(hi, lo, radius) if isfinite(hi + lo + radius) else _beyond(a.hi * b.hi, a, b)

    def __truediv__(self, other: Operand) -> Ball:
        a, b = self, other if isinstance(other, Ball) else Ball(float(other))
        margin = (abs(b.hi) - b.radius) / UP
        if not margin > 0:
            return UNKNOWN
        if not (isfinite(a.hi) and isfinite(b.hi)):
            return _beyond(a.hi / b.hi, a, b)
        if b.hi == 1 and not b.lo and not b.radius:
            return a
        if a.is_exact_zero:
            return ZERO
        quotient = a.hi / b.hi
        product, error = _two_product(quotient, b.hi)
        remainder = ((a.hi - product) - error) + (a.lo - quotient * b.lo)
        hi, lo = _two_sum(quotient, remainder / b.hi)
        radius = (a.radius + abs(quotient) * b.radius + DIVIDE * abs(a.hi) + UNDERFLOW) / margin
        radius = radius * UP + UNDERFLOW
        return Ball(hi, lo, radius) if isfinite(hi + lo + radius) else UNKNOWN

    def __radd__(self, other: float) -> Ball:
        return self + other

    def __rmul__(self, other: float) -> Ball:  # type: ignore[override]
        return self * other

    def __rsub__(self, other: float) -> Ball:
        return Ball(float(other)) - self

    def __rtruediv__(self, other: float) -> Ball:
        return Ball(float(other)) / self

    def map(self, function: Callable[[arb], arb]) -> Ball:
        """An Arb function of it."""
        with ctx.workprec(BITS):
            value = function(arb(self.hi, self.radius) + self.lo if self.lo else arb(self.hi, self.radius))
            hi = float(value)
            rest = value - hi
            lo, radius = float(rest), float(rest.rad())
        if not isfinite(hi + lo + radius):
            return UNKNOWN
        if hi == 0 and value.is_zero():
            return ZERO
        return Ball(hi, lo, (radius + ADD * abs(hi) + UNDERFLOW) * UP)


def _beyond(result: float, *operands: Ball) -> Ball:
    """An infinity where an operand was one and the result is certain; else nothing is known."""
    certain = any(math.isinf(operand.hi) for operand in operands) and not any(o.radius == inf for o in operands)
    return Ball(result) if certain and not math.isnan(result) else UNKNOWN


def _two_sum(a: float, b: float) -> tuple[float, float]:
    total = a + b
    virtual = total - a
    return total, (a - (total - virtual)) + (b - virtual)


def _two_product(a: float, b: float) -> tuple[float, float]:
    product = a * b
    shifted = a * 134217729.0
    a_high = shifted - (shifted - a)
    a_low = a - a_high
    shifted = b * 134217729.0
    b_high = shifted - (shifted - b)
    b_low = b - b_high
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


ZERO = Ball(0.0)
UNKNOWN = Ball(0.0, 0.0, inf)
