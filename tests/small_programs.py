"""A small network by hand, for tests that change a line of it."""

from __future__ import annotations

from pathlib import Path

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.diagnosis.report import Diagnosis
from backproof.replay.loading import Program

PATIENCE = 8.0  # seconds: slow machines find what quick ones do


def of(text: str, path: Path) -> Diagnosis:
    path.write_text(text)
    return diagnose(Case(Program(path)), PATIENCE)


HEAD = """
import numpy as np

def example():
    rng = np.random.default_rng(3)
    r = rng.normal
    return {"X": r(size=(5, 4)), "y": r(size=5), "W": r(size=(4, 3)), "v": r(size=3)}

def backprop(X, y, W, v):
    h = np.tanh(X @ W)
    out = h @ v
    loss = np.mean((out - y) ** 2)
    dout = 2 * (out - y) / len(y)
    dv = h.T @ dout
    dh = np.outer(dout, v)
"""
RIGHT = HEAD + "    dW = X.T @ (dh * (1 - h ** 2))\n    return loss, {'dW': dW, 'dv': dv}\n"
