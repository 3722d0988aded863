"""Backpropagation by hand: Algorithm 1, one line per equation."""

from __future__ import annotations

import math

import numpy as np

from engines.interface import BinaryClassifier, Lines, Parameters


def sigmoid(Z: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # exp(-Z) may overflow to infinity, and 1 / infinity is the right 0
        return 1 / (1 + np.exp(-Z))


def forward(parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    W1, b1, W2, b2 = parameters
    Z1 = X @ W1.T + b1  # (n, h)
    A1 = sigmoid(Z1)  # (n, h)
    Z2 = A1 @ W2.T + b2  # (n, 1)
    A2 = sigmoid(Z2)  # (n, 1)
    return Z1, A1, Z2, A2


def sample_losses(Z2: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])  # (n,)


def all_lines(parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
    Z1, A1, Z2, A2 = forward(parameters, X)
    loss = sample_losses(Z2, y)
    dZ2 = (A2 - y[:, None]) / len(y)  # (n, 1)
    dW2 = dZ2.T @ A1  # (1, h)
    db2 = dZ2.sum(0)  # (1,)
    dA1 = dZ2 @ parameters.W2  # (n, h)
    dZ1 = dA1 * A1 * (1 - A1)  # (n, h)
    dW1 = dZ1.T @ X  # (h, d)
    db1 = dZ1.sum(0)  # (h,)
    return Lines(Z1, A1, Z2, A2, loss, dZ2, dW2, db2, dA1, dZ1, dW1, db1)


def run_by_sample(
    parameters: Parameters, X: np.ndarray, y: np.ndarray, learning_rate: np.ndarray
) -> tuple[Parameters, np.ndarray]:
    """The same lines for one sample a step, written into buffers: half of the time goes into the calls themselves."""
    vector, W1, b1, w2 = in_one_vector(parameters)
    step, dW1, db1, dw2 = in_one_vector(parameters)  # the gradient times the learning rate
    A1, slope, db1_column = np.empty_like(b1), np.empty_like(b1), db1[:, None]
    Z2 = np.empty_like(y)
    rate, b2 = float(learning_rate), float(parameters.b2[0])
    one, dz2 = np.ones((), W1.dtype), np.empty((), W1.dtype)
    with np.errstate(over="ignore"):
        for i, (x, row, label) in enumerate(zip(X, X[:, None], y.tolist(), strict=True)):
            W1.dot(x, A1)
            np.add(A1, b1, A1)
            np.negative(A1, A1)
            np.exp(A1, A1)
            np.add(A1, one, A1)
            np.reciprocal(A1, A1)
            Z2[i] = z2 = float(w2.dot(A1)) + b2
            db2 = rate * (_sigmoid_of_float(z2) - label)
            dz2[()] = db2
            np.multiply(A1, dz2, dw2)
            np.subtract(one, A1, slope)
            np.multiply(dw2, slope, db1)
            np.multiply(db1, w2, db1)
            db1_column.dot(row, dW1)  # (h, 1) @ (1, d), twice as fast as a broadcast product
            np.subtract(vector, step, vector)
            b2 -= db2
    return Parameters(W1, b1, w2[None], np.array([b2], W1.dtype)), sample_losses(Z2[:, None], y)


def run_by_batch(
    parameters: Parameters, X: np.ndarray, y: np.ndarray, learning_rate: np.ndarray, batch_size: int
) -> tuple[Parameters, np.ndarray]:
    """The same lines for a batch a step, written into buffers; the last batch may be smaller."""
    W1, b1, W2, b2 = (p.copy() for p in parameters)
    A1s, dZ1s = np.empty((2, batch_size, len(b1)), W1.dtype)
    dW1, Z2s, one = np.empty_like(W1), np.empty((len(y), 1), W1.dtype), np.ones((), W1.dtype)
    with np.errstate(over="ignore"):
        for start in range(0, len(y), batch_size):
            batch = slice(start, start + batch_size)
            x, label, Z2 = X[batch], y[batch, None], Z2s[batch]
            A1, dZ1 = A1s[: len(x)], dZ1s[: len(x)]
            np.dot(x, W1.T, A1)
            np.add(A1, b1, A1)
            np.negative(A1, A1)
            np.exp(A1, A1)
            np.add(A1, one, A1)
            np.reciprocal(A1, A1)
            np.dot(A1, W2.T, Z2)
            np.add(Z2, b2, Z2)
            dZ2 = (1 / (1 + np.exp(-Z2)) - label) * (learning_rate / len(x))  # times the learning rate from here on
            np.subtract(one, A1, dZ1)
            np.multiply(dZ1, A1, dZ1)
            np.multiply(dZ1, dZ2, dZ1)
            np.multiply(dZ1, W2, dZ1)
            np.dot(dZ1.T, x, dW1)
            np.subtract(W1, dW1, W1)
            b1 -= dZ1.sum(0)
            W2 -= dZ2.T @ A1
            b2 -= dZ2.sum(0)
    return Parameters(W1, b1, W2, b2), sample_losses(Z2s, y)


def in_one_vector(parameters: Parameters) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """W1, b1 and W2 copied into one vector, so that one call moves them all; and its parts (h, d), (h,), (h,)."""
    W1, b1, W2, _ = parameters
    vector = np.concatenate([W1.ravel(), b1, W2[0]])
    start_b1, start_w2 = W1.size, W1.size + b1.size
    return vector, vector[:start_b1].reshape(W1.shape), vector[start_b1:start_w2], vector[start_w2:]


def _sigmoid_of_float(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z > -709 else 0.0


class NumpyEngine(BinaryClassifier):
    name = "numpy"

    def from_numpy(self, array: np.ndarray) -> np.ndarray:
        return array

    def to_numpy(self, array: np.ndarray) -> np.ndarray:
        return np.array(array)

    def forward(self, parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        return forward(parameters, X)

    def loss_and_gradient(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, Parameters]:
        steps = all_lines(parameters, X, y)
        return steps.loss, Parameters(steps.dW1, steps.db1, steps.dW2, steps.db2)

    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        return all_lines(parameters, X, y)

    def run(
        self, parameters: Parameters, X: np.ndarray, y: np.ndarray, learning_rate: np.ndarray, batch_size: int
    ) -> tuple[Parameters, np.ndarray]:
        if batch_size > 1:
            return run_by_batch(parameters, X, y, learning_rate, batch_size)
        return run_by_sample(parameters, X, y, learning_rate)
