"""Wrong backward passes: the forward pass is right, and one line of the backward pass (or a few) is not.

Mistakes that people make, and small ones that a tolerance hides. Each is named after its line.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from benchmarks.correct_programs import EQUATIONS, Equation, Program, sigmoid

ONE_SAMPLE = "a batch of one sample"
FLOAT32 = "float32, where nothing is rounded by it"
RATE = 0.01  # of the step that a stale value is behind


def _wrong(name: str, hides: str = "", **lines: Equation) -> Program:
    return Program(name, lines, hides=hides)


def _after(line: str, change: Callable[[np.ndarray], np.ndarray]) -> Equation:
    """The right line, then a change to it."""
    return lambda at: change(EQUATIONS[line](at))


def _through(dtype: type[np.floating], line: str) -> Equation:
    """The line computed in another dtype from rounded operands, and handed back in its own."""

    def equation(at: SimpleNamespace) -> np.ndarray:
        rounded = {k: v.astype(dtype) if isinstance(v, np.ndarray) else v for k, v in vars(at).items()}
        return EQUATIONS[line](SimpleNamespace(**rounded)).astype(at.X.dtype)

    return equation


def _with(line: str, **others: Equation) -> Equation:
    """The right equation on a wrong operand."""
    return lambda at: EQUATIONS[line](SimpleNamespace(**vars(at) | {k: f(at) for k, f in others.items()}))


def _scaled_at(array: np.ndarray, index: tuple[slice | int, ...], factor: float) -> np.ndarray:
    changed = array.copy()
    changed[index] *= factor
    return changed


def _brightest(X: np.ndarray) -> int:
    return int(X.sum(0).argmax())


def _stale_A1(at: SimpleNamespace) -> np.ndarray:
    """A1 from before the last step, which is undone here: it moved W1 and b1 along the right gradient."""
    dW1, db1 = (EQUATIONS[line](SimpleNamespace(**vars(at) | {"dZ1": _right_dZ1(at)})) for line in ("dW1", "db1"))
    return sigmoid(at.X @ (at.W1 + RATE * dW1).T + (at.b1 + RATE * db1))


def _right_dZ1(at: SimpleNamespace) -> np.ndarray:
    return (at.dZ2 @ at.W2) * at.A1 * (1 - at.A1)


def _earlier_W2(rate: float) -> Equation:
    """dA1 from the W2 that this very step has moved already."""
    return lambda at: at.dZ2 @ (at.W2 - rate * at.dW2)


def _all_gradients(name: str, equation: Callable[[str], Equation]) -> Program:
    return Program(name, {line: equation(line) for line in ("dW2", "db2", "dW1", "db1")})


def _zeros_of(line: str) -> Equation:
    return lambda at: np.zeros_like(EQUATIONS[line](at))


def _negated(line: str) -> Equation:
    return _after(line, np.negative)


def _clipped_norm(dW1: np.ndarray) -> np.ndarray:
    return dW1 * min(1.0, 0.1 / max(float(np.linalg.norm(dW1)), 1e-300))


WRONG_PASSES = (
    # dZ2, the error
    _wrong("dZ2: sign flipped", dZ2=lambda at: (at.y - at.A2) / at.n),
    _wrong("dZ2: labels flipped", dZ2=lambda at: (at.A2 - (1 - at.y)) / at.n),
    _wrong("dZ2: labels off by one sample", ONE_SAMPLE, dZ2=lambda at: (at.A2 - np.roll(at.y, 1, 0)) / at.n),
    _wrong("dZ2: the last sample's label flipped", dZ2=lambda at: (at.A2 - np.r_[at.y[:-1], 1 - at.y[-1:]]) / at.n),
    _wrong("dZ2: the last sample left out", dZ2=lambda at: _scaled_at((at.A2 - at.y) / at.n, (-1,), 0)),
    _wrong("dZ2: sum instead of mean", ONE_SAMPLE, dZ2=lambda at: at.A2 - at.y),
    _wrong("dZ2: mean taken twice", ONE_SAMPLE, dZ2=lambda at: (at.A2 - at.y) / at.n**2),
    _wrong("dZ2: extra factor A2 (1 - A2)", dZ2=lambda at: (at.A2 - at.y) * at.A2 * (1 - at.A2) / at.n),
    _wrong("dZ2: extra factor 2", dZ2=_after("dZ2", lambda dZ2: 2 * dZ2)),
    _wrong("dZ2: times 1.0001", dZ2=_after("dZ2", lambda dZ2: dZ2 * 1.0001)),
    _wrong("dZ2: Z2 instead of A2", dZ2=lambda at: (at.Z2 - at.y) / at.n),
    _wrong("dZ2: the predicted class instead of A2", dZ2=lambda at: ((at.Z2 > 0) - at.y) / at.n),
    _wrong(
        "dZ2: clipped to 0.1",
        "where no error is larger than 0.1",
        dZ2=lambda at: np.clip(at.A2 - at.y, -0.1, 0.1) / at.n,
    ),
    _wrong(
        "dZ2: A2 clipped to 1e-4 ... 1 - 1e-4",
        "where no probability is clipped",
        dZ2=lambda at: (np.clip(at.A2, 1e-4, 1 - 1e-4) - at.y) / at.n,
    ),
    _wrong("dZ2: labels smoothed by 1e-3", dZ2=lambda at: (at.A2 - (at.y * (1 - 2e-3) + 1e-3)) / at.n),
    _wrong("dZ2: float32 inside", FLOAT32, dZ2=_through(np.float32, "dZ2")),
    _wrong("dZ2: float16 inside", dZ2=_through(np.float16, "dZ2")),
    # dW2, db2
    _wrong("dW2: sign flipped", dW2=_negated("dW2")),
    _wrong("dW2: all zero", dW2=_zeros_of("dW2")),
    _wrong("dW2: Z1 instead of A1", dW2=lambda at: at.dZ2.T @ at.Z1),
    _wrong("dW2: A2 instead of A1", dW2=lambda at: at.dZ2.T @ np.broadcast_to(at.A2, at.A1.shape)),
    _wrong("dW2: A1 off by one sample", ONE_SAMPLE, dW2=lambda at: at.dZ2.T @ np.roll(at.A1, 1, 0)),
    _wrong("dW2: stale A1, of one step ago", dW2=lambda at: at.dZ2.T @ _stale_A1(at)),
    _wrong("dW2: hidden units in reverse", dW2=_after("dW2", lambda dW2: dW2[:, ::-1])),
    _wrong("dW2: one entry off by a relative 1e-6", dW2=_after("dW2", lambda dW2: _scaled_at(dW2, (0, 0), 1 + 1e-6))),
    _wrong("dW2: transposed, (h, 1)", dW2=_after("dW2", np.transpose)),
    _wrong("db2: forgotten", db2=_zeros_of("db2")),
    _wrong("db2: mean over the samples of a mean", ONE_SAMPLE, db2=lambda at: at.dZ2.mean(0)),
    # dA1
    _wrong("dA1: W2 updated before it is used, rate 0.1", dA1=_earlier_W2(0.1)),
    _wrong("dA1: W2 updated before it is used, rate 1e-3", dA1=_earlier_W2(1e-3)),
    _wrong("dA1: |W2|", "where no weight of W2 is negative", dA1=lambda at: at.dZ2 @ np.abs(at.W2)),
    _wrong("dA1: A1 instead of W2", dA1=lambda at: at.dZ2 * at.A1),
    _wrong("dA1: detached", dA1=_zeros_of("dA1")),
    _wrong("dA1: one hidden unit dropped", dA1=_after("dA1", lambda dA1: _scaled_at(dA1, (slice(None), 0), 0))),
    # dZ1
    _wrong("dZ1: sigmoid's derivative missing", dZ1=lambda at: at.dA1),
    _wrong("dZ1: sigmoid's derivative twice", dZ1=lambda at: at.dA1 * (at.A1 * (1 - at.A1)) ** 2),
    _wrong("dZ1: A1 (1 + A1)", dZ1=lambda at: at.dA1 * at.A1 * (1 + at.A1)),
    _wrong("dZ1: Z1 (1 - Z1)", dZ1=lambda at: at.dA1 * at.Z1 * (1 - at.Z1)),
    _wrong("dZ1: tanh's derivative, 1 - A1^2", dZ1=lambda at: at.dA1 * (1 - at.A1**2)),
    _wrong("dZ1: A1 forgotten, 1 - A1", dZ1=lambda at: at.dA1 * (1 - at.A1)),
    _wrong("dZ1: A2 instead of A1", dZ1=lambda at: at.dA1 * at.A2 * (1 - at.A2)),
    _wrong("dZ1: sigmoid's slope at 0, 1/4", dZ1=lambda at: at.dA1 / 4),
    _wrong("dZ1: ReLU's derivative", dZ1=lambda at: at.dA1 * (at.Z1 > 0)),
    _wrong("dZ1: float32 inside", FLOAT32, dZ1=_through(np.float32, "dZ1")),
    # dW1, db1
    _wrong("dW1: sign flipped", dW1=_negated("dW1")),
    _wrong("dW1: sign of one hidden unit flipped", dW1=_after("dW1", lambda dW1: _scaled_at(dW1, (0,), -1))),
    _wrong("dW1: times 1.0001", dW1=_after("dW1", lambda dW1: dW1 * 1.0001)),
    _wrong("dW1: one column missing", dW1=lambda at: _scaled_at(at.dZ1.T @ at.X, (slice(None), _brightest(at.X)), 0)),
    _wrong(
        "dW1: one entry off by a relative 1e-6",
        dW1=lambda at: _scaled_at(at.dZ1.T @ at.X, (0, _brightest(at.X)), 1 + 1e-6),
    ),
    _wrong("dW1: only the first sample", ONE_SAMPLE, dW1=lambda at: at.dZ1[:1].T @ at.X[:1]),
    _wrong("dW1: samples off by one", ONE_SAMPLE, dW1=_with("dW1", X=lambda at: np.roll(at.X, 1, 0))),
    _wrong("dW1: pixels off by one", dW1=_with("dW1", X=lambda at: np.roll(at.X, 1, 1))),
    _wrong("dW1: pixels scaled once more, by 255", dW1=_with("dW1", X=lambda at: at.X / 255)),
    _wrong("dW1: dA1 instead of dZ1", dW1=_with("dW1", dZ1=lambda at: at.dA1)),
    _wrong("dW1: reshaped instead of transposed", dW1=lambda at: (at.X.T @ at.dZ1).reshape(at.W1.shape)),
    _wrong("dW1: norm clipped to 0.1", "where the norm is smaller", dW1=_after("dW1", _clipped_norm)),
    _wrong("dW1: weight decay of 1e-4 added", dW1=lambda at: at.dZ1.T @ at.X + 1e-4 * at.W1),
    _wrong("dW1: float32 inside", FLOAT32, dW1=_through(np.float32, "dW1")),
    _wrong("db1: forgotten", db1=_zeros_of("db1")),
    _wrong("db1: dA1 instead of dZ1", db1=lambda at: at.dA1.sum(0)),
    _wrong("db1: mean over the samples of a mean", ONE_SAMPLE, db1=lambda at: at.dZ1.mean(0)),
    # all of them
    _all_gradients("every gradient zero", _zeros_of),
    _all_gradients("every gradient negated", _negated),
)
