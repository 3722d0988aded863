"""Guards and clipped gradients are no faults, and hide none."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_programs import of

SOFTMAX = """
import numpy as np

def example():
    return np.array([[0.2, 0.5], [0.9, -0.3]]), np.array([1, 0]), np.array([[0.3, -0.2], [0.1, 0.7]])

def backprop(X, y, W):
    z = X @ W
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y] + 1e-7).mean()
    d = p.copy()
    d[np.arange(len(y)), y] -= 1
    return loss, {"W": X.T @ d / len(y)}
"""

CLIPPED = """
import numpy as np

def example():
    r = np.random.default_rng(0).normal
    return r(size=(6, 3)), r(size=(6, 1)), r(size=(3, 4)), r(size=(4, 1))

def backprop(X, y, W, v):
    h = np.tanh(X @ W)
    out = h @ v
    loss = 40 * np.sum((out - y) ** 2)
    dout = 80 * (out - y)
    dv = h.T @ dout
    dh = dout @ v.T
    dz = dh * (1 - h ** 2)
    dW = X.T @ dz
    for gradient in (dW, dv):
        np.clip(gradient, -5, 5, out=gradient)
    return loss, {"dW": dW, "dv": dv}
"""


def test_a_guard_in_the_loss_is_no_fault(tmp_path: Path) -> None:
    found = of(SOFTMAX, tmp_path / "guard.py")
    assert (found.verdict, found.summary) == ("correct", "the gradient is right, but for the guard in line 10")
    assert [r.kind for r in found.remarks] == ["guard"]
    # One that changes the gradient is a fault.
    assert of(SOFTMAX.replace("1e-7", "1e-2"), tmp_path / "large.py").verdict == "wrong"


@pytest.mark.parametrize("way", ["EPS", "eps"])
def test_a_guard_may_have_a_name(tmp_path: Path, way: str) -> None:
    named = SOFTMAX.replace("1e-7", way).replace(
        "def backprop(X, y, W):",
        "def backprop(X, y, W, eps=1e-7):" if way == "eps" else "EPS = 1e-7\n\ndef backprop(X, y, W):",
    )
    assert of(named, tmp_path / "named.py").summary.startswith("the gradient is right, but for the guard in line ")


def test_a_guard_may_stand_in_a_module_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "losses.py").write_text(
        "import numpy as np\n\ndef cross_entropy(p):\n    return -np.log(p + 1e-7).mean()\n"
    )
    apart = SOFTMAX.replace("import numpy as np", "import numpy as np\nfrom losses import cross_entropy").replace(
        "-np.log(p[np.arange(len(y)), y] + 1e-7).mean()", "cross_entropy(p[np.arange(len(y)), y])"
    )
    found = of(apart, tmp_path / "guard.py")
    assert found.summary == "the gradient is right, but for the guard in losses.py, line 4"
    assert found.verdict == "correct"


def test_a_mistake_beside_a_guard_has_its_own_line(tmp_path: Path) -> None:
    found = of(SOFTMAX.replace("X.T @ d / len(y)", "X.T @ d"), tmp_path / "both.py")
    assert found.verdict == "wrong"
    (culprit,) = found.culprits
    assert culprit.line == 13
    assert culprit.proven
    assert "guard" in [r.kind for r in found.remarks]


def test_no_guard_excuses_what_only_other_numbers_show(tmp_path: Path) -> None:
    """In the example no unit is off; elsewhere the missing slope shows."""
    text = """
import numpy as np

def example():
    return np.array([[1.0, 2.0], [0.5, 1.0]]), np.array([-0.2, 1.5])

def backprop(X, w):
    h = np.maximum(X @ w, 0)
    return h.sum() / (2 + 1e-5), {"w": X.T @ np.ones(2) / 2}
"""
    found = of(text, tmp_path / "relu.py")
    assert (found.verdict, found.summary) == ("wrong", "the gradient is wrong")


def test_a_small_number_that_multiplies_is_no_guard(tmp_path: Path) -> None:
    text = """
import numpy as np

def example():
    return np.array([[0.2, 0.5], [0.9, -0.3]]), np.array([1.0, 2.0]), np.array([0.3, -0.2])

def backprop(X, y, w):
    r = X @ w - y
    loss = (r ** 2).sum() + 1e-4 * (w ** 2).sum()
    return loss, {"w": 2 * X.T @ r}
"""
    assert of(text, tmp_path / "decay.py").verdict == "wrong"


def test_a_clipped_gradient_is_judged_as_it_was_before(tmp_path: Path) -> None:
    found = of(CLIPPED, tmp_path / "clipped.py")
    assert (found.verdict, found.summary) == ("correct", "both gradients are right, but for the clipping in line 18")
    wrong = of(CLIPPED.replace("(1 - h ** 2)", "(1 - h)"), tmp_path / "wrong.py")
    assert wrong.verdict == "wrong"
    assert [(c.line, c.proven) for c in wrong.culprits] == [(15, True)]
