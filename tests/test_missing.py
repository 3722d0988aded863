"""What a learner has left out is looked up among his values."""

from __future__ import annotations

from pathlib import Path

import pytest

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.replay.loading import Program

RIGHT = """
import numpy as np

def example():
    rng = np.random.default_rng(3)
    return {"x": rng.normal(size=(5, 3)), "t": rng.normal(size=(5, 2)), "W": rng.normal(size=(3, 4)),
            "V": rng.normal(size=(4, 2)), "rate": 0.3, "scale": rng.normal(size=(5, 1))}

def backprop(x, t, W, V, rate, scale):
    n = len(x)
    h = np.sin(x @ W)
    y = h @ V
    loss = np.sum(scale * (y - t) ** 2) / n + 0.5 * rate * np.sum(W ** 2)
    dy = 2 * scale * (y - t) / n
    dh = dy @ V.T
    dz = dh * np.cos(x @ W)
    dW = x.T @ dz + rate * W
    return loss, {"W": dW, "V": h.T @ dy}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "patched"),
    [
        ("dh * np.cos(x @ W)", "dh", "dh = dy @ V.T * np.cos(x @ W)"),
        ("x.T @ dz + rate * W", "x.T @ dz", "dW = x.T @ dz + W * rate"),
        ("x.T @ dz + rate * W", "x.T @ dz + W", "dW = x.T @ dz + W * rate"),
        ("2 * scale * (y - t) / n", "2 * scale * (y - t)", "dy = 2 * scale * (y - t) / len(y)"),
        ("2 * scale * (y - t) / n", "2 * (y - t) / n", "dy *= scale"),
        (
            "2 * scale * (y - t) / n",
            "2 * scale * np.ones_like(y) / n",
            "dy = 2 * scale * np.ones_like(y) / n * (y - t)",
        ),
    ],
)
def test_a_factor_or_a_term(right: str, wrong: str, patched: str, tmp_path: Path) -> None:
    assert right in RIGHT
    path = tmp_path / "net.py"
    path.write_text(RIGHT.replace(right, wrong))
    found = diagnose(Case(Program(path)), seconds=20)
    (culprit,) = found.culprits
    assert culprit.patch is not None
    assert culprit.proven
    assert culprit.patch.text.strip() == patched


@pytest.mark.parametrize(
    ("loss", "patched"),
    [
        ("rate * np.sum(W ** 2)", "dW = x.T @ dz + 2 * rate * W"),
        ("0.5 * rate / n * np.sum(W ** 2)", "dW = x.T @ dz + rate / n * W"),
    ],
)
def test_a_term_that_comes_with_a_number(loss: str, patched: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(RIGHT.replace("0.5 * rate * np.sum(W ** 2)", loss).replace(" + rate * W", ""))
    found = diagnose(Case(Program(path)), seconds=20)
    (culprit,) = found.culprits
    assert culprit.patch is not None
    assert culprit.proven
    assert culprit.patch.text.strip() == patched
