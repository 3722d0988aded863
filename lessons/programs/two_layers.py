"""Two layers with sigmoids, one output, and the cross-entropy: the network of lessons 2 to 7."""

import numpy as np


def example():
    return {
        "X": np.array([[0.8, 0.1, 0.4], [0.3, 0.9, 0.6], [0.5, 0.7, 0.2]]),
        "y": np.array([1.0, 0.0, 1.0]),
        "W1": np.array([[0.5, -1.3, 0.9], [-0.7, 1.6, 0.2]]),
        "b1": np.array([0.4, -0.2]),
        "W2": np.array([[1.7, -1.5]]),
        "b2": np.array([0.3]),
    }


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backprop(X, y, W1, b1, W2, b2):
    n = len(y)
    Z1 = X @ W1.T + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2.T + b2
    A2 = sigmoid(Z2)
    loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0]).mean()

    dZ2 = (A2 - y[:, None]) / n
    dW2 = dZ2.T @ A1
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = dZ1.T @ X
    db1 = dZ1.sum(axis=0)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
