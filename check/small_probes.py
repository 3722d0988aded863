"""Where a learner's backward pass is tried: small networks of coprime sizes, and the project's own."""

from __future__ import annotations

import numpy as np

from engines.interface import Parameters
from proof.probes import Probe, probe, saturated

SIZES = ((5, 7, 3), (1, 7, 3), (4, 9, 5))  # n, d, h; with one size for two axes, a transposed array goes unnoticed
FULL_SIZE = (3, 784, 12)
STEPS, RATE = 300, 0.3  # of training


def small_probes(seed: int) -> list[Probe]:
    """Probes at initial, trained and saturated weights, the first one to be called twice.

    Both labels occur, some pixels are exactly zero, and no bias is.
    """
    probes = []
    for number, size in enumerate(SIZES):
        random = np.random.default_rng([seed, number])
        name = "x".join(map(str, size))
        parameters, X, y = _random(random, *size)
        probes.append(probe(f"{name} initial", parameters, X, y))
        probes.append(probe(f"{name} trained", _trained(parameters, X, y), X, y))
    random = np.random.default_rng([seed, len(SIZES)])
    _, X, y = _random(random, 4, 7, 3)
    probes.append(saturated(X, y, 3, seed)._replace(name="4x7x3 saturated"))
    probes.append(probe("x".join(map(str, FULL_SIZE)), *_random(random, *FULL_SIZE)))
    return probes


def _random(random: np.random.Generator, n: int, d: int, h: int) -> tuple[Parameters, np.ndarray, np.ndarray]:
    X = random.uniform(0.05, 1, (n, d)) * (random.random((n, d)) > 0.3)
    y = np.array([1.0]) if n == 1 else random.permutation(np.arange(n) % 2).astype(np.float64)
    W1 = random.normal(0, 1.5 / np.sqrt(d), (h, d))
    b1, W2, b2 = (_away_from_zero(random, *shape) for shape in ((h,), (1, h), (1,)))
    return Parameters(W1, b1, W2, b2), X, y


def _away_from_zero(random: np.random.Generator, *shape: int) -> np.ndarray:
    return random.uniform(0.2, 1, shape) * random.choice((-1.0, 1.0), shape)


def _trained(parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Parameters:
    """The parameters after some hundred steps of gradient descent; nothing depends on its last digits."""
    W1, b1, W2, b2 = parameters
    for _ in range(STEPS):
        A1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
        dZ2 = RATE / len(y) * (1 / (1 + np.exp(-(A1 @ W2.T + b2))) - y[:, None])
        dZ1 = (dZ2 @ W2) * A1 * (1 - A1)
        W1, b1 = W1 - dZ1.T @ X, b1 - dZ1.sum(0)
        W2, b2 = W2 - dZ2.T @ A1, b2 - dZ2.sum(0)
    return Parameters(W1, b1, W2, b2)
