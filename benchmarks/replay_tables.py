"""What exact replay costs, as tables."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from tabulate import tabulate

from benchmarks.growth import fit
from benchmarks.replay_cost import ALONE, BACKPROOF
from benchmarks.results import ReplayCost, Replays


def replays(measured: Replays, style: str) -> str:
    """The table of networks, the growth with the size, and the cost of single numbers."""
    growth = fit(measured["scaling"])
    text = (
        f"A replay takes about {growth.milliseconds:.1f} ms, {growth.an_entry:.0f} ns an entry and "
        f"{growth.a_multiply_add:.1f} ns a multiply-add of the network's own matrix products (a fit to "
        f"{len(measured['scaling'])} dense networks; the farthest measurement is {growth.farthest:.0%} from it). An "
        f"operation of Python's own floats takes {measured['microseconds_a_number']:.1f} us, its adjoint included."
    )
    return f"{_networks(measured['costs'], style)}\n\n{NOTE}\n\n{textwrap.fill(text, 100)}"


NOTE = textwrap.fill(
    "Backproof: from the file to the verdict on every gradient, and the true derivative of the loss with respect to "
    "every number in the run. Complete: every parameter is tried, at least by a difference; those checkers were given "
    "some parameters, and the time is scaled to all. One direction: a single random combination of all parameters, "
    "which cannot say which gradient is wrong.",
    100,
)


def _networks(costs: Sequence[ReplayCost], style: str) -> str:
    ours = {c["network"]: c["milliseconds"][1] for c in costs if c["checker"] == BACKPROOF}
    rows = []
    for network in ours:
        for cost in (c for c in costs if c["network"] == network):
            first = cost["checker"] == BACKPROOF
            milliseconds = cost["milliseconds"][1]
            rows.append(
                [
                    network if first else "",
                    f"{cost['entries']:,}" if first else "",
                    f"{cost['megabytes']:.0f}" if cost["megabytes"] is not None else "",
                    cost["checker"],
                    "proof" if first else "one direction" if cost["tried"] == ALONE else f"all {cost['parameters']:,}",
                    _milliseconds(milliseconds),
                    "" if first else f"{milliseconds / ours[network]:.3g}",
                ]
            )
    headers = ["network", "entries", "MB", "checker", "parameters", "ms", "x Backproof"]
    align = ["left" if header in ("network", "checker", "parameters") else "right" for header in headers]
    return tabulate(rows, headers, style, disable_numparse=True, colalign=align)


def _milliseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
