"""The network of the comparison as a reference: what a file is taken for that takes its arguments and returns no loss.

One hidden layer of sigmoids, one output, binary cross-entropy (Elizur and Afek, 2023, Algorithm 1), the mean over the
samples. Samples may be rows or columns, weights either way round.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from backproof.diagnosis.calls.reference import Reference
from backproof.replay.loading import Program

ARGUMENTS = ("X", "y", "W1", "b1", "W2", "b2")
TITLE = "the network of the comparison: two layers of sigmoids and the mean binary cross-entropy"

SOURCE = """import numpy as np


def loss({X}, {y}, {W1}, {b1}, {W2}, {b2}):
    X, W1, b1, W2, b2 = {X}, {W1}, {b1}, {W2}, {b2}
    y = np.reshape({y}, (-1, 1))
    n, h = np.size(y), np.size(b1)
    d = np.size(W1) // h
    X = np.reshape(X, (1, d)) if n == 1 else X if np.shape(X) == (n, d) else np.transpose(X)
    W1 = W1 if np.shape(W1) == (h, d) else np.transpose(W1)
    Z1 = X @ np.transpose(W1) + np.reshape(b1, (1, h))
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ np.reshape(W2, (h, 1)) + np.reshape(b2, (1, 1))
    A2 = 1 / (1 + np.exp(-Z2))
    return -np.sum(y * np.log(A2) + (1 - y) * np.log(1 - A2)) / n
"""


@lru_cache(maxsize=8)
def report_network(names: tuple[str, ...]) -> Reference | None:
    """The network for a function that takes these arguments; None where they are not its own."""
    if [_plain(name) for name in names] != list(map(_plain, ARGUMENTS)):
        by_plain = {_plain(name): name for name in names}
        if len(names) != len(ARGUMENTS) or by_plain.keys() != set(map(_plain, ARGUMENTS)):
            return None
        names = tuple(by_plain[_plain(name)] for name in ARGUMENTS)
    text = SOURCE.format(**dict(zip(ARGUMENTS, names, strict=True)))
    return Reference(Program(Path("network_of_the_comparison.py"), text), "loss", TITLE, names[2:])


def _plain(name: str) -> str:
    """Labels may be called ``y`` or ``t``; small letters and capitals mean the same."""
    low = name.lower()
    return "y" if low in ("y", "t", "target", "label", "labels") else low
