"""How the cost of a replay grows with what it computes: a fit, and its plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.results import ScalingPoint
from benchmarks.speed_and_accuracy import OURS, STYLE, THEIRS


class Growth(NamedTuple):
    """Milliseconds = start + nanoseconds an entry + nanoseconds a multiply-add, each times how many there are."""

    milliseconds: float
    an_entry: float
    a_multiply_add: float
    farthest: float  # a measurement is from the fit, as a share of it

    def at(self, point: ScalingPoint) -> float:
        """Milliseconds that the fit gives."""
        more = self.an_entry * point["entries"] + self.a_multiply_add * point["multiply_adds"]
        return self.milliseconds + more * 1e-6


def fit(points: Sequence[ScalingPoint]) -> Growth:
    """Least squares of relative errors, no term negative."""
    from scipy.optimize import nnls

    rows = np.array([[1.0, p["entries"] * 1e-6, p["multiply_adds"] * 1e-6] for p in points])
    measured = np.array([p["milliseconds"] for p in points])
    terms, _ = nnls(rows / measured[:, None], np.ones(len(points)))
    farthest = float(np.max(np.abs(rows @ terms / measured - 1)))
    return Growth(*(float(term) for term in terms), farthest)


def save(points: Sequence[ScalingPoint], path: Path) -> None:
    """Measured beside fitted, over the multiply-adds of the network's own matrix products."""
    growth = fit(points)
    shown = sorted(points, key=lambda p: p["multiply_adds"])
    x = [p["multiply_adds"] for p in shown]
    with rc_context(STYLE):
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        axes = figure.add_subplot()
        axes.plot(x, [growth.at(p) for p in shown], "x", color=THEIRS, ms=9, mew=2, label="the fit")
        axes.plot(x, [p["milliseconds"] for p in shown], "o", color=OURS, ms=7, label="measured")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_yticks([20, 50, 100, 200, 500], labels=["20", "50", "100", "200", "500"])
        axes.set_yticks([], minor=True)
        axes.set_xlabel("multiply-adds of a forward and backward pass (log scale)")
        axes.set_ylabel("milliseconds of its exact replay,\ntrue adjoints included (log scale)")
        axes.legend(frameon=False)
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
