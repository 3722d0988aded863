"""The probes: parameters, samples and labels at which a program is tried. All their numbers are float32 values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from backproof.arithmetic import ProofError
from engines.interface import Parameters

SATURATED = (8.5, 15.5)  # |Z1| and |Z2|, well between 8 and 16


class Probe(NamedTuple):
    """What a program is handed: parameters of shapes (h, d), (h,), (1, h), (1,), X (n, d) and labels y (n,)."""

    name: str
    parameters: Parameters
    X: np.ndarray
    y: np.ndarray


def probe(name: str, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Probe:
    """A probe at these numbers, rounded to float32 values, so that one truth serves both types."""
    return Probe(name, Parameters(*(_float32(p) for p in parameters)), _float32(X), np.asarray(y, np.float64))


def saturated(X: np.ndarray, y: np.ndarray, hidden: int, seed: int = 0) -> Probe:
    """Every |Z1| and |Z2| between 8 and 16, of both signs, the first sample misclassified.

    Raises:
        ProofError: fewer than two samples, one label only, or samples that no weights can tell apart.
    """
    return with_logits("saturated", X, y, hidden, SATURATED, seed)


def with_logits(name: str, X: np.ndarray, y: np.ndarray, hidden: int, size: tuple[float, float], seed: int) -> Probe:
    """Random weights moved as little as possible until every |Z1| and |Z2| is between the two sizes.

    The labels decide the signs of Z2, but for the first sample, which is misclassified. Raises as ``saturated``.
    """
    X, y = _float32(X), np.asarray(y, np.float64)
    if len(y) < 2 or len(np.unique(y)) < 2:
        raise ProofError("at least two samples and both labels are needed")
    rng = np.random.default_rng(seed)
    signs = np.where(y == 1, 1.0, -1.0)
    signs[0] *= -1
    for _ in range(20):
        Z1 = rng.uniform(*size, (len(y), hidden)) * rng.choice((-1.0, 1.0), (len(y), hidden))
        Z2 = rng.uniform(*size, (len(y), 1)) * signs[:, None]
        W1, b1 = _solved(X, Z1, rng)
        A1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
        W2, b2 = _solved(A1, Z2, rng)
        reached = [np.abs(X @ W1.T + b1), np.abs(A1 @ W2.T + b2)]
        if all(((z > size[0] - 0.5) & (z < size[1] + 0.5)).all() for z in reached):
            return Probe(name, Parameters(W1, b1, W2, b2), X, y)
    raise ProofError(f"no weights with {hidden} hidden units take these {len(y)} samples to the logits asked for")


def _solved(inputs: np.ndarray, logits: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Float32 weights (units, d) and biases (units,) near random ones with ``inputs @ weights.T + biases = logits``."""
    extended = np.hstack([inputs, np.ones((len(inputs), 1))])
    weights = rng.normal(0, inputs.shape[1] ** -0.5, (extended.shape[1], logits.shape[1]))
    weights += np.linalg.lstsq(extended, logits - extended @ weights, rcond=None)[0]
    return _float32(weights[:-1].T), _float32(weights[-1])


def _float32(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, np.float32).astype(np.float64)
