"""Files without ``example()`` or ``backprop`` are completed from what is in them, or told what to add."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from backproof.answer.starters import course, softmax
from backproof.answer.text import rendered
from backproof.diagnosis.completed import diagnose_file
from backproof.diagnosis.completing.joined import joined
from backproof.diagnosis.completing.made_up import examples
from backproof.diagnosis.report import Diagnosis

COURSE = course.BROKEN.partition("# What the check needs")[0]
SOFTMAX = softmax.BROKEN[: softmax.BROKEN.index("def example")] + softmax.BROKEN[softmax.BROKEN.index("def backprop") :]
RIGHT = "dz1 = (dscores @ W2.T) * (z1 > 0)"
COLUMN = """
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    n = len(y)
    h = np.tanh(X @ W1.T + b1)
    p = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    e = (p - y) / n
    back = (e @ W2) * SLOPE
    return loss, (back.T @ X, back.sum(0), e.T @ h, e.sum(0))
"""

NETWORK = """import numpy as np


class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-1):
        self.params = {}
        self.params["W1"] = std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N, D = X.shape
        h1 = np.maximum(0, X.dot(W1) + b1)
        scores = h1.dot(W2) + b2
        if y is None:
            return scores
        scores -= np.max(scores, axis=1, keepdims=True)
        exp = np.exp(scores)
        probs = exp / np.sum(exp, axis=1, keepdims=True)
        loss = np.sum(-np.log(probs[range(N), y])) / N
        loss += reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        grads = {}
        dscores = probs.copy()
        dscores[range(N), y] -= 1
        dscores /= N
        grads["W2"] = h1.T.dot(dscores) + 2 * reg * W2
        grads["b2"] = np.sum(dscores, axis=0)
        dh = dscores.dot(W2.T)
        grads["W1"] = X.T.dot(dh) + 2 * reg * W1
        grads["b1"] = np.sum(dh, axis=0)
        return loss, grads

    def train(self, X, y, learning_rate=1e-3, num_iters=100):
        for it in range(num_iters):
            loss, grads = self.loss(X, y=y)
"""


def of(text: str, folder: Path) -> Diagnosis:
    path = folder / "mine.py"
    path.write_text(text)
    return diagnose_file(path)


def test_functions_of_a_course_are_joined_by_their_names() -> None:
    offer = joined(ast.parse(COURSE))
    assert offer is not None
    assert offer.text == (
        "def backprop(X, parameters, Y):\n"
        "    A2, cache = forward_propagation(X, parameters)\n"
        "    loss = compute_cost(A2, Y)\n"
        "    return loss, backward_propagation(parameters, cache, X, Y)\n"
    )


def test_a_course_file_is_judged_as_it_stands(tmp_path: Path) -> None:
    found = of(COURSE, tmp_path)
    assert found.verdict == "wrong"
    (culprit,) = found.culprits
    assert culprit.line == 1 + COURSE[: COURSE.index("dW1 = dZ1 @ X.T")].count("\n")
    assert culprit.proven
    right = of(COURSE.replace("dW1 = dZ1 @ X.T", "dW1 = dZ1 @ X.T / m"), tmp_path)
    assert right.verdict == "correct"


@pytest.mark.parametrize("text", [COURSE, SOFTMAX], ids=["course", "softmax"])
def test_what_is_printed_works_when_it_is_pasted(text: str, tmp_path: Path) -> None:
    found = of(text, tmp_path)
    assert "Paste this to choose your own:" in rendered(found).plain
    pasted = of(f"{text}\n\n{found.suggestion}", tmp_path)
    assert pasted.suggestion == ""
    assert (pasted.verdict, pasted.gradients) == (found.verdict, found.gradients)


def test_a_right_program_is_not_accused_of_a_layout_of_ours(tmp_path: Path) -> None:
    assert of(SOFTMAX.replace("dz1 = dscores @ W2.T", RIGHT), tmp_path).verdict == "correct"
    assert of(COLUMN.replace("SLOPE", "(1 - h**2)"), tmp_path).verdict == "correct"


def test_labels_that_would_spread_are_not_chosen(tmp_path: Path) -> None:
    found = of(COLUMN.replace("SLOPE", "h * (1 - h)"), tmp_path)
    assert "[[1.0], [0.0]" in found.suggestion
    assert [name for name, g in found.gradients.items() if g.status == "wrong"] == ["dW1", "db1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class Network:\n    pass\n", "the class Network"),
        ("class Dense:\n    def backward(self, dy):\n        pass\n", "the class Dense with backward"),
        ("def helper(x):\n    return x\n", "the function helper"),
        ("def backprop(state, options):\n    return 1.0, {}\n", "no arguments could be made up"),
        ("x = 1\n", "no function backprop, and no other function or class"),
    ],
)
def test_what_cannot_be_completed_is_told_what_to_add(text: str, words: str, tmp_path: Path) -> None:
    found = of(text, tmp_path)
    assert found.verdict == "cannot run"
    assert words in found.summary
    assert "def example()" in found.suggestion
    ast.parse(found.suggestion)
    assert "Add to the file, for instance:" in rendered(found).plain


def test_names_that_say_nothing_give_no_example() -> None:
    nothing = examples(ast.parse(""), ["alpha", "X"])
    assert (nothing.tried, nothing.unknown) == ((), ("alpha",))
    assert '"alpha": ...' in nothing.blank
    for example in examples(ast.parse(""), ["X", "labels", "W1", "b1", "W2", "b2"]).tried:
        ast.parse(example.text)


def test_a_class_whose_method_returns_loss_and_gradients_is_judged_as_it_stands(tmp_path: Path) -> None:
    found = of(NETWORK, tmp_path)
    (culprit,) = found.culprits
    assert culprit.expression.endswith("dscores.dot(W2.T)")
    assert culprit.proven
    assert "return net.loss(X, y, reg=0.1)" in found.suggestion
    assert '"net": TwoLayerNet(8, 6, 3, std=1.0)' in found.suggestion
    right = NETWORK.replace("dh = dscores.dot(W2.T)", "dh = dscores.dot(W2.T) * (h1 > 0)")
    assert of(right, tmp_path).verdict == "correct"


def test_a_regulariser_that_is_off_by_default_is_looked_at(tmp_path: Path) -> None:
    right = NETWORK.replace("dh = dscores.dot(W2.T)", "dh = dscores.dot(W2.T) * (h1 > 0)")
    found = of(right.replace("h1.T.dot(dscores) + 2 * reg * W2", "h1.T.dot(dscores) + reg * W2"), tmp_path)
    assert [name for name, g in found.gradients.items() if g.status == "wrong"] == ["W2"]
