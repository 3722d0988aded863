"""Variables have the values that their own statement left behind, and the line that really ran last."""

from pathlib import Path

import numpy as np
from learner_files import CORRECT, assert_true, line, probe, run

from check.learner import ShownLine
from engines.interface import Lines

FORWARD = """
import numpy as np

def sigmoid(z):
    out = 1 / (1 + np.exp(-z))
    return out

def forward(X, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1  # Z1
    A1 = sigmoid(Z1)  # A1
    Z2 = A1 @ W2.T + b2  # Z2
    return Z1, A1, Z2, sigmoid(Z2)
"""


def shown_by(tmp_path: Path, source: str, *names: str, **limits: object) -> dict[str, ShownLine]:
    outcome = run(tmp_path, source, [probe(5)], **limits)
    assert_true(outcome, *names)
    return outcome.calls[0].lines


def test_nothing_needs_to_be_returned(tmp_path: Path) -> None:
    source = CORRECT.replace("return dW1, db1, dW2, db2  # return", "pass")
    shown = shown_by(tmp_path, source, *Lines._fields)
    assert {name: shown[name].source_line for name in shown} == {name: line(source, name) for name in Lines._fields}
    assert {shown[name].origin for name in shown} == {"local"}


def test_an_alias_is_harvested_under_the_learners_own_name(tmp_path: Path) -> None:
    source = CORRECT.replace("dZ2", "delta2").replace("dA1", "grad_a1").replace("A1", "hidden").replace("A2", "out")
    shown = shown_by(tmp_path, source, "A1", "A2", "dZ2", "dZ1")
    assert [(shown[n].variable, shown[n].certainty) for n in ("A1", "A2", "dZ2")] == [
        ("hidden", "guess"),
        ("out", "guess"),
        ("delta2", "alias"),
    ]


def test_a_later_change_in_place_does_not_spoil_an_earlier_line(tmp_path: Path) -> None:
    source = CORRECT.replace("dZ1 = dA1 * A1 * (1 - A1)  # dZ1", "dZ1 = dA1\n    dZ1 *= A1 * (1 - A1)  # dZ1")
    shown = shown_by(tmp_path, source, *Lines._fields)
    assert shown["dZ1"].source_line == line(source, "dZ1")
    assert shown["dA1"].source_line == line(source, "dA1")
    backwards = CORRECT.replace("dZ1 = dA1 * A1 * (1 - A1)  # dZ1", "dA1 *= A1 * (1 - A1)\n    dZ1 = dA1")
    shown_by(tmp_path, backwards, *Lines._fields)
    by_out = CORRECT.replace("dZ1 = dA1 * A1", "np.multiply(dA1, A1, out=dA1)\n    dZ1 = dA1; dZ1 *= (1 - A1)  #")
    shown_by(tmp_path, by_out, *Lines._fields)
    in_place = CORRECT.replace(
        "A1 = sigmoid(Z1)  # A1", "np.negative(Z1, out=Z1)\n    np.exp(Z1, Z1)\n    Z1 += 1\n    Z1 **= -1\n    A1 = Z1"
    )
    assert shown_by(tmp_path, in_place, *Lines._fields)["Z1"].source_line == line(in_place, "Z1")
    biased = CORRECT.replace("W1.T + b1  # Z1", "W1.T\n    Z1 += b1  # Z1").replace(
        "A1 = sigmoid(Z1)  # A1", "A1 = Z1\n    np.negative(A1, A1)\n    np.exp(A1, out=A1)\n    A1 += 1\n    A1 **= -1"
    )
    assert shown_by(tmp_path, biased, *Lines._fields)["Z1"].source_line == line(biased, "Z1")


def test_loops_that_fill_and_add_up(tmp_path: Path) -> None:
    source = CORRECT.replace(
        "dW1 = dZ1.T @ X  # dW1",
        """dW1 = np.zeros_like(W1)
    for i in range(W1.shape[0]):
        for j in range(W1.shape[1]):
            for s in range(n):
                dW1[i, j] += dZ1[s, i] * X[s, j]  # dW1""",
    ).replace(
        "db1 = dZ1.sum(0)  # db1",
        """db1 = [0.0] * len(b1)
    for i in range(len(b1)):
        for s in range(n): db1[i] += dZ1[s, i]  # db1""",
    )
    shown = shown_by(tmp_path, source, *Lines._fields)
    assert [shown[name].source_line for name in ("dW1", "db1")] == [line(source, "dW1"), line(source, "db1")]


def test_one_sample_at_a_time_inside_a_batch(tmp_path: Path) -> None:
    source = """
    import numpy as np
    def backprop(X, y, W1, b1, W2, b2):
        gW1, gb1, gW2, gb2 = (np.zeros_like(p) for p in (W1, b1, W2, b2))
        for x, t in zip(X, y):
            Z1 = W1 @ x + b1
            A1 = 1 / (1 + np.exp(-Z1))
            A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
            loss = float(-np.log(A2 if t else 1 - A2)[0])
            dZ2 = (A2 - t) / len(y)
            dZ1 = dZ2 * W2[0] * A1 * (1 - A1)
            dW1 = np.outer(dZ1, x)
            db1 = dZ1
            db1 = db1 + 0.0
            gW1 += dW1  # dW1
            gb1 += dZ1
            gW2 += dZ2 * A1
            gb2 += dZ2
    """
    shown = shown_by(tmp_path, source, "dW1", "db1", "dW2", "db2")
    assert set(shown) == {"dW1", "db1", "dW2", "db2"}
    assert (shown["dW1"].variable, shown["dW1"].source_line) == ("gW1", line(source, "dW1"))


def test_helpers_are_harvested_and_their_lines_found(tmp_path: Path) -> None:
    source = (
        FORWARD
        + """
def backward(X, y, A1, A2, W2):
    dZ2 = (A2 - y[:, None]) / len(y)  # dZ2
    dZ1 = (dZ2 @ W2) * A1 * (1 - A1)
    dW1 = dZ1.T @ X  # dW1
    return {"dW1": dW1, "db1": dZ1.sum(0),  # db1
            "dW2": dZ2.T @ A1, "db2": dZ2.sum(0)}

def backprop(X, y, W1, b1, W2, b2):
    Z1, A1, Z2, p = forward(X, W1, b1, W2, b2)
    grads = backward(X, y, A1, p, W2)
    return grads
"""
    )
    shown = shown_by(tmp_path, source, "Z1", "A1", "Z2", "A2", "dZ2", "dZ1", "dW1", "db1", "dW2", "db2")
    for name in ("Z1", "A1", "Z2", "dZ2", "dW1", "db1"):
        assert shown[name].source_line == line(source, name), name
    assert shown["dZ2"].origin == "helper"
    assert shown["A2"].variable == "p"


def test_a_helper_that_ran_twice_is_left_out(tmp_path: Path) -> None:
    source = (
        FORWARD
        + """
def backprop(X, y, W1, b1, W2, b2):
    out = forward(X, W1, b1, W2, b2)
    d = (out[3] - y[:, None]) / len(y)
    e = d @ W2 * out[1] * (1 - out[1])
    forward(X, W1 + 1e-3, b1, W2, b2)
    return e.T @ X, e.sum(0), d.T @ out[1], d.sum(0)
"""
    )
    assert set(shown_by(tmp_path, source, "dW1", "db1", "dW2", "db2")) == {"dW1", "db1", "dW2", "db2"}


def test_classes_keep_their_lines_on_self(tmp_path: Path) -> None:
    source = (
        FORWARD
        + """
class Network:
    def __init__(self, *parameters):
        self.parameters = parameters

    def forward(self, X):
        self.z1, self.a1, self.z2, self.a2 = forward(X, *self.parameters)
        return self

    def backward(self, X, y):
        self.dz2 = (self.a2 - y[:, None]) / len(y)  # dZ2
        self.dz1 = self.dz2 @ self.parameters[2] * self.a1 * (1 - self.a1)
        return self.dz1.T @ X, self.dz1.sum(0), self.dz2.T @ self.a1, self.dz2.sum(0)  # gradients

def backprop(X, y, *parameters):
    return Network(*parameters).forward(X).backward(X, y)
"""
    )
    shown = shown_by(tmp_path, source, "Z1", "A1", "Z2", "A2", "dZ2", "dZ1", "dW1", "db1", "dW2", "db2")
    assert shown["dZ2"].source_line == line(source, "dZ2")
    assert shown["dW1"].source_line == line(source, "gradients")
    assert (shown["A2"].variable, shown["A2"].origin) == ("a2", "attribute")


def test_only_the_branch_that_ran_counts(tmp_path: Path) -> None:
    source = CORRECT.replace(
        "dW2 = dZ2.T @ A1  # dW2",
        "if n > 100:\n        dW2 = 0\n    else:\n        dW2 = (\n            dZ2.T\n            @ A1\n        )",
    )
    shown = shown_by(tmp_path, source, *Lines._fields)
    assert source.splitlines()[shown["dW2"].source_line - 1].strip() == "dW2 = ("  # type: ignore[operator]


def test_columns_inside_are_the_learners_own_business(tmp_path: Path) -> None:
    source = """
    import numpy as np
    def backprop(X, y, W1, b1, W2, b2):
        X = X.T
        Z1 = W1 @ X + b1[:, None]
        A1 = 1 / (1 + np.exp(-Z1))
        Z2 = W2 @ A1 + b2[:, None]
        A2 = 1 / (1 + np.exp(-Z2))
        dZ2 = (A2 - y) / y.size
        dZ1 = (W2.T @ dZ2) * A1 * (1 - A1)
        return dZ1 @ X.T, dZ1.sum(1), dZ2 @ A1.T, dZ2.sum(1)
    """
    shown = shown_by(tmp_path, source, "Z1", "A1", "Z2", "A2", "dZ2", "dZ1", "dW1", "db1", "dW2", "db2")
    assert (shown["Z1"].layout, shown["dW1"].layout) == ("transposed", "same")


def test_many_calls_of_a_helper_stay_cheap_and_out_of_the_harvest(tmp_path: Path) -> None:
    source = CORRECT.replace("    n = len(y)", "    n = len(y)\n    for _ in range(20000): twice(1.0)") + (
        "\ndef twice(v):\n    Z1 = v * 2\n    return Z1\n"
    )
    shown = shown_by(tmp_path, source, *Lines._fields)
    assert shown["Z1"].origin == "local"
    assert np.all(shown["Z1"].values != 2.0)
