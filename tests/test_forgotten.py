"""A part of a gradient that was computed, and then forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_programs import of

CENTRED = """
import numpy as np

def example():
    r = np.random.default_rng(3).normal
    return {"X": r(size=(5, 4)), "y": r(size=(5, 3)), "W": r(size=(4, 3))}

def backprop(X, y, W):
    n = len(X)
    h = X @ W
    m = h.sum(0) / n
    d = h - m
    e = np.exp(d)
    s = e.sum(1, keepdims=True)
    p = e / s
    loss = ((p - y) ** 2).sum()
    dp = 2 * (p - y)
    de = dp / s
    ds = -(dp * e).sum(1, keepdims=True) / s ** 2
    de += ds
    dd = de * e
    dh = dd.copy()
    dm = -dd.sum(0)
    dh += dm / n
    return loss, {"W": X.T @ dh}
"""


@pytest.mark.parametrize(("line", "number"), [("    de += ds\n", 20), ("    dh += dm / n\n", 23)])
def test_what_was_computed_and_never_read_is_added(tmp_path: Path, line: str, number: int) -> None:
    assert of(CENTRED, tmp_path / "right.py").verdict == "correct"
    found = of(CENTRED.replace(line, ""), tmp_path / "forgotten.py")
    (culprit,) = found.culprits
    assert culprit.proven
    assert culprit.patch is not None
    assert culprit.patch.text.strip() == line.strip()
    assert culprit.patch.line in (number - 1, number, number + 1)
