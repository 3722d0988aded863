"""Backprop is called in the layout it declares, or in the one in which it works; wrong declarations are refused."""

from pathlib import Path

import pytest
from learner_files import CORRECT, PROBES, assert_true, line, probe, run

ALL = ("Z1", "A1", "Z2", "A2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1")

COLUMNS = """
import numpy as np
LAYOUT = "columns"
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def backprop(X, y, W1, b1, W2, b2):
    n = X.shape[1]
    Z1 = W1 @ X + b1
    A1 = sigmoid(Z1)
    Z2 = W2 @ A1 + b2
    A2 = sigmoid(Z2)
    loss = -(y * np.log(A2) + (1 - y) * np.log(1 - A2))
    dZ2 = (A2 - y) / n
    dW2 = dZ2 @ A1.T
    db2 = dZ2.sum(axis=1, keepdims=True)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * A1 * (1 - A1)  # dZ1
    dW1 = dZ1 @ X.T
    db1 = dZ1.sum(axis=1, keepdims=True)
    return dW1, db1, dW2, db2
"""

SAMPLE = """
import numpy as np
SAMPLE = True
def backprop(x, y, W1, b1, W2, b2):
    assert np.ndim(y) == 0
    Z1 = W1 @ x + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = W2 @ A1 + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = A2 - y
    dA1 = dZ2[0] * W2[0]
    dZ1 = dA1 * A1 * (1 - A1)
    return np.outer(dZ1, x), dZ1, np.outer(dZ2, A1), dZ2
"""


def test_columns_are_given_and_turned_back(tmp_path: Path) -> None:
    outcome = run(tmp_path, COLUMNS)
    assert_true(outcome, *ALL, "loss")
    assert (outcome.columns, outcome.sample, outcome.declared) == (True, False, True)
    assert {shown.layout for shown in outcome.calls[0].lines.values()} == {"same"}
    assert outcome.calls[0].lines["Z1"].shape == (3, 5)
    assert outcome.calls[0].lines["dZ1"].source_line == line(COLUMNS, "dZ1")


def test_one_sample_a_call_each_judged_by_itself(tmp_path: Path) -> None:
    outcome = run(tmp_path, SAMPLE)
    assert_true(outcome, *ALL)
    assert (outcome.columns, outcome.sample, outcome.declared) == (False, True, True)
    assert [(c.probe, c.repetition, c.sample) for c in outcome.calls] == [
        *((0, 0, k) for k in range(5)),
        *((0, 1, k) for k in range(5)),
        (1, 0, 0),
    ]
    assert outcome.calls[2].inputs.X.shape == (1, 7)
    assert outcome.repeats is True


def test_one_sample_as_a_column(tmp_path: Path) -> None:
    source = COLUMNS.replace("LAYOUT", "SAMPLE = True\nLAYOUT").replace("n = X.shape[1]", "n = X.shape[1] or y + 1.0")
    outcome = run(tmp_path, source)
    assert_true(outcome, *ALL)
    assert (outcome.columns, outcome.sample, outcome.declared) == (True, True, True)


@pytest.mark.parametrize(
    ("source", "columns", "sample"),
    [
        (COLUMNS.replace('LAYOUT = "columns"', ""), True, False),
        (SAMPLE.replace("SAMPLE = True", ""), False, True),
        (COLUMNS.replace('LAYOUT = "columns"', "SAMPLE = True"), True, True),
        (COLUMNS.replace('LAYOUT = "columns"', "").replace("X", "x"), True, True),
        (CORRECT.replace("def backprop(X, y", "def backprop(x, y").replace("X", "x"), False, False),
    ],
)
def test_what_is_not_declared_is_found_by_trying(tmp_path: Path, source: str, columns: bool, sample: bool) -> None:
    outcome = run(tmp_path, source)
    assert_true(outcome, *ALL)
    assert (outcome.columns, outcome.sample) == (columns, sample)
    assert outcome.declared == (not columns and not sample)


def test_a_file_that_fits_in_no_way_is_reported_in_rows(tmp_path: Path) -> None:
    broken = CORRECT.replace("y[:, None]", "y")
    outcome = run(tmp_path, broken)
    assert outcome.line == line(broken, "dA1")
    assert (outcome.columns, outcome.sample) == (False, False)
    wrong_way = run(tmp_path, CORRECT.replace("dZ1.T @ X", "X.T @ dZ1"))
    assert (wrong_way.reason, wrong_way.columns, wrong_way.sample) == (None, False, False)


def test_each_layout_that_is_tried_starts_from_a_fresh_file(tmp_path: Path) -> None:
    source = "print('loaded')\ncalls = 0\n" + SAMPLE.replace("SAMPLE = True", "").replace(
        "    assert", "    global calls; calls += 1; print(calls)\n    assert"
    ).replace("return np.outer(dZ1", "if np.ndim(x) != 1: raise ValueError\n    return np.outer(dZ1")
    outcome = run(tmp_path, source)
    assert outcome.reason is None
    assert outcome.output.split("loaded\n")[1].split() == ["1"]
    assert outcome.output.split("loaded\n")[2].split() == [str(k) for k in range(1, 12)]


def test_an_augmented_bias_column_is_nobodys_business(tmp_path: Path) -> None:
    source = """
    import numpy as np
    def backprop(X, y, W1, b1, W2, b2):
        n = len(y)
        add = lambda M: np.column_stack([M, np.ones(n)])
        W1, W2 = np.column_stack([W1, b1]), np.column_stack([W2, b2])
        A0 = add(X)
        A1 = add(1 / (1 + np.exp(-(A0 @ W1.T))))
        A2 = 1 / (1 + np.exp(-(A1 @ W2.T)))
        dZ2 = (A2 - y.reshape(-1, 1)) / n
        dZ1 = (dZ2 @ W2 * A1 * (1 - A1))[:, :-1]
        gW2, gW1 = dZ2.T @ A1, dZ1.T @ A0
        return gW1[:, :-1], gW1[:, -1], gW2[:, :-1], gW2[:, -1]
    """
    assert_true(run(tmp_path, source), "dZ2", "dZ1", "dW1", "db1", "dW2", "db2")


def test_functions_of_other_kinds(tmp_path: Path) -> None:
    partial = CORRECT.replace("def backprop(X", "def mine(scale, X") + "\nimport functools\n"
    assert_true(run(tmp_path, partial + "backprop = functools.partial(mine, 1)\n"), "dW1", "db2")
    wrapped = CORRECT.replace("def backprop", "import functools\n@functools.lru_cache\ndef f(): pass\ndef backprop")
    assert_true(run(tmp_path, wrapped), *ALL)
    decorator = "import functools\ndef same(f):\n    @functools.wraps(f)\n    def g(*a): return f(*a)\n    return g\n"
    assert_true(run(tmp_path, decorator + CORRECT.replace("def backprop", "@same\ndef backprop")), *ALL)
    called = CORRECT.replace("def backprop(", "class Net:\n  def __call__(self, ").replace("\n    ", "\n      ")
    called = called.replace("      return 1 /", "    return 1 /")
    assert_true(run(tmp_path, called + "\nbackprop = Net()\n", PROBES), "dW1", "db2")


def test_matrices_work(tmp_path: Path) -> None:
    source = """
    import numpy as np
    def backprop(X, y, W1, b1, W2, b2):
        X, y, W1, b1, W2, b2 = (np.matrix(v) for v in (X, y, W1, b1, W2, b2))
        a1 = 1 / (1 + np.exp(-(X * W1.T + b1)))
        yhat = 1 / (1 + np.exp(-(a1 * W2.T + b2)))
        delta2 = (yhat - y.T) / X.shape[0]
        delta1 = np.multiply(delta2 * W2, np.multiply(a1, 1 - a1))
        return delta1.T * X, delta1.sum(axis=0), delta2.T * a1, delta2.sum(axis=0)
    """
    outcome = run(tmp_path, source, [probe(5), probe(1)])
    assert_true(outcome, "A1", "A2", "dZ2", "dZ1", "dW1", "db1", "dW2", "db2")
