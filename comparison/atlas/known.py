"""Numbers that are known to lie in balls, and how far others are from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb

from backproof.balls import Balls
from comparison.atlas.types_of_numbers import FloatType

ENOUGH = 2.0**-66  # relative radius: twenty digits


@dataclass(frozen=True)
class Known:
    """Numbers, each within ``radius`` of ``hi + lo``; nothing is known where the radius is not finite."""

    hi: np.ndarray
    lo: np.ndarray
    radius: np.ndarray

    @staticmethod
    def of_balls(balls: Balls) -> Known:
        """The same as balls."""
        return Known(balls.hi, balls.lo, balls.radius)

    @staticmethod
    def of_arb(values: Sequence[arb], shape: tuple[int, ...]) -> Known:
        """The same as Arb's, whatever their size; beyond float64's range ``hi`` is infinite."""
        rows = [_row(value) for value in values]
        hi, lo, radius = np.array(rows, np.float64).reshape(-1, 3).T.reshape(3, *shape)
        return Known(hi, lo, radius)

    def unsettled(self, kind: FloatType) -> np.ndarray:
        """Where a number is neither known to twenty digits nor known to be too small to matter in this type."""
        with np.errstate(all="ignore"):
            size = np.abs(self.hi)
            minute = size + self.radius < kind.tiny
            return ~((self.radius <= np.maximum(ENOUGH * size, np.nextafter(0, 1))) | minute)

    def completed(self, other: Known, kind: FloatType) -> Known:
        """The other's numbers where these are unsettled and the other's are known better."""
        with np.errstate(all="ignore"):
            better = self.unsettled(kind) & (other.radius < self.radius)
        pairs = ((self.hi, other.hi), (self.lo, other.lo), (self.radius, other.radius))
        return Known(*(np.where(better, theirs, ours) for ours, theirs in pairs))

    def ordinary(self, kind: FloatType) -> np.ndarray:
        """Where the number is 0, or of a size that the type has with all its digits, and known."""
        with np.errstate(all="ignore"):
            size = np.abs(self.hi)
            inside = (size >= kind.tiny) & (size <= kind.largest) & (self.radius <= size * 1.01)
            return inside | ((size == 0) & (self.radius == 0))

    def error(self, given: np.ndarray) -> np.ndarray:
        """How far numbers are from these at the least; 0 where they may be right."""
        with np.errstate(all="ignore"):
            return np.maximum(np.abs((given - self.hi) - self.lo) - self.radius * (1 + 2**-40), 0.0)

    def digits(self, given: np.ndarray, kind: FloatType) -> np.ndarray:
        """How many digits are right, at most those of the type; of a number that should be 0, all or none."""
        error = self.error(given)
        with np.errstate(all="ignore"):
            found = -np.log10(error / np.abs(self.hi))
            found = np.where(error == 0, kind.digits, np.where(self.hi == 0, 0.0, found))
            return np.clip(np.where(np.isfinite(given), np.nan_to_num(found, nan=0.0), 0.0), 0.0, kind.digits)


def _row(value: arb) -> tuple[float, float, float]:
    if not value.is_finite():
        return math.nan, 0.0, math.inf
    hi = float(value)
    if not math.isfinite(hi):
        return hi, 0.0, 0.0
    rest = value - hi
    return hi, float(rest.mid()), 0.0 if rest.is_exact() else math.nextafter(float(rest.rad()), math.inf)
