"""Arrays of discs: a centre in float64 and a radius, of what a program run again beside the centre may have reached."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

UP = 1 + 2.0**-40  # each step's radius comes from fewer than 2000 roundings of numbers that are not negative


@dataclass(frozen=True, eq=False)
class Disc:
    """An array of centres and an array of radii."""

    centre: np.ndarray
    radius: np.ndarray

    @cached_property
    def size(self) -> np.ndarray:
        """The largest absolute value in each."""
        return np.abs(self.centre) + self.radius

    def __getitem__(self, index: int) -> Disc:
        return Disc(self.centre[index], self.radius[index])

    def outside(self, values: np.ndarray) -> int:
        """How many values are not finite, or outside of a disc that has a bound."""
        with np.errstate(invalid="ignore"):
            inside = np.abs(values.astype(np.float64) - self.centre) <= self.radius * UP
        return int(np.count_nonzero(~(np.isfinite(values) & (inside | ~np.isfinite(self.size)))))
