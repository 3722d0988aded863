"""The sweep as a picture: accuracy and loss against hidden units and against epochs, with the spread over seeds."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator, StrMethodFormatter

from comparison.sweep.reached import Run
from comparison.sweep.spread import Measure, Row, rows
from comparison.sweep.table import SETTINGS, settings

WIDTH, HEIGHT = 9.0, 5.6  # inches, of the four charts of one engine, learning rate and batch size


class _Chart(NamedTuple):
    name: str
    measure: Measure
    logarithmic: bool
    most: float  # that it can be


CHARTS = (
    _Chart("test accuracy, %", lambda reached: 100 * reached.test_accuracy, False, 100.0),
    _Chart("test loss, nats", lambda reached: reached.test_loss, True, math.inf),
)


def svg(runs: Sequence[Run], epochs: Sequence[int]) -> bytes:
    """Four charts for each engine, learning rate and batch size: a line is a mean, its band one standard deviation."""
    apart = [setting for setting in SETTINGS if setting.name != "hidden"]
    every = range(min(1, epochs[-1]), epochs[-1] + 1)
    blocks: dict[str, list[Row]] = {}
    for row in rows(runs, every):
        blocks.setdefault(settings(row.group, apart), []).append(row)
    with mpl.rc_context(
        {"axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "sweep", "svg.fonttype": "none"}
    ):
        figure = Figure(figsize=(WIDTH, HEIGHT * len(blocks)), layout="constrained")
        parts = figure.subfigures(len(blocks), 1, squeeze=False)[:, 0]
        for part, (title, those) in zip(parts, blocks.items(), strict=True):
            part.suptitle(title)
            charts = part.subplots(2, 2, sharex="col", sharey="row")
            for (left, right), chart in zip(charts, CHARTS, strict=True):
                left.set_ylabel(chart.name)
                _against_hidden(left, [row for row in those if row.epochs in epochs], chart)
                _against_epochs(right, those, chart)
            charts[1][0].set_xlabel("hidden units")
            charts[1][1].set_xlabel("epochs")
            _legend(charts[0][0], "epochs")
            _legend(charts[0][1], "hidden units")
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": "Backproof"})
    return file.getvalue()


def _against_hidden(axes: Axes, those: Sequence[Row], chart: _Chart) -> None:
    counts = sorted({row.epochs for row in those})
    for count, colour in zip(counts, _colours(len(counts)), strict=True):
        line = sorted((row for row in those if row.epochs == count), key=lambda row: row.group.hidden)
        _line(axes, [row.group.hidden for row in line], line, chart, colour, str(count))
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sorted({row.group.hidden for row in those})))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))


def _against_epochs(axes: Axes, those: Sequence[Row], chart: _Chart) -> None:
    units = sorted({row.group.hidden for row in those})
    for count, colour in zip(units, _colours(len(units)), strict=True):
        line = sorted((row for row in those if row.group.hidden == count), key=lambda row: row.epochs)
        _line(axes, [row.epochs for row in line], line, chart, colour, str(count))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _line(axes: Axes, x: Sequence[int], line: Sequence[Row], chart: _Chart, colour: object, label: str) -> None:
    """What failed or is not finite leaves a gap."""
    spreads = [row.of(chart.measure) for row in line]
    mean = np.array([spread.mean if spread else np.nan for spread in spreads])
    deviation = np.array([(spread.deviation or 0.0) if spread else np.nan for spread in spreads])
    axes.plot(x, mean, color=colour, label=label, marker="o", markersize=3)
    if chart.logarithmic and np.any(mean > 0):
        axes.set_yscale("log")
    axes.fill_between(
        x, mean - deviation, np.minimum(mean + deviation, chart.most), color=colour, alpha=0.15, linewidth=0
    )
    axes.grid(color="0.9", linewidth=0.6)


def _legend(axes: Axes, title: str) -> None:
    """Above the chart, where no line runs."""
    axes.legend(
        title=title, fontsize=8, title_fontsize=8, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=6
    )


def _colours(count: int) -> np.ndarray:
    return mpl.colormaps["viridis"](np.linspace(0, 0.9, count))
