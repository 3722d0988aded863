"""Numbers as heat maps: what a variable holds, what it should hold, and the difference."""

from __future__ import annotations

import math
from typing import NamedTuple

from backproof.diagnosis.report import Grid

STEPS = 4  # shades of each sign
MOST_WRITTEN = 8  # columns of numbers that are written out


class Cell(NamedTuple):
    """A number and its shade, from -4 to 4; 9 for one that is not finite."""

    number: str
    shade: int


class Heat(NamedTuple):
    """A heat map.

    Attributes:
        title: what it is of.
        shape: of the whole array, in words.
        rows: of cells.
        cut: whether there are more numbers.
        written: whether the numbers are to be read in the cells.
        largest: the size of the darkest.
    """

    title: str
    shape: str
    rows: list[list[Cell]]
    cut: bool
    written: bool
    largest: str


def heats(given: Grid, true: Grid | None) -> list[Heat]:
    """One map of a variable that is right; of another three, the first two in the same shades."""
    if true is None:
        return [_heat("holds", given, _largest(given))]
    both = max(_largest(given), _largest(true))
    found = [_heat("holds", given, both), _heat("should hold", true, both)]
    if given.shape == true.shape:
        difference = Grid(given.shape, _minus(given.rows, true.rows), given.cut)
        found.append(_heat("difference", difference, _largest(difference)))
    return found


def _minus(some: list[list[float]], others: list[list[float]]) -> list[list[float]]:
    return [[a - b for a, b in zip(row, other, strict=True)] for row, other in zip(some, others, strict=True)]


def _largest(grid: Grid) -> float:
    return max((abs(number) for row in grid.rows for number in row if math.isfinite(number)), default=0.0)


def _heat(title: str, grid: Grid, largest: float) -> Heat:
    rows = [[Cell(f"{number:.3g}", _shade(number, largest)) for number in row] for row in grid.rows]
    written = max(map(len, grid.rows), default=0) <= MOST_WRITTEN
    return Heat(title, " × ".join(map(str, grid.shape)) or "a number", rows, grid.cut, written, f"{largest:.3g}")


def _shade(number: float, largest: float) -> int:
    if not math.isfinite(number):
        return 9
    if number == 0 or largest == 0:
        return 0
    return int(math.copysign(max(1, math.ceil(STEPS * abs(number) / largest)), number))
