"""The page's fixed charts, as SVG that takes its colours and its letters from the page around it."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from comparison.results import BlockResult, CertificateResult, ControlResult, EngineResult, PairDifference

# Colours that no chart shows: each is replaced by one of the page's, so that a chart is dark on a dark page.
INK, FAINT = "#010203", "#040506"
ENGINES = tuple(f"#0708{number:02x}" for number in range(16, 22))
PAGE = {INK: "var(--ink)", FAINT: "var(--faint)"} | {c: f"var(--engine-{i})" for i, c in enumerate(ENGINES)}

LONGEST = 32  # letters of a label
XLINK = "http://www.w3.org/1999/xlink"

# Lines that lie on each other can be told apart: the first is broad, the next ones narrower and broken.
STYLES: tuple[dict[str, Any], ...] = (
    {"linestyle": "-", "linewidth": 5.0, "alpha": 0.75},
    {"linestyle": (0, (5, 3)), "linewidth": 2.4},
    {"linestyle": (0, (1, 1.5)), "linewidth": 2.0},
    {"linestyle": "-.", "linewidth": 1.6},
    {"linestyle": "-", "linewidth": 1.0},
    {"linestyle": "--", "linewidth": 1.0},
)
MARKERS = "osD^vP"


def losses_chart(engines: Mapping[str, EngineResult], certificate: CertificateResult | None) -> Markup:
    """The mean loss of every epoch, in nats."""
    figure, axes = _chart("epoch", "mean loss, nats (log scale)")
    for number, (name, engine) in enumerate(engines.items()):
        _epochs(axes, engine["losses"], number, name)
    if certificate:
        truth = [float(loss) for loss in certificate["losses"]]
        axes.plot(range(1, len(truth) + 1), truth, "x", color=INK, label="the truth")
    _log(axes)
    _legend(axes)
    return _svg(figure, "losses", "Line chart: mean loss of every epoch, one line for each engine.")


def drift_chart(
    pairs: Sequence[PairDifference], control: ControlResult | None, certificate: CertificateResult | None
) -> Markup:
    """How far weights are apart at the end of every epoch, in epsilons or ulps of an array's largest entry."""
    figure, axes = _chart("epoch", "largest difference of a weight,\nepsilons (log scale)")
    for number, pair in enumerate(pairs):  # a pair has no engine's colour
        axes.plot(*_points(pair["drift"]), f"{MARKERS[number % 6]}-", ms=5, lw=1, color=INK)
        axes.lines[-1].set_label(_text(" and ".join(pair["engines"])))
    if control:
        harmless = _text(f"harmless: {control['engine']}, reordered")
        axes.plot(*_points(control["drift"]), "--", color=INK, lw=2.4, label=harmless)
    for number, (name, epochs) in enumerate(certificate["drift"].items() if certificate else ()):
        worst = [max(epoch.values(), default=0.0) for epoch in epochs]
        axes.plot(*_points(worst), f"{MARKERS[number % 6]}:", mfc="none", color=ENGINES[number % 6])
        axes.lines[-1].set_label(_text(f"{name} and the truth"))
    _log(axes)
    _legend(axes)
    return _svg(figure, "drift", "Line chart: how far apart the weights are at the end of every epoch.")


def audit_chart(audits: Mapping[str, Sequence[BlockResult]]) -> Markup:
    """What rounding can do in each audited block, as a fraction of how far the weights moved; at 1 if unbounded."""
    figure, axes = _chart("step of training", "rounding / movement\n(log scale)")
    for number, (name, blocks) in enumerate(audits.items()):
        for word in dict.fromkeys(block["word"] for block in blocks):
            some = [block for block in blocks if block["word"] == word]
            steps = [block["first_step"] for block in some]
            radii = [1.0 if block["radius"] is None else block["radius"] or math.nan for block in some]
            look: dict[str, Any] = {"marker": MARKERS[number % 6], "ms": 11 - 3.5 * (number % 3)}
            if word == "wrong":
                look = {"marker": "X", "ms": 12}
            elif word == "not observable":
                look["mfc"] = "none"
            axes.plot(steps, radii, linestyle="", color=ENGINES[number % 6], label=_text(f"{name}: {word}"), **look)
    axes.axhline(1, color=INK, linestyle="--", linewidth=1)
    axes.text(
        0.01,
        0.6,
        "above this line nothing would be seen",
        color=INK,
        va="top",
        fontsize=9,
        transform=axes.get_yaxis_transform(),
    )
    axes.set_xlim(
        0, max((block["first_step"] + block["steps"] for blocks in audits.values() for block in blocks), default=1)
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda step, _: f"{step:,.0f}"))
    _log(axes)
    _legend(axes)
    return _svg(figure, "audit", "Scatter chart: the bound of every audited block, relative to the weights' movement.")


def time_chart(engines: Mapping[str, EngineResult]) -> Markup:
    """Seconds of set-up and of training."""
    figure, axes = _chart("seconds", "", height=0.7 + 0.5 * len(engines))
    for number, engine in enumerate(engines.values()):
        setup, train = engine["seconds"]["setup"], engine["seconds"]["train"]
        axes.barh(number, setup, color="none", edgecolor=INK, hatch="///", linewidth=0.8)
        axes.barh(number, train, left=setup, color=ENGINES[number % 6])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.set_yticks(range(len(engines)), [_text(name) for name in engines])
    axes.invert_yaxis()
    keys = [
        Patch(facecolor="none", edgecolor=INK, hatch="///", label="set-up and compile"),
        Patch(color=INK, label="training"),
    ]
    axes.legend(handles=keys, frameon=False, labelcolor=INK, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return _svg(figure, "time", "Bar chart: seconds of set-up and of training of every engine; the table has them too.")


def _chart(across: str, up: str, height: float = 3.2) -> tuple[Figure, Axes]:
    with mpl.rc_context({"font.size": 11, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(7.4, height), layout="constrained")
        axes = figure.add_subplot()
    figure.patch.set_visible(False)
    axes.patch.set_visible(False)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(across, color=INK)
    axes.set_ylabel(up, color=INK)
    axes.tick_params(colors=INK, which="both")
    for spine in axes.spines.values():
        spine.set_color(INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10))
    return figure, axes


def _epochs(axes: Axes, values: Sequence[float | None], number: int, name: str) -> None:
    axes.plot(*_points(values), color=ENGINES[number % 6], label=_text(name), **STYLES[number % 6])


def _points(values: Sequence[float | None]) -> tuple[range, list[float]]:
    return range(1, len(values) + 1), [math.nan if value is None else value for value in values]


def _legend(axes: Axes) -> None:
    """Above the chart, where no line runs."""
    handles, labels = axes.get_legend_handles_labels()
    columns = max(1, min(4, 80 // (max(map(len, labels), default=0) + 6)))
    axes.legend(
        handles,
        labels,
        frameon=False,
        labelcolor=INK,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns,
        fontsize=9.5,
    )


def _text(name: str) -> str:
    """A label that matplotlib shows as it is: no formula between dollars, and none left out for its first letter.

    Of a long one only the end: of a file's name, and of what is said about it.
    """
    name = name if len(name) <= LONGEST else "…" + name[-LONGEST:]
    return "\u200b" + name.replace("$", r"\$")


def _log(axes: Axes) -> None:
    """A log scale, where there is anything above zero to be shown on it."""
    shown = [value for line in axes.lines for value in np.ravel(np.asarray(line.get_ydata(), float)) if value > 0]
    if shown:
        axes.set_yscale("log")
        axes.set_ylim(min(shown) / 2, max(shown) * 2)
        if max(shown) / min(shown) < 1000:  # powers of ten would give one tick or none
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        axes.yaxis.set_minor_locator(NullLocator())


def _svg(figure: Figure, name: str, words: str) -> Markup:
    """The figure as an SVG element of the page, ``words`` for who cannot see it."""
    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 11}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)
    svg = re.sub(r"\bid=\"(?!(?:m|p|h)[0-9a-f]{10}\b)[^\"]*\"", "", svg)  # but for what is referred to, by its hash
    for placeholder, colour in PAGE.items():
        svg = svg.replace(placeholder, colour)
    box = re.search(r'viewBox="[^"]*"', svg)
    assert box is not None
    opening = f'<svg {box[0]} class="chart" role="img" aria-label="{escape(words)}" xmlns:xlink="{XLINK}">'
    return Markup(re.sub(r"<svg[^>]*>", opening, svg, count=1))
