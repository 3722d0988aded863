"""The floor: the same step as plain loops over numbers, compiled by Numba, with nothing between the loops.

Numba's flags are FLAGS. ``fastmath`` lets LLVM reorder sums, which is what vectorises a dot product, and
``error_model="numpy"`` drops the checks of a division by zero. It is a floor for one sample a step; for large batches
a product that is blocked for the caches, as a BLAS does it, may be faster.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from benchmarks.contestant import Task, Trained, Training
from engines import Parameters

FLAGS = {"fastmath": True, "error_model": "numpy"}


@njit(**FLAGS)
def train(
    W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray, X: np.ndarray, y: np.ndarray, rate: float, size: int
) -> float:
    """SGD once over X (n, d), y (n,) in batches of ``size``, in place: the mean loss before the steps."""
    n, d = X.shape
    h = len(b1)
    one = X.dtype.type(1)  # an integer would turn float32 into float64
    A1 = np.empty((size, h), X.dtype)
    dZ2 = np.empty(size, X.dtype)
    total = 0.0
    for start in range(0, n, size):
        batch = min(size, n - start)
        for s in range(batch):
            z2 = b2[0]
            for i in range(h):
                z1 = b1[i]
                for j in range(d):
                    z1 += W1[i, j] * X[start + s, j]
                A1[s, i] = one / (one + math.exp(-z1))
                z2 += W2[0, i] * A1[s, i]
            signed = (1 - 2 * y[start + s]) * z2
            total += max(signed, 0) + math.log1p(math.exp(-abs(signed)))
            dZ2[s] = rate * (1 / (1 + math.exp(-z2)) - y[start + s]) / batch
        for i in range(h):
            w2 = W2[0, i]
            for s in range(batch):
                dZ1 = dZ2[s] * w2 * A1[s, i] * (one - A1[s, i])
                W2[0, i] -= dZ2[s] * A1[s, i]
                b1[i] -= dZ1
                for j in range(d):
                    W1[i, j] -= dZ1 * X[start + s, j]
        for s in range(batch):
            b2[0] -= dZ2[s]
    return total / n


@njit(**FLAGS)
def read_and_write(W1: np.ndarray, steps: int, factor: float) -> None:
    for _ in range(steps):
        for i in range(W1.shape[0]):
            for j in range(W1.shape[1]):
                W1[i, j] *= factor


def floor(task: Task) -> Training:
    rate = task.X.dtype.type(task.learning_rate)

    def training() -> Trained:
        parameters = Parameters(*(p.copy() for p in task.parameters))
        return Trained(train(*parameters, task.X, task.y, rate, task.batch_size), parameters)

    return training


def memory(task: Task) -> Training:
    """Every weight of W1 read and written once a step, the least traffic that a step can have; nothing is trained."""
    steps = -(-len(task.y) // task.batch_size)
    factor = task.X.dtype.type(1.000001)

    return lambda: read_and_write(task.parameters.W1.copy(), steps, factor)
