"""Learners' files for the tests of the sandbox: a correct one, and how to run one."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path
from typing import Any, NamedTuple

from backproof.diagnosis.apart import diagnose_apart
from backproof.diagnosis.report import Diagnosis

CORRECT = """
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def example():
    rng = np.random.default_rng(0)
    W1, b1, W2, b2 = rng.normal(size=(3, 7)), rng.random(3), rng.normal(size=(1, 3)), np.ones(1)
    return rng.random((5, 7)), np.arange(5) % 2, W1, b1, W2, b2


def backprop(X, y, W1, b1, W2, b2):
    n = len(y)
    Z1 = X @ W1.T + b1  # Z1
    A1 = sigmoid(Z1)  # A1
    Z2 = A1 @ W2.T + b2  # Z2
    A2 = sigmoid(Z2)  # A2
    loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0]).mean()  # loss
    dZ2 = (A2 - y[:, None]) / n  # dZ2
    dA1 = dZ2 @ W2  # dA1
    dZ1 = dA1 * A1 * (1 - A1)  # dZ1
    dW1 = dZ1.T @ X  # dW1
    db1 = dZ1.sum(0)  # db1
    dW2 = dZ2.T @ A1  # dW2
    db2 = dZ2.sum(0)  # db2
    return loss, dW1, db1, dW2, db2  # return
"""


class Ran(NamedTuple):
    """What came of a file."""

    diagnosis: Diagnosis
    output: str
    output_bytes: int
    isolation: str
    seconds: float

    @property
    def reason(self) -> str:
        """Why it cannot be judged."""
        assert self.diagnosis.verdict == "cannot run", self.diagnosis.summary
        return self.diagnosis.summary

    @property
    def line(self) -> int | None:
        """Of what keeps it from being judged."""
        return self.diagnosis.line


def write(folder: Path, source: str, name: str = "mine.py") -> Path:
    file = folder / name
    file.write_text(textwrap.dedent(source), encoding="utf-8")
    return file


def run_file(file: Path, **limits: Any) -> Ran:
    start = time.monotonic()
    found = diagnose_apart(file, **limits)
    return Ran(found.diagnosis, found.output, found.output_bytes, found.isolation, time.monotonic() - start)


def run(folder: Path, source: str, **limits: Any) -> Ran:
    return run_file(write(folder, source), **limits)


def line(source: str, mark: str) -> int:
    """The number of the only line that ends with this comment."""
    lines = textwrap.dedent(source).splitlines()
    found = [number for number, text in enumerate(lines, 1) if text.endswith(f"# {mark}")]
    assert len(found) == 1
    return found[0]


def assert_correct(outcome: Ran) -> None:
    """It was run, and all its gradients were found right."""
    assert outcome.diagnosis.verdict == "correct", outcome.diagnosis.summary
    assert {g.status for g in outcome.diagnosis.gradients.values()} == {"right"}
    assert list(outcome.diagnosis.gradients) == ["dW1", "db1", "dW2", "db2"]
