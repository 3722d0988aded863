"""A program of PyTorch's as it runs with PyTorch: its own digits, and PyTorch's gradients beside the learner's."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_programs import of

TENSORS = """
import torch

def example():
    g = torch.Generator().manual_seed(1)
    W = torch.randn(3, 2, generator=g, requires_grad=True)
    return {"X": torch.randn(5, 3, generator=g), "W": W, "b": torch.zeros(2, requires_grad=True)}

def backprop(X, W, b):
    h = torch.tanh(X @ W + b)
    h.retain_grad()
    loss = (h ** 2).mean()
    for p in (W, b):
        p.grad = None
    loss.backward()
    dh = 2 * h / h.numel()
    dz = dh * (1 - h ** 2)
    dW, db = X.T @ dz, dz.sum(0)
    print(torch.allclose(dh, h.grad), (dW - W.grad).abs().max().item())
    return loss, {"W": dW, "b": db}
"""

ARRAYS = """
import jax
import jax.numpy as jnp

def example():
    a, b = jax.random.split(jax.random.PRNGKey(0))
    return {"X": jax.random.normal(a, (5, 3), jnp.float32), "W": jax.random.normal(b, (3, 2), jnp.float32)}

def loss_of(W, X):
    return jnp.mean(jnp.tanh(X @ W) ** 2)

def backprop(X, W):
    h = jnp.tanh(X @ W)
    loss = jnp.mean(h ** 2)
    own = jax.grad(loss_of)(W, X)
    dh = 2 * h / h.size
    dW = X.T @ (dh * (1 - h ** 2))
    return loss, {"W": dW}
"""


def test_single_precision_is_seen_and_automatic_gradients_are_judged_beside(tmp_path: Path) -> None:
    found = of(TENSORS, tmp_path / "tensors.py")
    assert found.verdict == "correct"
    assert all(4 <= g.digits <= 9 for g in found.gradients.values())
    (said,) = [r.text for r in found.remarks if r.kind == "automatic"]
    assert said.startswith("PyTorch's own gradients are right, in digits: W.grad to ")
    assert "b.grad to " in said


def test_gradients_that_automatic_differentiation_filled_in_are_right(tmp_path: Path) -> None:
    found = of(TENSORS.replace('"W": dW, "b": db', '"W": W.grad, "b": b.grad'), tmp_path / "own.py")
    assert found.verdict == "correct"


def test_a_mistake_in_tensors_has_its_line_and_patch(tmp_path: Path) -> None:
    found = of(TENSORS.replace("(1 - h ** 2)", "(1 - h)"), tmp_path / "wrong.py")
    (culprit,) = found.culprits
    assert (culprit.line, culprit.proven) == (17, True)
    assert culprit.patch is not None
    assert culprit.patch.text.strip() == "dz = dh * (1 - h ** 2)"


@pytest.mark.parametrize(("way", "verdict"), [("dW", "correct"), ("own", "correct"), ("-dW", "wrong")])
def test_arrays_of_jax(tmp_path: Path, way: str, verdict: str) -> None:
    found = of(ARRAYS.replace('{"W": dW}', f'{{"W": {way}}}'), tmp_path / "arrays.py")
    assert found.verdict == verdict
    if verdict == "correct":
        assert 4 <= found.gradients["W"].digits <= 9


@pytest.mark.parametrize(("minus", "verdict"), [("", "correct"), ("-", "wrong")])
def test_a_word_without_stand_in_is_judged_by_differences_with_the_library(
    tmp_path: Path, minus: str, verdict: str
) -> None:
    text = TENSORS.replace("tanh(X @ W + b)", "tanh(X @ W + b) + 0 * torch.fft.fft(X @ W).real")
    found = of(text.replace('"b": db', f'"b": {minus}db'), tmp_path / "fft.py")
    assert (found.verdict, found.traced) == (verdict, False)
    (said,) = [r for r in found.remarks if r.kind == "differences"]
    assert said.text.startswith("torch.fft.fft is not followed")
    assert said.line == 10
    assert found.gradients["W"].digits <= 8
