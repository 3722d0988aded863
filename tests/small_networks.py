"""Small networks, and the truth about them from no engine: the complex step, with what rounding may do to each line."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engines import Lines, Parameters
from engines.numpy_engine import NumpyEngine

WEIGHTS = ("initial", "trained", "saturated")


class Problem(NamedTuple):
    """A network and a batch, float64 holding float32 values."""

    parameters: Parameters
    X: np.ndarray  # (n, d)
    y: np.ndarray  # (n,)


def problem(weights: str, n: int, d: int, h: int, seed: int = 0) -> Problem:
    """A ``d``-``h``-1 network at initial, trained or saturated weights, with n samples in [0, 1], some pixels 0."""
    rng = np.random.default_rng(seed)
    X = rng.random((n, d)) * (rng.random((n, d)) < 0.8)
    y = rng.permutation(np.arange(n) + seed) % 2.0
    if weights == "saturated":
        parameters = _saturated(rng, X, y, h)
        if n > 2:
            y[0] = 1 - y[0]  # one sample is misclassified
    else:
        parameters = Parameters(rng.normal(0, d**-0.5, (h, d)), *(rng.normal(size=s) for s in ((h,), (1, h), (1,))))
    parameters, X = Parameters(*map(_float32, parameters)), _float32(X)
    if weights == "trained":
        engine = NumpyEngine(parameters)
        engine.fit(X, y, epochs=200, learning_rate=0.5)
        parameters = Parameters(*map(_float32, engine.parameters))
    return Problem(parameters, X, y)


def _saturated(rng: np.random.Generator, X: np.ndarray, y: np.ndarray, h: int) -> Parameters:
    """|Z1| and |Z2| between 8 and 16, both signs: the first pixel says the class, the others add at most 3 to 12."""
    X[:, 0] = y
    sign = rng.choice([-1.0, 1.0], h)
    W1 = rng.uniform(-3, 3, (h, X.shape[1])) / X.shape[1]
    W1[:, 0] = 24 * sign
    W2 = 24 * sign / h * rng.uniform(0.95, 1.05, h)
    return Parameters(W1, -12 * sign, W2[None], np.array([-12 + 24 * np.mean(sign < 0)]))


def _float32(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32).astype(np.float64)


def mean_loss(p: Problem, Z1: complex = 0, A1: complex = 0, Z2: complex = 0, at: tuple[int, ...] = ()) -> complex:
    """The mean loss, with a number added to the entry ``at`` of a line."""
    W1, b1, W2, b2 = p.parameters
    hidden = _add(p.X @ W1.T + b1, Z1, at)
    active = _add(1 / (1 + np.exp(-hidden)), A1, at)
    logits = _add(active @ W2.T + b2, Z2, at)
    return np.log1p(np.exp((1 - 2 * p.y) * logits[:, 0])).mean()


def _add(array: np.ndarray, amount: complex, at: tuple[int, ...]) -> np.ndarray:
    array = array.astype(np.complex128)
    if amount:
        array[at] += amount
    return array


def moved(p: Problem, field: str, at: tuple[int, ...], amount: complex) -> Problem:
    """The problem with a number added to one parameter."""
    return p._replace(parameters=p.parameters._replace(**{field: _add(getattr(p.parameters, field), amount, at)}))


def truth(p: Problem) -> Lines:
    """The twelve lines, the gradients by the complex step: Im(loss(w + ih)) / h has no cancellation."""
    h = 1e-150
    W1, b1, W2, b2 = p.parameters
    Z1 = p.X @ W1.T + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2.T + b2
    lines = {"Z1": Z1, "A1": A1, "Z2": Z2}
    gradients = {}
    for name, line in lines.items():
        gradients[f"d{name}"] = np.zeros(line.shape)
        for at in np.ndindex(line.shape):
            gradients[f"d{name}"][at] = mean_loss(p, **{name: h * 1j}, at=at).imag / h
    for name, line in p.parameters._asdict().items():
        gradients[f"d{name}"] = np.zeros(line.shape)
        for at in np.ndindex(line.shape):
            gradients[f"d{name}"][at] = mean_loss(moved(p, name, at, h * 1j)).imag / h
    loss = np.log1p(np.exp((1 - 2 * p.y) * Z2[:, 0]))
    return Lines(**lines, A2=1 / (1 + np.exp(-Z2)), loss=loss, **gradients)


def rounding(p: Problem, true: Lines, dtype: str) -> Lines:
    """How far rounding may move each line, entry by entry: a first-order running error analysis, with room to spare.

    N. J. Higham, Accuracy and Stability of Numerical Algorithms, section 3.3.
    """
    X, n, W2 = np.abs(p.X), len(p.y), np.abs(p.parameters.W2)
    slope1, slope2 = true.A1 * (1 - true.A1), true.A2 * (1 - true.A2)
    Z1 = X @ np.abs(p.parameters.W1).T + np.abs(p.parameters.b1)
    A1 = true.A1 + slope1 * Z1
    Z2 = (true.A1 + A1) @ W2.T + np.abs(p.parameters.b2)
    A2 = true.A2 + slope2 * Z2
    loss = true.loss + np.abs(true.dZ2[:, 0]) * n * (1 + Z2[:, 0])
    dZ2 = (1 + slope2 * Z2) / n  # A2 - y cancels
    dZ2_size = np.abs(true.dZ2) + dZ2 * np.finfo(dtype).eps
    dA1 = dZ2 @ W2
    dZ1 = dA1 * slope1 + np.abs(true.dA1) * (true.A1 + A1)  # 1 - A1 cancels
    dZ1_size = np.abs(true.dZ1)
    dW2 = dZ2.T @ true.A1 + dZ2_size.T @ A1
    dW1 = (dZ1 + dZ1_size).T @ X
    lines = Lines(Z1, A1, Z2, A2, loss, dZ2, dW2, dZ2.sum(0), dA1, dZ1, dW1, dZ1.sum(0))
    epsilons = 4 + max(n, *p.parameters.W1.shape)  # for the sums
    return Lines(*(epsilons * np.finfo(dtype).eps * line for line in lines))
