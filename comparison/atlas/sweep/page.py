"""The sweeps as a page: for each function its errors, drawn along its arguments; no script, no server."""

from __future__ import annotations

import math
from typing import NamedTuple

from comparison.atlas.page import templates
from comparison.atlas.sweep.measuring import STRIPS, Strip, Sweep
from comparison.atlas.sweep.run import Sweeps

HEIGHT = 28  # of a drawing


class Bar(NamedTuple):
    """The worst argument of a strip: the step of its colour, its height, and what it says in full."""

    step: str
    height: float
    title: str


class Row(NamedTuple):
    """A sweep and its bars."""

    column: str
    sweep: Sweep
    bars: list[Bar]


def rendered(sweeps: Sweeps) -> str:
    """The whole page."""
    by_type: dict[str, dict[str, list[Row]]] = {}
    for sweep in sweeps.sweeps:
        if not sweep.refused:
            column = sweep.engine if sweep.mode == "eager" else f"{sweep.engine}, {sweep.mode}"
            row = Row(column, sweep, [_bar(strip) for strip in sweep.strips])
            by_type.setdefault(sweep.dtype, {}).setdefault(sweep.function, []).append(row)
    return (
        templates()
        .get_template("sweeps.html.j2")
        .render(sweeps=sweeps, by_type=by_type, width=STRIPS, height=HEIGHT, ticks=_ticks)
    )


def _bar(strip: Strip) -> Bar:
    from_here = f"from {strip.start:.4g}: "
    if strip.broken:
        return Bar("none", HEIGHT, f"{from_here}{strip.broken} are 0, NaN or infinite")
    if strip.ulps is None:
        return Bar("absent", HEIGHT, from_here + "nothing to judge")
    step = "0" if strip.ulps <= 1 else "1" if strip.ulps <= 4 else "2" if strip.ulps <= 64 else "3"
    doublings = math.log2(1 + strip.ulps)
    return Bar(step, round(min(2 + 2 * doublings, HEIGHT), 1), f"{from_here}{strip.ulps:.3g} ulps at the worst")


def _ticks(functions: dict[str, list[Row]]) -> list[tuple[int, str]]:
    """The places of some strips, and the arguments that they begin with, which all functions of a type share nearly."""
    strips = next(iter(functions.values()))[0].sweep.strips
    return [(place, f"{strips[place].start:.0e}") for place in range(0, STRIPS, STRIPS // 4)]
