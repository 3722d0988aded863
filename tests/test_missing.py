"""What a learner has left out is looked up among his values."""

from __future__ import annotations

from pathlib import Path

import pytest

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.replay.loading import Program


def proven_patch(text: str, folder: Path) -> str:
    """The line that puts a program right whose one culprit is found."""
    path = folder / "net.py"
    path.write_text(text)
    found = diagnose(Case(Program(path)), seconds=20)
    (culprit,) = found.culprits
    assert culprit.patch is not None
    assert culprit.proven
    return culprit.patch.text.strip()


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
    assert proven_patch(RIGHT.replace(right, wrong), tmp_path) == patched


@pytest.mark.parametrize(
    ("loss", "patched"),
    [
        ("rate * np.sum(W ** 2)", "dW = x.T @ dz + 2 * rate * W"),
        ("0.5 * rate / n * np.sum(W ** 2)", "dW = x.T @ dz + rate / n * W"),
    ],
)
def test_a_term_that_comes_with_a_number(loss: str, patched: str, tmp_path: Path) -> None:
    wrong = RIGHT.replace("0.5 * rate * np.sum(W ** 2)", loss).replace(" + rate * W", "")
    assert proven_patch(wrong, tmp_path) == patched


INSIDE = """
import numpy as np

def example():
    rng = np.random.default_rng(5)
    return {"x": rng.normal(size=(4, 3)), "t": np.eye(2)[[0, 1, 1, 0]], "W": rng.normal(size=(3, 2))}

def backprop(x, t, W):
    z = x @ W
    total = np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -np.sum(t * (z - total)) / len(x)
    dz = (np.exp(z - total) - t) / len(x)
    return loss, {"W": x.T @ dz}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "patched"),
    [
        ("np.exp(z - total)", "np.exp(total)", "dz = (np.exp(z - total) - t) / len(x)"),
        ("np.exp(z - total)", "np.exp(z)", "dz = (np.exp(z - total) - t) / len(x)"),
    ],
)
def test_a_term_inside_of_a_function(right: str, wrong: str, patched: str, tmp_path: Path) -> None:
    assert proven_patch(INSIDE.replace(right, wrong), tmp_path) == patched


CALLED_AGAIN = """
import numpy as np

W = np.random.default_rng(0).normal(size=(3, 3))

def example():
    return {"xs": np.random.default_rng(1).normal(size=(4, 3)), "weights": {"W": W}}

def run(xs):
    hs = [np.zeros(3)]
    for x in xs:
        hs.append(np.tanh(hs[-1] @ W + x))
    loss = sum(np.sum(h ** 2) for h in hs[1:])
    dW, later = np.zeros_like(W), np.zeros(3)
    for t in range(len(xs), 0, -1):
        dh = 2 * hs[t]
        dz = (1 - hs[t] ** 2) * dh
        dW += np.outer(hs[t - 1], dz)
        later = W @ dz
    return loss, dW

def backprop(xs, weights):
    globals().update(weights)
    loss, dW = run(xs)
    return loss, {"W": dW}
"""


def test_what_is_looked_up_may_call_the_function_itself(tmp_path: Path) -> None:
    """``run(xs)`` and ``globals().update(weights)`` are phrases of the file, as ``2 * hs[t]`` is."""
    assert proven_patch(CALLED_AGAIN, tmp_path) == "dh = 2 * hs[t] + later"
