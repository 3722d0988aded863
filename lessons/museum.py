"""The exhibits of lesson 5: a dozen backward passes with one line broken. Whoever wants to guess does not read on.

Each exhibit is one mistake, written into the same function as everybody would write it.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

RIGHT = {
    "Z1": "X @ W1.T + b1",
    "A1": "sigmoid(Z1)",
    "Z2": "A1 @ W2.T + b2",
    "A2": "sigmoid(Z2)",
    "loss": "np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])",
    "dZ2": "(A2 - y[:, None]) / n",
    "dW2": "dZ2.T @ A1",
    "db2": "dZ2.sum(0)",
    "dA1": "dZ2 @ W2",
    "dZ1": "dA1 * A1 * (1 - A1)",
    "dW1": "dZ1.T @ X",
    "db1": "dZ1.sum(0)",
}

# The number of an exhibit, the name of its mistake, and the wrong line as one would write it.
EXHIBITS = {
    1: ("dZ2-mean-forgotten", "dZ2 = A2 - y[:, None]"),
    2: ("dZ2-half-squared-error", "dZ2 = (A2 - y[:, None]) * A2 * (1 - A2) / n"),
    3: ("dZ2-sign", "dZ2 = (y[:, None] - A2) / n"),
    4: ("dZ1-slope-half-a", "dZ1 = dA1 * A1"),
    5: ("dZ1-slope-forgotten", "dZ1 = dA1"),
    6: ("dZ1-slope-at-activation", "dZ1 = dA1 * sigmoid(A1) * (1 - sigmoid(A1))"),
    7: ("dA1-weights-reversed", "dA1 = dZ2 @ W2[:, ::-1]"),
    8: ("dW2-before-activation", "dW2 = dZ2.T @ Z1"),
    9: ("db1-swapped", "db1 = (dZ2.T @ A1)[0]"),
    10: ("Z1-bias-forgotten", "Z1 = X @ W1.T"),
    11: ("A1-sign-in-exp", "A1 = 1 / (1 + np.exp(Z1))"),
    12: ("dW1-mean-image", "dW1 = dZ1.sum(0)[:, None] * X.mean(0)"),
}


SAYS = {
    7: "The weights are taken from the last unit to the first.",
    8: "Z1 stands where A1 belongs.",
    9: "This is dW2: the parts of the result are in another order than they are taken.",
}

GOOD, BAD = "#0b57a4", "#b3141c"


def exhibit(number: int) -> Callable[..., Any]:
    """The backward pass with this number, which returns the four gradients; 0 is the correct one."""
    return _function(_formulas(number), "dW1, db1, dW2, db2", f"exhibit_{number}.py")


def named(number: int) -> str:
    """The name of the mistake in an exhibit."""
    return EXHIBITS[number][0]


def candidates(numbers: list[int]) -> list[str]:
    """The mistakes of these exhibits, each with its formula, in alphabetical order, to choose from."""
    chosen = sorted(EXHIBITS[number][0] for number in numbers)
    lines = dict(EXHIBITS.values())
    return [f"{name:<24} {lines[name]}" for name in chosen]


def twelve_lines(number: int, inputs: tuple[np.ndarray, ...]) -> dict[str, np.ndarray]:
    """The lines of an exhibit on X, y, W1, b1, W2, b2."""
    return _function(_formulas(number), "locals()", f"lines_{number}.py")(*inputs)


def by_the_right_line(line: str, own: dict[str, np.ndarray]) -> np.ndarray:
    """What a line should be, given all that was computed before it."""
    return eval(RIGHT[line], {"np": np, "sigmoid": _sigmoid}, dict(own))


def small_inputs() -> tuple[np.ndarray, ...]:
    """X, y, W1, b1, W2, b2 of five samples in a network of seven inputs and three hidden units."""
    random = np.random.default_rng(5)
    X, y = random.uniform(0.05, 1, (5, 7)), np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    W1, W2 = random.normal(0, 1, (3, 7)), np.array([[0.9, -1.4, 0.5]])
    return X, y, W1, np.array([0.6, -0.4, 0.9]), W2, np.array([0.3])


def culprit(number: int, inputs: tuple[np.ndarray, ...]) -> str:
    """The first line that is not what it should be, given the lines before it."""
    own = twelve_lines(number, inputs)
    return next(line for line in RIGHT if not np.allclose(own[line], by_the_right_line(line, own), rtol=1e-9))


def draw_marks(numbers: list[int], inputs: tuple[np.ndarray, ...]) -> None:
    """For each exhibit: which lines are off, and the entries of the first line that is, against what they should be."""
    figure, axes = plt.subplots(
        1, 2 * len(numbers), dpi=70, figsize=(4.7 * len(numbers), 4.4), width_ratios=[1, 2.2] * len(numbers)
    )
    for number, strip, scatter in zip(numbers, axes[::2], axes[1::2], strict=True):
        _draw_strip(strip, number, inputs)
        _draw_scatter(scatter, number, inputs)
    figure.tight_layout()
    plt.show()


def _draw_strip(axis: Any, number: int, inputs: tuple[np.ndarray, ...]) -> None:
    own, truth = twelve_lines(number, inputs), twelve_lines(0, inputs)
    for row, line in enumerate(RIGHT):
        for column, right in enumerate((truth[line], by_the_right_line(line, own))):
            fine = np.allclose(own[line], right, rtol=1e-9)
            face = ("white", GOOD) if fine else (BAD, "white")
            axis.add_patch(Rectangle((column, row), 1, 1, facecolor=face[0], edgecolor="#767f8b"))
            axis.text(
                column + 0.5, row + 0.55, "✓" if fine else "✗", color=face[1], fontsize=12, ha="center", va="center"
            )
    axis.set(xlim=(0, 2), ylim=(12, 0), xticks=(0.5, 1.5), yticks=np.arange(12) + 0.5)
    axis.set_xticklabels(["truth", "own\nlines"], fontsize=11)
    axis.set_yticklabels(list(RIGHT), fontsize=11)
    axis.tick_params(length=0)
    axis.set_title(f"Exhibit {number}", fontsize=12)


def _draw_scatter(axis: Any, number: int, inputs: tuple[np.ndarray, ...]) -> None:
    line = culprit(number, inputs)
    own = twelve_lines(number, inputs)
    yours, right = own[line].ravel(), by_the_right_line(line, own).ravel()
    ends = np.array([min(yours.min(), right.min(), 0), max(yours.max(), right.max(), 0)])
    ends = ends + np.array([-0.06, 0.06]) * np.ptp(ends)
    axis.plot(ends, ends, color="#767f8b", linestyle="--", linewidth=1.2)
    axis.plot(right, yours, "o", color=BAD, markersize=7, markerfacecolor="none", markeredgewidth=1.8)
    axis.axhline(0, color="#d5dae1", zorder=0)
    axis.axvline(0, color="#d5dae1", zorder=0)
    axis.set(xlim=ends, ylim=ends)
    axis.locator_params(nbins=4)
    axis.set_xlabel(f"{line} as it should be", fontsize=11)
    axis.set_ylabel(f"{line} as it is", fontsize=11)
    axis.set_title(f"{line} is the first line off", fontsize=12)


def _formulas(number: int) -> dict[str, str]:
    formulas = dict(RIGHT)
    if number:
        line, _, formula = EXHIBITS[number][1].partition(" = ")
        formulas[line] = formula
    return formulas


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _function(formulas: dict[str, str], returned: str, name: str) -> Callable[..., Any]:
    """A function of these lines, and its source where tracebacks and the check look for it."""
    body = "".join(f"    {line} = {formula}\n" for line, formula in formulas.items())
    source = f"def backprop(X, y, W1, b1, W2, b2):\n    n = len(y)\n{body}    return {returned}\n"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    module: dict[str, Any] = {"np": np, "sigmoid": _sigmoid}
    exec(compile(source, name, "exec"), module)
    return module["backprop"]
