"""The sweeps as a page: for each function a strip of colours along its arguments; no script, no server."""

from __future__ import annotations

from typing import NamedTuple

from comparison.atlas.page import templates
from comparison.atlas.sweep.measuring import STRIPS, Strip, Sweep
from comparison.atlas.sweep.run import Sweeps


class Row(NamedTuple):
    """A sweep, and its strips: the step of each colour and what it says in full."""

    column: str
    sweep: Sweep
    strips: list[tuple[str, str]]


def rendered(sweeps: Sweeps) -> str:
    """The whole page."""
    by_type: dict[str, dict[str, list[Row]]] = {}
    for sweep in sweeps.sweeps:
        if not sweep.refused:
            column = sweep.engine if sweep.mode == "eager" else f"{sweep.engine}, {sweep.mode}"
            row = Row(column, sweep, [_coloured(strip) for strip in sweep.strips])
            by_type.setdefault(sweep.dtype, {}).setdefault(sweep.function, []).append(row)
    return templates().get_template("sweeps.html.j2").render(sweeps=sweeps, by_type=by_type, width=STRIPS)


def _coloured(strip: Strip) -> tuple[str, str]:
    from_here = f"from {strip.start:.4g}: "
    if strip.broken:
        return "none", f"{from_here}{strip.broken} are 0, NaN or infinite"
    if strip.ulps is None:
        return "absent", from_here + "nothing to judge"
    step = "0" if strip.ulps <= 1 else "1" if strip.ulps <= 4 else "2" if strip.ulps <= 64 else "3"
    return step, f"{from_here}{strip.ulps:.3g} ulps at the worst"
