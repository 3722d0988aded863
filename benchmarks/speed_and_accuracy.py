"""The plot: what a step costs, beside how far the gradient is from the truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.measure import FLOOR
from benchmarks.results import Measurement

OURS, THEIRS = "#0b57a4", "#5c5f66"
STYLE = {
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "speed",
    "svg.fonttype": "none",
}
NEAR = 2.2  # points closer than this factor share a label


def save(measurements: Sequence[Measurement], path: Path) -> None:
    """A point for each contestant whose accuracy was measured in float64."""
    shown = [m for m in measurements if m["dtype"] == "float64" and m["ulps"] is not None]
    with rc_context(STYLE):
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        axes = figure.add_subplot()
        for m in shown:
            ours = m["contestant"].endswith("engine")
            marker = "o" if ours else "^" if m["contestant"] == FLOOR else "s"
            axes.plot(m["microseconds"][1], m["ulps"], marker, color=OURS if ours else THEIRS, ms=8)
        axes.set_xscale("log")
        axes.set_yscale("log")
        for x, y, names in _labels(shown):
            colour = OURS if names.endswith("engine") else THEIRS
            axes.annotate(names, (x, y), (0, 9), textcoords="offset points", ha="center", color=colour)
        axes.margins(x=0.2, y=0.2)
        axes.set_xlabel("microseconds a step of SGD (log scale)")
        axes.set_ylabel("median error of the gradient\nat trained weights, ulps (log scale)")
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _labels(shown: Sequence[Measurement]) -> list[tuple[float, float, str]]:
    """A place and a name for each point; those that would cover each other share it, their names in their order."""
    groups: list[list[tuple[float, float, str]]] = []
    for m in sorted(shown, key=lambda m: m["microseconds"][1]):
        point = (m["microseconds"][1], m["ulps"] or 0.0, m["contestant"])
        if groups and point[0] < NEAR * groups[-1][-1][0] and 1 / NEAR < point[1] / groups[-1][-1][1] < NEAR:
            groups[-1].append(point)
        else:
            groups.append([point])
    return [
        (math.sqrt(group[0][0] * group[-1][0]), group[0][1], "\n".join(name for _, _, name in group))
        for group in groups
    ]
