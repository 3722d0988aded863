"""A reference says which loss is meant: then the forward pass and the loss are judged too."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from backproof import assert_backprop, check_backprop
from backproof.diagnosis.report import Diagnosis


def loss(X: Any, Y: Any, W: Any, b: Any) -> Any:
    scores = X @ W + b
    scores = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(p)) / len(X)


def right(X: Any, Y: Any, W: Any, b: Any) -> Any:
    z = X @ W + b
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    d = (p - Y) / len(X)
    return -np.sum(Y * np.log(p)) / len(X), {"W": X.T @ d, "b": d.sum(0)}


def gradients_alone(X: Any, Y: Any, W: Any, b: Any) -> Any:
    return right(X, Y, W, b)[1]


def axis(X: Any, Y: Any, W: Any, b: Any) -> Any:
    z = X @ W + b
    p = np.exp(z) / np.exp(z).sum(0, keepdims=True)  # here
    d = (p - Y) / len(X)
    return -np.sum(Y * np.log(p)) / len(X), {"W": X.T @ d, "b": d.sum(0)}


def summed(X: Any, Y: Any, W: Any, b: Any) -> Any:
    z = X @ W + b
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    d = (p - Y) / len(X)
    total = -np.sum(Y * np.log(p))  # here
    return total, {"W": X.T @ d, "b": d.sum(0)}


def no_bias(X: Any, Y: Any, W: Any, b: Any) -> Any:  # noqa: ARG001 (the mistake)
    z = X @ W  # here
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    d = (p - Y) / len(X)
    return {"W": X.T @ d, "b": d.sum(0)}


def backward(X: Any, Y: Any, W: Any, b: Any) -> Any:
    z = X @ W + b
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    d = (p - Y) / len(X)
    return {"W": X.T @ d, "b": d.mean(0)}  # here


def each_by_itself(X: Any, Y: Any, W: Any, b: Any) -> Any:
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, t in zip(X, Y, strict=True):
        z = x @ W + b
        p = np.exp(z) / np.exp(z).sum()
        d = p - t
        dW += np.outer(x, d)
        db += d
    return dW / len(X), db / len(X)


def arguments() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    Y = np.eye(3)[[0, 1, 2, 1, 0]]
    return {"X": rng.normal(size=(5, 4)), "Y": Y, "W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}


def of(function: Any) -> Diagnosis:
    return check_backprop(function, **arguments(), reference=loss).diagnosis


def line_of(function: Any) -> int:
    rows, first = inspect.getsourcelines(function)
    return next(first + place for place, row in enumerate(rows) if row.rstrip().endswith("# here"))


@pytest.mark.parametrize("function", [right, gradients_alone, each_by_itself])
def test_what_is_right_passes(function: Any) -> None:
    assert_backprop(function, **arguments(), reference=loss)
    assert of(function).probes == 3


@pytest.mark.parametrize("function", [axis, summed, no_bias, backward])
def test_the_first_expression_that_departs_is_named_and_mended(function: Any) -> None:
    found = of(function)
    assert found.verdict == "wrong"
    (culprit,) = found.culprits
    assert culprit.line == line_of(function)
    assert culprit.proven


def test_a_loss_that_is_another_one_is_said() -> None:
    found = of(summed)
    assert found.summary.startswith("the loss is another one than the reference's")
    assert [name for name, g in found.gradients.items() if g.status != "right"] == ["loss"]
    assert "of the reference" in found.culprits[0].should_be
    assert found.culprits[0].family


def test_without_the_reference_its_own_loss_decides() -> None:
    assert [g.status for g in check_backprop(summed, **arguments()).diagnosis.gradients.values()] == ["wrong", "wrong"]


def test_a_file_returns_its_loss() -> None:
    with pytest.raises(TypeError, match="a reference is for a function"):
        check_backprop("mine.py", reference=loss)
