"""The page's charts of the training: losses, drift, audit, time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from comparison.results import BlockResult, CertificateResult, ControlResult, EngineResult, PairDifference
from proof.judgement import ROUNDING
from report.drawing import ENGINES, INK, MARKERS, chart, label, legend, log_scale, svg

# Lines that lie on each other can be told apart: the first is broad, the next ones narrower and broken.
STYLES: tuple[dict[str, Any], ...] = (
    {"linestyle": "-", "linewidth": 5.0, "alpha": 0.75},
    {"linestyle": (0, (5, 3)), "linewidth": 2.4},
    {"linestyle": (0, (1, 1.5)), "linewidth": 2.0},
    {"linestyle": "-.", "linewidth": 1.6},
    {"linestyle": "-", "linewidth": 1.0},
    {"linestyle": "--", "linewidth": 1.0},
    {"linestyle": (0, (8, 2, 2, 2)), "linewidth": 1.6},
    {"linestyle": (0, (1, 3)), "linewidth": 2.4},
    {"linestyle": (0, (10, 4)), "linewidth": 1.6},
)
MANY = 6  # pairs of engines: of more, a chart shows those with the first engine


def losses_chart(engines: Mapping[str, EngineResult], certificate: CertificateResult | None) -> Markup:
    """The mean loss of every epoch, in nats."""
    figure, axes = chart("epoch", "mean loss, nats (log scale)")
    for number, (name, engine) in enumerate(engines.items()):
        _epochs(axes, engine["losses"], number, name)
    if certificate:
        truth = [float(loss) for loss in certificate["losses"]]
        axes.plot(range(1, len(truth) + 1), truth, "x", color=INK, label="the truth")
    log_scale(axes)
    legend(axes)
    return svg(figure, "losses", "Line chart: mean loss of every epoch, one line for each engine.")


def few(pairs: Sequence[PairDifference]) -> Sequence[PairDifference]:
    """All pairs of engines, or where they are many those with the first engine."""
    return pairs if len(pairs) <= MANY else [pair for pair in pairs if pair["engines"][0] == pairs[0]["engines"][0]]


def drift_chart(
    pairs: Sequence[PairDifference], control: ControlResult | None, certificate: CertificateResult | None
) -> Markup:
    """How far weights are apart at the end of every epoch, in epsilons or ulps of an array's largest entry."""
    figure, axes = chart("epoch", "largest difference of a weight,\nepsilons (log scale)")
    for number, pair in enumerate(few(pairs)):  # a pair has no engine's colour
        axes.plot(*_points(pair["drift"]), f"{MARKERS[number % len(MARKERS)]}-", ms=5, lw=1, color=INK)
        axes.lines[-1].set_label(label(" and ".join(pair["engines"])))
    if control:
        harmless = label(f"harmless: {control['engine']}, reordered")
        axes.plot(*_points(control["drift"]), "--", color=INK, lw=2.4, label=harmless)
    for number, (name, epochs) in enumerate(certificate["drift"].items() if certificate else ()):
        worst = [max(epoch.values(), default=0.0) for epoch in epochs]
        axes.plot(*_points(worst), f"{MARKERS[number % len(MARKERS)]}:", mfc="none", color=_colour(number))
        axes.lines[-1].set_label(label(f"{name} and the truth"))
    log_scale(axes)
    legend(axes)
    return svg(figure, "drift", "Line chart: how far apart the weights are at the end of every epoch.")


def audit_chart(audits: Mapping[str, Sequence[BlockResult]]) -> Markup:
    """What rounding can do in each audited block, as a fraction of how far the weights moved; at 1 if unbounded."""
    figure, axes = chart("step of training", "rounding / movement\n(log scale)")
    for number, (name, blocks) in enumerate(audits.items()):
        for word in dict.fromkeys(block["word"] for block in blocks):
            some = [block for block in blocks if block["word"] == word]
            named = name if word == ROUNDING else f"{name}: {word}"
            steps = [block["first_step"] for block in some]
            radii = [1.0 if block["radius"] is None else block["radius"] or math.nan for block in some]
            look: dict[str, Any] = {"marker": MARKERS[number % len(MARKERS)], "ms": 11 - 3.5 * (number % 3)}
            if word == "wrong":
                look = {"marker": "X", "ms": 12}
            elif word == "not observable":
                look["mfc"] = "none"
            axes.plot(steps, radii, linestyle="", color=_colour(number), label=label(named), **look)
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
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))  # "240,000" is long
    axes.xaxis.set_major_formatter(FuncFormatter(lambda step, _: f"{step:,.0f}"))
    log_scale(axes)
    legend(axes)
    return svg(figure, "audit", "Scatter chart: the bound of every audited block, relative to the weights' movement.")


def time_chart(engines: Mapping[str, EngineResult]) -> Markup:
    """Seconds of set-up and of training."""
    figure, axes = chart("seconds", "", height=1.2 + 0.5 * len(engines))
    for number, engine in enumerate(engines.values()):
        setup, train = engine["seconds"]["setup"], engine["seconds"]["train"]
        axes.barh(number, setup, color="none", edgecolor=INK, hatch="///", linewidth=0.8)
        axes.barh(number, train, left=setup, color=_colour(number))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.set_yticks(range(len(engines)), [label(name) for name in engines])
    axes.invert_yaxis()
    keys = [
        Patch(facecolor="none", edgecolor=INK, hatch="///", label="set-up and compile"),
        Patch(color=INK, label="training"),
    ]
    legend(axes, keys)
    return svg(figure, "time", "Bar chart: seconds of set-up and of training of every engine; the table has them too.")


def _colour(number: int) -> str:
    return ENGINES[number % len(ENGINES)]


def _epochs(axes: Axes, values: Sequence[float | None], number: int, name: str) -> None:
    axes.plot(*_points(values), color=_colour(number), label=label(name), **STYLES[number % len(STYLES)])


def _points(values: Sequence[float | None]) -> tuple[range, list[float]]:
    return range(1, len(values) + 1), [math.nan if value is None else value for value in values]
