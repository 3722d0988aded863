"""The picture of the verdict: how much of what rounding can do each line's error is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.ticker import NullLocator

from comparison.results import LineResult
from engines import Lines
from proof.judgement import CANCELS, FAULTS, FOLLOWS, GRAVITY, NOT_SHOWN, ROUNDING
from report.drawing import BAD, ENGINES, FAINT, INK, MARKERS, chart, label, legend, svg

LEAST, BORDER, MOST = 1e-4, 2.0, 1e4  # shares of what rounding can do: drawn at least, of a fault, at most
TICKS = {LEAST: "0.0001", 0.01: "0.01", 1: "1", 100: "100", MOST: "10,000+"}


def verdict_chart(verdicts: Sequence[LineResult]) -> Markup | None:
    """Each line's largest error in each engine, wherever it was tried, over the most that rounding can do there.

    None where nothing was judged.
    """
    if not verdicts:
        return None
    figure, axes = chart("largest error / most that rounding can do", "", height=4.5)
    engines = list(dict.fromkeys(line["engine"] for line in verdicts))
    kinds: dict[str, Any] = {engine: _look(ROUNDING, number) for number, engine in enumerate(engines)}
    shares: list[float] = []
    for number, engine in enumerate(engines):
        for row, name in enumerate(Lines._fields):
            some = [line for line in verdicts if (line["line"], line["engine"]) == (name, engine)]
            word = max((line["verdict"] for line in some), key=_gravity, default=NOT_SHOWN)
            if word == NOT_SHOWN:
                continue
            look = _look(word, number)
            shares.append(_share(some))
            axes.plot(shares[-1], row + 0.7 * ((number + 0.5) / len(engines) - 0.5), linestyle="", **look)
            if word in (*FAULTS, FOLLOWS):
                kinds[word] = look
    outside = max(shares, default=0.0) > 1
    for kind, look in kinds.items():
        axes.plot([], [], linestyle="", label=label(kind), **look)
    axes.set_xscale("log")
    axes.set_xticks(list(TICKS), list(TICKS.values()))  # they widen the limits, which come after
    axes.set_xlim(LEAST / 2, 2 * MOST if outside else 30)
    axes.set_ylim(len(Lines._fields) - 0.4, -1.4)
    axes.set_yticks(range(len(Lines._fields)), Lines._fields)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.axvspan(LEAST / 2, 1, color=FAINT, alpha=0.5, linewidth=0)
    axes.axvline(1, color=INK, linewidth=1.5)
    for share, words, side in ((0.8, "rounding explains it", "right"), (1.25, "it does not", "left")):
        axes.text(share, -0.9, words, color=INK, ha=side, va="center", fontsize=10)
    legend(axes)
    words = "some lie outside" if outside else "all lie inside"
    return svg(figure, "verdict", f"Dot chart: each line's largest error over what rounding can do; {words}.")


def _gravity(word: str) -> int:
    return GRAVITY.index(word) if word in GRAVITY else len(GRAVITY)


def _look(word: str, number: int) -> dict[str, Any]:
    """A mark: an engine's own, hollow where digits get lost, and red where something is wrong."""
    if word in FAULTS:
        return {"marker": "X", "ms": 11, "mfc": BAD, "mec": BAD}
    colour = ENGINES[number % 6]
    if word == FOLLOWS:
        return {"marker": MARKERS[number % 6], "ms": 8, "mfc": "none", "mec": BAD, "mew": 2}
    inside = "none" if word == CANCELS else colour
    return {"marker": MARKERS[number % 6], "ms": 7, "mfc": inside, "mec": colour, "mew": 1.5}


def _share(lines: Sequence[LineResult]) -> float:
    """The largest share of what rounding can do, within the chart.

    A fault is never inside: from the engine's own earlier lines there is less that rounding can do, or the line could
    not be compared at all.
    """
    shares = [line["distribution"]["largest_share"] for line in lines if "distribution" in line]
    worst = max((share for share in shares if share is not None), default=0.0)
    faults = any(line["verdict"] in FAULTS for line in lines)
    return min(max(worst, BORDER if faults else LEAST), MOST)
