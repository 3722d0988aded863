"""What a wrong expression might have to be: values of other shapes, rows, derivatives instead of forward values."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_programs import RIGHT, of

BY_SAMPLES = """
import numpy as np

def example():
    r = np.random.default_rng(8).normal
    return {"X": r(size=(5, 4)), "y": np.array([0, 1, 1, 0, 1.0]), "W": r(size=(3, 4)), "v": r(size=(1, 3))}

def backprop(X, y, W, v):
    h = np.tanh(X @ W.T)
    p = 1 / (1 + np.exp(-h @ v.T))
    loss = -np.mean(y * np.log(p[:, 0]) + (1 - y) * np.log(1 - p[:, 0]))
    dW, dv = np.zeros(W.shape), np.zeros(v.shape)
    for i in range(len(X)):
        d = p[i] - y[i]
        dh = d @ v * (1 - h[i] ** 2)
        dv += np.outer(d, h[i])
        dW += np.outer(dh, X[i])
    return loss, {"W": dW / len(X), "v": dv / len(X)}
"""


BIAS = (
    RIGHT.replace("return loss, {'dW': dW,", "dc = (dh * (1 - h ** 2)).sum(0)\n    return loss, {'dc': dc, 'dW': dW,")
    .replace('"v": r(size=3)}', '"c": r(size=3), "v": r(size=3)}')
    .replace("y, W, v):", "y, W, c, v):")
    .replace("np.tanh(X @ W)", "np.tanh(X @ W + c)")
)
RELU = RIGHT.replace("h = np.tanh(X @ W)", "z = X @ W\n    h = np.where(z > 0, z, 0.2 * z)").replace(
    "dh = np.outer(dout, v)\n    dW = X.T @ (dh * (1 - h ** 2))",
    "dz = (dout[:, None] @ v[None, :]) * np.where(h > 0, 1, 0.2)\n    dW = X.T @ dz",
)


@pytest.mark.parametrize(
    ("program", "right", "wrong", "statement"),
    [
        pytest.param(BIAS, "np.outer(dout, v)", "v", "dh = np.outer(dout, v)", id="a value of another shape"),
        pytest.param(RIGHT, "np.outer(dout, v)", "h", "dh = np.outer(dout, v)", id="a forward value in its place"),
        pytest.param(
            RELU,
            "dz = (dout[:, None] @ v[None, :]) * np.where(h > 0, 1, 0.2)",
            "dz = np.where(h > 0, 1, 0.2)",
            "dz = np.where(h > 0, 1, 0.2) * np.outer(dout, v)",
            id="a mask without what it masks",
        ),
        pytest.param(BY_SAMPLES, "d = p[i] - y[i]", "d = p[i]", "d = p[i] - y[i]", id="samples in a loop"),
    ],
)
def test_what_is_wrong_may_have_another_shape_or_be_a_forward_value(
    program: str, right: str, wrong: str, statement: str, tmp_path: Path
) -> None:
    assert of(program, tmp_path / "right.py").verdict == "correct"
    found = of(program.replace(right, wrong), tmp_path / "wrong.py")
    (culprit,) = found.culprits
    line = program.split("\n").index(next(line for line in program.split("\n") if right.strip() in line)) + 1
    assert (culprit.line, culprit.proven) == (line, True)
    assert culprit.patch is not None
    assert culprit.patch.text.strip() == statement
