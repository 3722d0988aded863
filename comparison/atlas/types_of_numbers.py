"""The floating-point types of the engines: their sizes, and rounding to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FloatType:
    """A binary type.

    Attributes:
        bits: of the significand, the hidden one among them.
        least: exponent of the smallest normal number, 2**least.
        most: 2**most is just too large.
    """

    name: str
    bits: int
    least: int
    most: int

    @property
    def epsilon(self) -> float:
        """The distance from 1 to the next number."""
        return 2.0 ** (1 - self.bits)

    @property
    def tiny(self) -> float:
        """The smallest normal number."""
        return 2.0**self.least

    @property
    def subnormal(self) -> float:
        """The smallest number."""
        return math.ldexp(1.0, self.least - self.bits + 1)

    @property
    def largest(self) -> float:
        """The largest finite number."""
        return math.ldexp(2.0 - self.epsilon, self.most - 1)

    @property
    def digits(self) -> float:
        """How many decimal digits a rounded number has right."""
        return self.bits * math.log10(2)

    @property
    def enough(self) -> float:
        """Two thirds of the digits: a gradient with fewer is bad."""
        return self.digits * 2 / 3

    def spacing(self, values: np.ndarray) -> np.ndarray:
        """A unit in the last place of each value."""
        _, exponents = np.frexp(values)
        return np.ldexp(1.0, np.maximum(exponents - self.bits, self.least - self.bits + 1))

    def rounded(self, values: np.ndarray | float) -> np.ndarray:
        """The nearest numbers of this type, as float64; too large ones become infinite."""
        values = np.asarray(values, np.float64)
        if self.bits == 53:
            return values
        with np.errstate(all="ignore"):
            units = self.spacing(np.where(np.isfinite(values), values, 0.0))
            nearest = np.where(np.isfinite(values), np.rint(values / units) * units, values)
            return np.where(np.abs(nearest) > self.largest, np.copysign(np.inf, nearest), nearest)


TYPES = {
    kind.name: kind
    for kind in (
        FloatType("float64", 53, -1022, 1024),
        FloatType("float32", 24, -126, 128),
        FloatType("float16", 11, -14, 16),
        FloatType("bfloat16", 8, -126, 128),
    )
}
