"""A function of another name that gives the loss and the gradients is called as it stands."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from backproof.diagnosis.completed import diagnose_file
from backproof.diagnosis.completing.whole import whole

SOFTMAX = """
import numpy as np

def class_loss(W, X, y, reg):
    loss, dW, n = 0.0, np.zeros_like(W), len(X)
    for i in range(n):
        s = X[i] @ W
        p = np.exp(s - s.max())
        p /= p.sum()
        loss -= np.log(p[y[i]]) / n
        p[y[i]] -= 1
        dW += np.outer(X[i], p) / n
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW
"""
LOGISTIC = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def spread(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(w.T @ X + b)
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    grads = {"dw": X @ (A - Y).T / m, "db": np.sum(A - Y) / m}
    return grads, cost

def optimize(w, b, X, Y, num_iterations, learning_rate):
    for _ in range(num_iterations):
        grads, cost = spread(w, b, X, Y)
        w, b = w - learning_rate * grads["dw"], b - learning_rate * grads["db"]
    return w, cost
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong", "line"),
    [
        (SOFTMAX, "dW += 2 * reg * W", "dW += reg * W", 14),
        (SOFTMAX, "np.outer(X[i], p) / n", "np.outer(X[i], p)", 12),
        (LOGISTIC, "X @ (A - Y).T / m", "X @ (A - Y).T", 11),
        (LOGISTIC, "np.sum(A - Y) / m}", "np.sum(Y - A) / m}", 11),
    ],
)
def test_it_is_judged(text: str, right: str, wrong: str, line: int, tmp_path: Path) -> None:
    assert right in text
    path = tmp_path / "course.py"
    path.write_text(text)
    found = diagnose_file(path)
    assert found.verdict == "correct", found.summary
    assert "def backprop(" in found.suggestion
    assert "def example(" in found.suggestion
    path.write_text(text.replace(right, wrong))
    found = diagnose_file(path)
    assert found.verdict == "wrong", found.summary
    assert {culprit.line for culprit in found.culprits} == {line}


def test_the_lines_work_when_they_are_pasted(tmp_path: Path) -> None:
    path = tmp_path / "course.py"
    path.write_text(LOGISTIC)
    path.write_text(f"{LOGISTIC}\n\n{diagnose_file(path).suggestion}")
    found = diagnose_file(path)
    assert (found.verdict, found.suggestion) == ("correct", "")


@pytest.mark.parametrize(
    "returned", ["loss", "loss, accuracy", "loss, dW, cache", "dW, db", "loss, cost", "loss / n, dW", "W, b, costs"]
)
def test_what_gives_something_else_is_not_taken_for_it(returned: str) -> None:
    assert whole(ast.parse(f"def f(W, X, y):\n    return {returned}")) is None
