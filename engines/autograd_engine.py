"""The same network under HIPS autograd, which records NumPy's own operations; SGD is the plain loop."""

from __future__ import annotations

import autograd
import autograd.numpy as np
from autograd.numpy import ndarray
from autograd.scipy.special import expit

from engines.interface import BinaryClassifier, Lines, Parameters


def linear(W: ndarray, b: ndarray, A: ndarray) -> ndarray:
    return np.dot(A, W.T) + b


def forward(parameters: Parameters, X: ndarray) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    W1, b1, W2, b2 = parameters
    Z1 = linear(W1, b1, X)  # (n, h)
    A1 = expit(Z1)  # (n, h); written out, its derivative is infinity times 0 where exp(-Z1) overflows
    Z2 = linear(W2, b2, A1)  # (n, 1)
    A2 = expit(Z2)  # (n, 1)
    return Z1, A1, Z2, A2


def sample_losses(Z2: ndarray, y: ndarray) -> ndarray:
    return np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])  # (n,)


def losses_of(parameters: Parameters, X: ndarray, y: ndarray) -> ndarray:
    _, _, Z2, _ = forward(parameters, X)
    return sample_losses(Z2, y)


def loss_and_gradient(parameters: Parameters, X: ndarray, y: ndarray) -> tuple[ndarray, Parameters]:
    back, losses = autograd.make_vjp(losses_of)(tuple(parameters), X, y)
    return losses, Parameters(*back(np.full_like(losses, 1 / len(y))))


def all_lines(parameters: Parameters, X: ndarray, y: ndarray) -> Lines:
    W1, b1, W2, b2 = parameters
    back_to_W1_b1, Z1 = autograd.make_vjp(lambda at: linear(at[0], at[1], X))((W1, b1))
    back_to_Z1, A1 = autograd.make_vjp(expit)(Z1)
    back_to_W2_b2_A1, Z2 = autograd.make_vjp(lambda at: linear(*at))((W2, b2, A1))
    back_to_Z2, loss = autograd.make_vjp(lambda Z2: sample_losses(Z2, y))(Z2)
    dZ2 = back_to_Z2(np.full_like(loss, 1 / len(y)))
    dW2, db2, dA1 = back_to_W2_b2_A1(dZ2)
    dZ1 = back_to_Z1(dA1)
    dW1, db1 = back_to_W1_b1(dZ1)
    return Lines(Z1, A1, Z2, expit(Z2), loss, dZ2, dW2, db2, dA1, dZ1, dW1, db1)


class AutogradEngine(BinaryClassifier):
    name = "autograd"

    def from_numpy(self, array: ndarray) -> ndarray:
        return array

    def to_numpy(self, array: ndarray) -> ndarray:
        return np.array(array)

    def forward(self, parameters: Parameters, X: ndarray) -> tuple[ndarray, ndarray, ndarray, ndarray]:
        return forward(parameters, X)

    def loss_and_gradient(self, parameters: Parameters, X: ndarray, y: ndarray) -> tuple[ndarray, Parameters]:
        return loss_and_gradient(parameters, X, y)

    def native_lines(self, parameters: Parameters, X: ndarray, y: ndarray) -> Lines:
        return all_lines(parameters, X, y)
