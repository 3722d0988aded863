"""Arrays of balls: each entry is an interval that contains a real number, whatever was rounded on the way.

A ball is a midpoint, kept as the unevaluated sum of two float64 numbers (about 106 bits), and a radius. Operators
(``+ - * / @ .T sum``) follow NumPy; each widens the radius by its own error in the midpoint, so that an array of balls
computed in EXACT contains the exact value, and in FLOAT64 or FLOAT32 also whatever a correct implementation in that
type could have computed. Exponentials and logarithms are Arb's (F. Johansson, *IEEE Trans. Computers* 66(8), 2017).

In the bounds below u is 2^-53, the unit roundoff of the float64 numbers that the midpoints are made of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Union

import numpy as np
from flint import arb, ctx

from backproof.arithmetic import Arithmetic, ProofError
from backproof.error_free import product_of_pairs, split, two_product, two_sum

UP = 1 + 2.0**-46  # radii are computed in float64 from below 32 non-negative roundings; this rounds them up
ADD = 2.0**-103
MULTIPLY = 2.0**-102
DIVIDE = 2.0**-99
UNDERFLOW = 2.0**-1000  # far above what a product of float64 numbers loses below the normal range; itself normal
BITS = 128  # of Arb

Operand = Union["Balls", np.ndarray, float]


class Balls:
    """An array of balls ``hi + lo +- radius`` in one arithmetic.

    ``|lo| <= u |hi|``; a ball that is not bounded has an infinite radius, and contains everything but is never said to
    hold a number (see ``inside``).
    """

    __slots__ = ("arithmetic", "hi", "lo", "radius")
    __array_ufunc__ = None  # NumPy leaves ``array * balls`` to this class

    def __init__(self, hi: np.ndarray, lo: np.ndarray, radius: np.ndarray, arithmetic: Arithmetic) -> None:
        if not math.isfinite((hi + lo + radius).sum()):
            finite = np.isfinite(hi + lo + radius)
            hi, lo, radius = np.where(finite, hi, 0), np.where(finite, lo, 0), np.where(finite, radius, np.inf)
        self.hi, self.lo, self.radius, self.arithmetic = hi, lo, radius, arithmetic

    @staticmethod
    def of(values: np.ndarray | float, arithmetic: Arithmetic) -> Balls:
        """These floats, exactly; a subnormal number may also be read as zero unless the arithmetic is exact.

        Raises:
            ProofError: a value that is not finite.
        """
        hi = np.asarray(values, np.float64)
        if not math.isfinite(hi.sum()) and not np.isfinite(hi).all():
            raise ProofError("a number that is not finite cannot be enclosed")
        radius = zeros = np.zeros(hi.shape)
        if not arithmetic.is_exact:
            size = np.abs(hi)
            radius = size * (size < arithmetic.tiny)
        return _balls(hi, zeros, radius, arithmetic)

    # What an array of balls says.

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, as NumPy's."""
        return self.hi.shape

    @property
    def size(self) -> np.ndarray:
        """An upper bound of the absolute value of everything in each ball."""
        return (np.abs(self.hi) + self.radius) * UP

    @property
    def nonzero(self) -> np.ndarray:
        """Where the ball is anything but exactly 0."""
        return (self.hi != 0) | (self.radius != 0)

    @property
    def bounded(self) -> bool:
        """Whether every ball is bounded."""
        return bool(np.isfinite(self.radius).all())

    def error(self, values: np.ndarray) -> np.ndarray:
        """``values`` minus the midpoints, good to about 15 digits of the difference.

        Raises:
            ProofError: another shape.
        """
        if np.shape(values) != self.shape:
            raise ProofError(f"values of shape {np.shape(values)} cannot be compared with {self.shape}")
        with np.errstate(invalid="ignore", over="ignore"):
            return (np.asarray(values, np.float64) - self.hi) - self.lo

    def inside(self, values: np.ndarray) -> np.ndarray:
        """Where ``values`` lie in their balls; never in an unbounded ball, and never where a value is NaN."""
        return (np.abs(self.error(values)) <= self.radius * UP) & np.isfinite(self.radius)

    # Shape.

    @property
    def T(self) -> Balls:
        """The transpose."""
        return _balls(self.hi.T, self.lo.T, self.radius.T, self.arithmetic)

    def __getitem__(self, index: Any) -> Balls:
        return _balls(self.hi[index], self.lo[index], self.radius[index], self.arithmetic)

    def reshape(self, *shape: int) -> Balls:
        """The same balls in another shape."""
        return _balls(self.hi.reshape(shape), self.lo.reshape(shape), self.radius.reshape(shape), self.arithmetic)

    def within(self, arithmetic: Arithmetic) -> Balls:
        """The same balls, to be computed with in another arithmetic."""
        return _balls(self.hi, self.lo, self.radius, arithmetic)

    def widened(self, radius: np.ndarray | float) -> Balls:
        """The same balls with this much more radius."""
        return Balls(self.hi, self.lo, (self.radius + radius) * UP, self.arithmetic)

    # Arithmetic.

    def _other(self, other: Operand) -> Balls:
        return other if isinstance(other, Balls) else Balls.of(other, self.arithmetic)

    def _rounded(self, roundings: float, where: np.ndarray) -> Balls:
        """Widened by what this many roundings of the result can do, where there is anything to round."""
        size = np.abs(self.hi) + self.radius
        bound = size * (float(self.arithmetic.gamma(roundings)) * UP) + 2 * roundings * self.arithmetic.tiny
        if not size.max(initial=0) * 2 < self.arithmetic.largest:
            bound = np.where(size * 2 < self.arithmetic.largest, bound, np.inf)
        return _balls(self.hi, self.lo, (self.radius + np.where(where, bound, 0.0)) * UP, self.arithmetic)

    def __neg__(self) -> Balls:
        return _balls(-self.hi, -self.lo, self.radius, self.arithmetic)

    def __add__(self, other: Operand) -> Balls:
        """One rounding; none where one of the two is exactly 0.

        The midpoint: two_sum is exact, and three roundings of numbers below 2u(|a| + |b|) are left, at most ADD of it.
        """
        a, b = self, self._other(other)
        with np.errstate(all="ignore"):
            total, error = two_sum(a.hi, b.hi)
            hi, lo = two_sum(total, error + (a.lo + b.lo))
            radius = a.radius + b.radius
            if a.lo.any() or b.lo.any():
                radius = radius + ADD * (np.abs(a.hi) + np.abs(b.hi))
            sums = Balls(hi, lo, radius * UP, a.arithmetic)
            return sums if a.arithmetic.is_exact else sums._rounded(1, a.nonzero & b.nonzero)

    def __sub__(self, other: Operand) -> Balls:
        return self + -self._other(other)

    def __mul__(self, other: Operand) -> Balls:
        """One rounding; none where one of the two is exactly 0.

        The midpoint: two_prod is exact; five roundings and the dropped lo*lo are below 8 u^2 |ab| <= MULTIPLY |ab|.
        """
        a, b = self, self._other(other)
        both = a.nonzero & b.nonzero
        with np.errstate(all="ignore"):
            product, error = two_product(split(a.hi), split(b.hi))
            hi, lo = two_sum(product, error + (a.hi * b.lo + a.lo * b.hi))
            radius = np.abs(a.hi) * b.radius + np.abs(b.hi) * a.radius + a.radius * b.radius
            radius = np.where(both, (radius + MULTIPLY * np.abs(product)) * UP + UNDERFLOW, 0.0)
            products = Balls(hi, lo, radius, a.arithmetic)
            return products if a.arithmetic.is_exact else products._rounded(1, both)

    def __truediv__(self, other: Operand) -> Balls:
        """Two roundings, for a division or a product with a rounded reciprocal; none for a division by exactly 1.

        The midpoint: a quotient q of the leading parts and a correction from the remainder, which is computed to
        twice the precision: DIVIDE |q| is far above what is left. The radius: (ra + |q| rb) / (|b| - rb).
        """
        a, b = self, self._other(other)
        with np.errstate(all="ignore"):
            quotient = a.hi / b.hi
            product, error = two_product(split(quotient), split(b.hi))
            remainder = ((a.hi - product) - error) + (a.lo - quotient * b.lo)
            hi, lo = two_sum(quotient, remainder / b.hi)
            margin = (np.abs(b.hi) - b.radius) / UP
            radius = (a.radius + np.abs(quotient) * b.radius + DIVIDE * np.abs(a.hi) + UNDERFLOW) / margin
            radius = np.where(margin > 0, radius * UP + UNDERFLOW, np.inf)
            one = (b.hi == 1) & (b.lo == 0) & (b.radius == 0)
            radius = np.where(one, a.radius, np.where(a.nonzero, radius, np.where(margin > 0, 0.0, np.inf)))
            quotients = Balls(hi, lo, radius, a.arithmetic)
            return quotients if a.arithmetic.is_exact else quotients._rounded(2, a.nonzero & ~one)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Operand) -> Balls:
        return self._other(other) - self

    def __rtruediv__(self, other: Operand) -> Balls:
        return self._other(other) / self

    def __matmul__(self, other: Operand) -> Balls:
        """(a, b) @ (b, c), for any order of summation, with fused multiply-adds or without.

        The rounding of a sum of m products is at most gamma(m) sum|a||b| (Higham, section 3.1); a product with an exact
        0 on the left is exact and does not count in m.
        """
        a, b = self, self._other(other)
        if len(a.shape) != 2 or len(b.shape) != 2 or a.shape[1] != b.shape[0]:
            raise ProofError(f"shapes {a.shape} and {b.shape} cannot be multiplied")
        terms = a.shape[1]
        if terms > 32 and len(used := np.flatnonzero(a.nonzero.any(0))) < terms:
            a, b, terms = a[:, used], b[used], len(used)
        summing = 2 * (terms.bit_length() + 4) ** 2 * 2.0**-106  # see product_of_pairs
        rounding, underflow = 0.0, UNDERFLOW
        if not self.arithmetic.is_exact:
            rounding = float(self.arithmetic.gamma(a.nonzero.sum(1).max(initial=0)))
            underflow = 4 * self.arithmetic.tiny
        with np.errstate(all="ignore"):
            hi, lo = product_of_pairs((a.hi, a.lo), (b.hi, b.lo))
            # Everything proportional to |a||b| in one product: the spread ra (|b| + rb) + |a| rb, and the roundings.
            slack = UP * (1 + terms * 2.0**-52)
            size, b_size = np.abs(a.hi) * slack, b.size
            radius = _sums(a.radius * slack + (summing + rounding) * (size + a.radius), b_size)
            if b.radius.any():
                radius += _sums(size, b.radius)
            radius += _sums(a.nonzero * underflow, b.nonzero.astype(np.float64))
            if not terms * (a.size.max(initial=0) * b_size.max(initial=0)) * 2 < self.arithmetic.largest:
                radius = np.where(_sums(a.size, b_size) * 2 < self.arithmetic.largest, radius, np.inf)
            radius *= UP
            return Balls(hi, lo, radius, self.arithmetic)

    def sum(self, axis: int = 0) -> Balls:
        """The sums along an axis of a matrix, in any order; a sum of one number is that number."""
        if self.shape[axis] == 1:
            return self[0] if axis == 0 else self[:, 0]
        ones = Balls.of(np.ones((1, self.shape[axis])), self.arithmetic)
        return (ones @ (self if axis == 0 else self.T))[0]

    # Functions.

    def map(self, function: Callable[[arb], arb], error: float = 0.0) -> Balls:
        """An Arb function of every entry, widened by ``error`` units of k roundings of the result."""
        with ctx.workprec(BITS):
            values = [function(z) for z in to_arb(self)]
        balls = from_arb(values, self.shape, self.arithmetic)
        return balls if self.arithmetic.is_exact else balls._rounded(error * self.arithmetic.exp_error, balls.nonzero)

    def exp(self) -> Balls:
        """Exponentials, wrong by at most k u."""
        return self.map(lambda z: z.exp(), 1)

    def log(self) -> Balls:
        """Natural logarithms, wrong by at most k u; unbounded where the ball reaches 0."""
        return self.map(lambda z: z.log(), 1)

    def tanh(self) -> Balls:
        """Hyperbolic tangents, wrong by at most k u."""
        return self.map(lambda z: z.tanh(), 1)


def _balls(hi: np.ndarray, lo: np.ndarray, radius: np.ndarray, arithmetic: Arithmetic) -> Balls:
    """Balls of numbers known to be sound: finite but for radii."""
    balls = object.__new__(Balls)
    balls.hi, balls.lo, balls.radius, balls.arithmetic = hi, lo, radius, arithmetic
    return balls


def stack(parts: Sequence[Balls], axis: int) -> Balls:
    """Matrices of balls side by side (axis 1) or one over the other (axis 0)."""
    joined = [np.concatenate([getattr(p, field) for p in parts], axis) for field in ("hi", "lo", "radius")]
    return _balls(joined[0], joined[1], joined[2], parts[0].arithmetic)


def to_arb(balls: Balls) -> list[arb]:
    """Every entry as a ball of Arb, row by row."""
    with ctx.workprec(BITS):
        entries = zip(balls.hi.ravel().tolist(), balls.lo.ravel().tolist(), balls.radius.ravel().tolist(), strict=True)
        return [arb(hi, radius) + lo if lo else arb(hi, radius) for hi, lo, radius in entries]


def from_arb(values: Sequence[arb], shape: tuple[int, ...], arithmetic: Arithmetic) -> Balls:
    """Balls around those of Arb; one that is not finite or beyond float64's range becomes unbounded."""
    rows = []
    with ctx.workprec(BITS):
        for value in values:
            hi = float(value)
            rest = value - hi
            rows.append((hi, float(rest), float(rest.rad()), hi != 0 or not value.is_zero()))
    columns = np.array(rows, np.float64).reshape(-1, 4).T
    hi, lo, radius, nonzero = columns.reshape(4, *shape)
    with np.errstate(all="ignore"):
        radius = (radius + ADD * np.abs(hi) + UNDERFLOW) * UP * nonzero
        return Balls(hi, lo, radius, arithmetic)


def _sums(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """``a @ b`` in float64; an outer product is quicker as one."""
    return a * b if a.shape[1] == 1 else a @ b
