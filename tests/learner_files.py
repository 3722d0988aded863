"""Learners' files for the tests of the package check: a correct one, and how to run one."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np

from check.learner import LearnerRun, Probe, run_learner
from engines.interface import Lines, Parameters

CORRECT = """
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backprop(X, y, W1, b1, W2, b2):
    n = len(y)
    Z1 = X @ W1.T + b1  # Z1
    A1 = sigmoid(Z1)  # A1
    Z2 = A1 @ W2.T + b2  # Z2
    A2 = sigmoid(Z2)  # A2
    loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])  # loss
    dZ2 = (A2 - y[:, None]) / n  # dZ2
    dA1 = dZ2 @ W2  # dA1
    dZ1 = dA1 * A1 * (1 - A1)  # dZ1
    dW1 = dZ1.T @ X  # dW1
    db1 = dZ1.sum(0)  # db1
    dW2 = dZ2.T @ A1  # dW2
    db2 = dZ2.sum(0)  # db2
    return dW1, db1, dW2, db2  # return
"""


def probe(n: int = 5, d: int = 7, h: int = 3, seed: int = 0) -> Probe:
    random = np.random.default_rng(seed)
    W1, W2 = random.normal(size=(h, d)), random.normal(size=(1, h))
    parameters = Parameters(W1, random.normal(size=h), W2, random.normal(size=1))
    return Probe(parameters, random.random((n, d)), (np.arange(n) % 2).astype(float))


PROBES = (probe(5), probe(1, seed=1))


def truth(given: Probe) -> Lines:
    """The twelve lines, near enough to recognise them."""
    (W1, b1, W2, b2), X, y = given
    Z1 = X @ W1.T + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2.T + b2
    A2 = 1 / (1 + np.exp(-Z2))
    loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])
    dZ2 = (A2 - y[:, None]) / len(y)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * A1 * (1 - A1)
    return Lines(Z1, A1, Z2, A2, loss, dZ2, dZ2.T @ A1, dZ2.sum(0), dA1, dZ1, dZ1.T @ X, dZ1.sum(0))


def write(folder: Path, source: str, name: str = "mine.py") -> Path:
    file = folder / name
    file.write_text(textwrap.dedent(source), encoding="utf-8")
    return file


def run(folder: Path, source: str, probes: Any = PROBES, **limits: Any) -> LearnerRun:
    return run_learner(write(folder, source), probes, **limits)


def line(source: str, mark: str) -> int:
    """The number of the only line that ends with this comment."""
    lines = textwrap.dedent(source).splitlines()
    found = [number for number, text in enumerate(lines, 1) if text.endswith(f"# {mark}")]
    assert len(found) == 1
    return found[0]


def assert_true(outcome: LearnerRun, *names: str) -> None:
    """These lines came back from every call, with the values that they should have."""
    assert outcome.reason is None
    assert outcome.calls
    for call in outcome.calls:
        right, shown = truth(call.inputs)._asdict(), call.whole_lines._asdict()
        for name in names:
            assert shown[name] is not None, name
            assert shown[name].shape == right[name].shape, name
            precision = 1e-3 if call.lines[name].dtype == "float32" else 1e-12
            np.testing.assert_allclose(shown[name], right[name], rtol=precision, atol=precision, err_msg=name)
