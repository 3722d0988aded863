"""A program that draws is replayed as one that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.replay.loading import Program

NET = """
import numpy as np
import matplotlib.pyplot as plt
from matplotlib import pyplot, animation
import seaborn as sns
from IPython.display import clear_output

def example():
    r = np.random.RandomState(0).randn
    return {"X": r(5, 3), "y": r(5), "w": r(3)}

def backprop(X, y, w):
    e = X @ w - y
    plt.scatter(X[:, 0], e, s=20 * np.abs(e))
    return np.mean(e ** 2), {"w": 2 * X.T @ e / len(y)}

sns.set_theme()
xs = np.linspace(0, 1, 20)
"""


@pytest.mark.parametrize(
    "drawing",
    [
        "plt.plot(xs, xs ** 2)",
        "fig, ax = plt.subplots(figsize=(4, 3))\nax.plot(xs, xs)\nax.set(xlabel='x')\nfig.savefig('a.png')",
        "fig, (a, b) = plt.subplots(1, 2)\na.imshow(np.outer(xs, xs), cmap=plt.cm.gray)",
        "fig, axes = plt.subplots(2, 3)\nfor ax in axes.flat:\n    ax.axis('off')\naxes[0, 1].bar(xs, xs)",
        "fig, ((a, b), (c, d)) = plt.subplots(2, 2)\nd.plot(xs)",
        "with plt.style.context('dark'):\n    plt.figure().add_subplot(projection='3d')\nplt.show()",
        "clear_output(wait=True)\npyplot.hist(xs)\nanimation.FuncAnimation(plt.figure(), print)",
    ],
)
@pytest.mark.parametrize(("right", "verdict"), [("2 * X.T", "correct"), ("X.T", "wrong")])
def test_pictures(drawing: str, right: str, verdict: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(NET.replace("2 * X.T", right) + drawing + "\n")
    found = diagnose(Case(Program(path)))
    assert (found.verdict, found.traced) == (verdict, True), found.summary
    assert len(found.culprits) == (verdict == "wrong")
