"""The same network under the backpropagation of scikit-learn's ``MLPClassifier``, which has no public door.

scikit-learn computes in place and divides by n in the gradients alone: dA1 is overwritten by dZ1 and cannot be shown,
and dZ2 and dZ1 are divided by n here. Its loss is the mean over a batch, so each sample's is asked for by itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.neural_network._base import binary_log_loss

from engines.interface import BinaryClassifier, Lines, Parameters


def network(output: str, *layers: np.ndarray) -> Any:
    """An ``MLPClassifier`` that holds these weights and biases, W1, b1 and so on, and ends with this activation."""
    model: Any = MLPClassifier(activation="logistic", alpha=0)
    model.coefs_, model.intercepts_ = [W.T for W in layers[::2]], list(layers[1::2])
    model.n_layers_, model.out_activation_ = len(layers) // 2 + 1, output
    return model


def forward(parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    W1, b1, W2, b2 = parameters
    _, Z1 = network("identity", W1, b1)._forward_pass([X, None])  # (n, h)
    _, A1, Z2 = network("identity", *parameters)._forward_pass([X, None, None])  # (n, h) and (n, 1)
    _, A2 = network("logistic", W2, b2)._forward_pass([A1, None])  # (n, 1)
    return Z1, A1, Z2, A2


def sample_losses(A2: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.array([binary_log_loss(y[s : s + 1, None], A2[s : s + 1]) for s in range(len(y))])  # (n,)


def backward(parameters: Parameters, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], Parameters]:
    """The losses (n,), n dZ1 and n dZ2, and the gradient."""
    activations: list[Any] = [X, None, None]
    deltas: list[Any] = [None, None]
    loss, (dW1, dW2), (db1, db2) = network("logistic", *parameters)._backprop(
        X, y[:, None], None, activations, deltas, [None, None], [None, None]
    )
    losses = np.array([loss]) if len(y) == 1 else sample_losses(activations[-1], y)
    return losses, deltas, Parameters(dW1.T, db1, dW2.T, db2)


def loss_and_gradient(parameters: Parameters, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, Parameters]:
    losses, _, gradient = backward(parameters, X, y)
    return losses, gradient


def all_lines(parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
    loss, (dZ1, dZ2), (dW1, db1, dW2, db2) = backward(parameters, X, y)
    return Lines(*forward(parameters, X), loss, dZ2 / len(y), dW2, db2, None, dZ1 / len(y), dW1, db1)


class SklearnEngine(BinaryClassifier):
    name = "sklearn"

    def from_numpy(self, array: np.ndarray) -> np.ndarray:
        return array

    def to_numpy(self, array: np.ndarray) -> np.ndarray:
        return np.array(array)

    def forward(self, parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        return forward(parameters, X)

    def loss_and_gradient(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, Parameters]:
        return loss_and_gradient(parameters, X, y)

    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        return all_lines(parameters, X, y)
