"""What every chart is drawn with: SVG that takes its colours and its letters from the page around it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from markupsafe import Markup, escape
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

# Colours that no chart shows: each is replaced by one of the page's, so that a chart is dark on a dark page.
INK, FAINT, BAD = "#010203", "#040506", "#0a0b0c"
ENGINES = tuple(f"#0708{number:02x}" for number in range(16, 25))
PAGE = {INK: "var(--bp-ink)", FAINT: "var(--bp-faint)", BAD: "var(--bp-bad)"}
PAGE |= {colour: f"var(--engine-{number})" for number, colour in enumerate(ENGINES)}

LONGEST = 32  # letters of a label
WIDTH = 4.8  # inches, at which letters are still to be read on a phone
XLINK = "http://www.w3.org/1999/xlink"
MARKERS = "osD^vP<>h"


def chart(across: str, up: str, height: float = 3.2) -> tuple[Figure, Axes]:
    with mpl.rc_context({"font.size": 11, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
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
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    return figure, axes


def legend(axes: Axes, handles: Sequence[Artist] | None = None) -> None:
    """Above the chart, where no line runs: of what has a label, or of these."""
    handles = axes.get_legend_handles_labels()[0] if handles is None else handles
    longest = max((len(str(handle.get_label())) for handle in handles), default=0)
    axes.legend(
        handles=handles,
        frameon=False,
        labelcolor=INK,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=max(1, min(4, 54 // (longest + 6))),
        fontsize=9.5,
    )


def label(name: str) -> str:
    """A label that matplotlib shows as it is: no formula between dollars, and none left out for its first letter.

    Of a long one only the end: of a file's name, and of what is said about it.
    """
    name = name if len(name) <= LONGEST else "…" + name[-LONGEST:]
    return "\u200b" + name.replace("$", r"\$")


def log_scale(axes: Axes) -> None:
    """A log scale, where there is anything above zero to be shown on it."""
    shown = [value for line in axes.lines for value in np.ravel(np.asarray(line.get_ydata(), float)) if value > 0]
    if shown:
        axes.set_yscale("log")
        axes.set_ylim(min(shown) / 2, max(shown) * 2)
        if max(shown) / min(shown) < 1000:  # powers of ten would give one tick or none
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        axes.yaxis.set_minor_locator(NullLocator())


def svg(figure: Figure, name: str, words: str) -> Markup:
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
