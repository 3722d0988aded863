"""Plain loops over numbers, compiled by Numba, by formulas that keep their digits at every logit."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from engines.interface import BinaryClassifier, Lines, Parameters

# LLVM may reorder sums, and so compute several products at once, but not assume that infinity never comes.
FLAGS = {"fastmath": {"reassoc", "contract", "nsz"}, "error_model": "numpy"}


@njit(**FLAGS)
def sigmoids(z: float) -> tuple[float, float]:
    """sigmoid(z) and sigmoid(-z), which is 1 - sigmoid(z) without a subtraction."""
    one, e = type(z)(1), math.exp(-abs(z))  # an integer would turn float32 into float64
    near_1, near_0 = one / (one + e), e / (one + e)
    return (near_1, near_0) if z > 0 else (near_0, near_1)


@njit(**FLAGS)
def layer(W: np.ndarray, b: np.ndarray, A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Z = A @ W.T + b and sigmoid(Z)."""
    Z = np.empty((len(A), len(b)), A.dtype)
    S = np.empty_like(Z)
    for s in range(len(A)):
        for i in range(len(b)):
            z = b[i]
            for j in range(W.shape[1]):
                z += W[i, j] * A[s, j]
            Z[s, i], S[s, i] = z, sigmoids(z)[0]
    return Z, S


@njit(**FLAGS)
def sample_loss(z2: float, label: float) -> tuple[float, float]:
    """logaddexp(0, (1 - 2y) z2), and its derivative A2 - y without the subtraction."""
    A2, rest = sigmoids(z2)
    beyond = max(z2 if label == 0 else -z2, type(z2)(0))
    return beyond + math.log1p(math.exp(-abs(z2))), A2 if label == 0 else -rest


@njit(**FLAGS)
def all_lines(parameters: Parameters, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    W1, b1, W2, b2 = parameters
    Z1, A1 = layer(W1, b1, X)
    Z2, A2 = layer(W2, b2, A1)
    loss, dZ2, dA1, dZ1 = np.empty_like(y), np.empty_like(Z2), np.empty_like(A1), np.empty_like(Z1)
    dW2, db2, dW1, db1 = np.zeros_like(W2), np.zeros_like(b2), np.zeros_like(W1), np.zeros_like(b1)
    for s in range(len(y)):
        loss[s], error = sample_loss(Z2[s, 0], y[s])
        dZ2[s, 0] = error / X.dtype.type(len(y))
        db2[0] += dZ2[s, 0]
        for i in range(len(b1)):
            dW2[0, i] += dZ2[s, 0] * A1[s, i]
            dA1[s, i] = dZ2[s, 0] * W2[0, i]
            dZ1[s, i] = dA1[s, i] * A1[s, i] * sigmoids(Z1[s, i])[1]
            db1[i] += dZ1[s, i]
            for j in range(W1.shape[1]):
                dW1[i, j] += dZ1[s, i] * X[s, j]
    return Z1, A1, Z2, A2, loss, dZ2, dW2, db2, dA1, dZ1, dW1, db1


@njit(**FLAGS)
def train(parameters: Parameters, X: np.ndarray, y: np.ndarray, rate: float, size: int, losses: np.ndarray) -> None:
    """SGD once over X (n, d), y (n,) in batches of ``size``, in place; the losses (n,) before each step are written."""
    W1, b1, W2, b2 = parameters
    A1, slopes = np.empty((2, size, len(b1)), X.dtype)
    dZ2 = np.empty(size, X.dtype)  # times the learning rate from here on
    for start in range(0, len(y), size):
        batch = min(size, len(y) - start)
        for s in range(batch):
            z2 = b2[0]
            for i, z1 in enumerate(b1):
                for j in range(W1.shape[1]):
                    z1 += W1[i, j] * X[start + s, j]
                A1[s, i], rest = sigmoids(z1)
                slopes[s, i] = A1[s, i] * rest
                z2 += W2[0, i] * A1[s, i]
            losses[start + s], error = sample_loss(z2, y[start + s])
            dZ2[s] = rate * error / batch
        for i, w2 in enumerate(W2[0].copy()):
            for s in range(batch):
                dZ1 = dZ2[s] * w2 * slopes[s, i]
                W2[0, i] -= dZ2[s] * A1[s, i]
                b1[i] -= dZ1
                for j in range(W1.shape[1]):
                    W1[i, j] -= dZ1 * X[start + s, j]
        b2[0] -= dZ2[:batch].sum()


class NumbaEngine(BinaryClassifier):
    name, loop = "numba", "compiled"

    def from_numpy(self, array: np.ndarray) -> np.ndarray:
        return array

    def to_numpy(self, array: np.ndarray) -> np.ndarray:
        return np.array(array)

    def forward(self, parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        Z1, A1 = layer(parameters.W1, parameters.b1, X)
        return Z1, A1, *layer(parameters.W2, parameters.b2, A1)

    def loss_and_gradient(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, Parameters]:
        _, _, _, _, loss, _, dW2, db2, _, _, dW1, db1 = all_lines(parameters, X, y)
        return loss, Parameters(dW1, db1, dW2, db2)

    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        return Lines(*all_lines(parameters, X, y))

    def run(
        self, parameters: Parameters, X: np.ndarray, y: np.ndarray, learning_rate: np.ndarray, batch_size: int
    ) -> tuple[Parameters, np.ndarray]:
        reached, losses = Parameters(*(p.copy() for p in parameters)), np.empty_like(y)
        train(reached, X, y, learning_rate[()], batch_size, losses)
        return reached, losses
