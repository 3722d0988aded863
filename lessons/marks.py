"""The marks that a mistake leaves: which variables of the way back are off, and how the one with the mistake is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from lessons.stepping.walk import Step, Walk

GOOD, BAD, LINES = "#0b57a4", "#b3141c", "#767f8b"


def draw_marks(walks: Mapping[str, tuple[Walk, Walk, int]]) -> None:
    """For each title a strip of ticks and crosses, and dots.

    Args:
        walks: with the mistake and without, and the line of the mistake.
    """
    width, ratios = 4.7 * len(walks), [1, 2] * len(walks)
    figure, axes = plt.subplots(1, 2 * len(walks), figsize=(width, 4.4), width_ratios=ratios)
    for (title, (wrong, right, line)), strip, dots in zip(walks.items(), axes[::2], axes[1::2], strict=True):
        marks = wrong.marks(right, [line])
        back = [k for k, step in enumerate(wrong.steps) if not right.variables[step.variable].forward]
        _draw_strip(strip, {wrong.variables[wrong.steps[k].variable].name: marks[k] for k in back}, title)
        last = next(wrong.steps[k] for k in reversed(back) if marks[k] == "wrong")
        _draw_dots(dots, last, right.values[last.at])
    figure.tight_layout()
    plt.show()


def _draw_strip(axis: Any, marks: Mapping[str, str], title: str) -> None:
    for row, mark in enumerate(marks.values()):
        is_right = mark == "right"
        axis.add_patch(Rectangle((0, row), 1, 1, facecolor="white" if is_right else BAD, edgecolor=LINES))
        sign, colour = ("✓", GOOD) if is_right else ("✗", "white")
        axis.text(0.5, row + 0.55, sign, color=colour, fontsize=12, ha="center", va="center")
    axis.set(xlim=(0, 1), ylim=(len(marks), 0), xticks=(), yticks=np.arange(len(marks)) + 0.5)
    axis.set_yticklabels(list(marks), fontsize=11)
    axis.tick_params(length=0)
    axis.set_title(title, fontsize=12, loc="left")


def _draw_dots(axis: Any, step: Step, wanted: np.ndarray) -> None:
    both = (step.value, wanted) if step.value.size == wanted.size else np.broadcast_arrays(step.value, wanted)
    is_now, should_be = map(np.ravel, both)
    ends = np.array([min(is_now.min(), should_be.min(), 0), max(is_now.max(), should_be.max(), 0)])
    ends = ends + np.array([-0.06, 0.06]) * np.ptp(ends)
    axis.plot(ends, ends, color=LINES, linestyle="--", linewidth=1.2)
    axis.plot(should_be, is_now, "o", color=BAD, markersize=7, markerfacecolor="none", markeredgewidth=1.8)
    axis.axhline(0, color="#d5dae1", zorder=0)
    axis.axvline(0, color="#d5dae1", zorder=0)
    axis.set(xlim=ends, ylim=ends, title="the one with the mistake")
    axis.title.set_fontsize(11)
    axis.locator_params(nbins=4)
    axis.set_xlabel("should be", fontsize=11)
    axis.set_ylabel("is", fontsize=11)
