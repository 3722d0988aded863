"""Digits against time, as the page draws them: for each function a small plot, and a table of the same numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from comparison.atlas.cells import Timing
from comparison.atlas.types_of_numbers import TYPES

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 320, 190, 30, 10, 10, 34  # of a plot, in pixels


class Point(NamedTuple):
    """A formulation in a column: where it is drawn, the number of its column, and what it says in full."""

    x: float
    y: float
    column: int
    title: str


class Mark(NamedTuple):
    """A line of the grid, and what stands at its end."""

    at: float
    text: str


class Plot(NamedTuple):
    """A function: its points; a row for each formulation, with its time in each column where there is one."""

    family: str
    entries: int
    points: list[Point]
    rows: dict[str, list[Timing | None]]


class Plots(NamedTuple):
    """All functions of a type, on the same axes."""

    dtype: str
    across: list[Mark]
    up: list[Mark]
    plots: list[Plot]


def plots(times: Sequence[Timing]) -> list[Plots]:
    """For each type the functions that were timed."""
    return [_of_type([one for one in times if one.dtype == dtype]) for dtype in dict.fromkeys(t.dtype for t in times)]


def timed_columns(times: Sequence[Timing]) -> list[str]:
    """The columns, in order."""
    return list(dict.fromkeys(one.column for one in times))


def _of_type(times: list[Timing]) -> Plots:
    columns, dtype = timed_columns(times), times[0].dtype
    exponents = [math.log10(max(one.milliseconds, 1e-4)) for one in times]
    low, high = math.floor(min(exponents)), max(math.ceil(max(exponents)), math.floor(min(exponents)) + 1)
    full = TYPES[dtype].digits

    def across(exponent: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (exponent - low) / (high - low), 1)

    def up(digits: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * digits / full, 1)

    def point(one: Timing, exponent: float) -> Point:
        title = f"{one.column}: {one.formulation}: {one.milliseconds:g} ms, {one.digits:.1f} digits"
        return Point(across(exponent), up(one.digits), columns.index(one.column), title)

    found = []
    for family in dict.fromkeys(one.family for one in times):
        there = [(one, exponent) for one, exponent in zip(times, exponents, strict=True) if one.family == family]
        by_place = {(one.formulation, one.column): one for one, _ in there}
        rows = {text: [by_place.get((text, column)) for column in columns] for text, _ in by_place}
        found.append(Plot(family, there[0][0].entries, [point(one, e) for one, e in there], rows))
    powers = [Mark(across(power), f"{10.0**power:g}") for power in range(low, high + 1)]
    levels = [Mark(up(digits), f"{digits}") for digits in range(0, int(full) + 1, 5 if full > 10 else 2)]
    return Plots(dtype, powers, levels, found)
