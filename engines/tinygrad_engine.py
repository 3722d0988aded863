"""The same network under tinygrad's gradients; a step of SGD is recorded once and replayed for every batch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache

import numpy as np
from tinygrad import Tensor, TinyJit, Variable
from tinygrad.dtype import DType

from engines.interface import BinaryClassifier, Lines, Parameters

if not shutil.which(os.environ.get("CC", "clang")):
    raise ImportError("tinygrad compiles with clang, which is not installed: apt-get install clang")

Step = Callable[[Tensor, Tensor, Tensor, Variable], Tensor]


def linear(W: Tensor, b: Tensor, A: Tensor) -> Tensor:
    return A.dot(W.transpose()) + b


def sigmoid(Z: Tensor) -> Tensor:
    """By the logarithm: the gradient of tinygrad's own sigmoid is 0 times infinity where its exponential overflows."""
    return Z.logsigmoid().exp()


def forward(parameters: Parameters, X: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1, b1, W2, b2 = parameters
    Z1 = linear(W1, b1, X)  # (n, h)
    A1 = sigmoid(Z1)  # (n, h)
    Z2 = linear(W2, b2, A1)  # (n, 1)
    A2 = sigmoid(Z2)  # (n, 1)
    return Z1, A1, Z2, A2


def sample_losses(Z2: Tensor, y: Tensor) -> Tensor:
    return ((1 - 2 * y) * Z2[:, 0]).softplus()  # (n,)


def loss_and_gradient(parameters: Parameters, X: Tensor, y: Tensor) -> tuple[Tensor, Parameters]:
    losses = sample_losses(forward(parameters, X)[2], y)
    gradient = Parameters(*losses.mean().gradient(*parameters))
    Tensor.realize(losses, *gradient, *parameters)
    return losses, gradient


def all_lines(parameters: Parameters, X: Tensor, y: Tensor) -> Lines:
    W1, b1, W2, b2 = parameters
    Z1, A1, Z2, A2 = forward(parameters, X)
    loss = sample_losses(Z2, y)
    dZ2, dW2, db2, dA1, dZ1, dW1, db1 = loss.mean().gradient(Z2, W2, b2, A1, Z1, W1, b1)
    lines = Lines(Z1, A1, Z2, A2, loss, dZ2, dW2, db2, dA1, dZ1, dW1, db1)
    Tensor.realize(*lines)
    return lines


@cache
def recorded_step(shape: tuple[int, int], hidden: int, batch_size: int, dtype: DType) -> tuple[Parameters, Step]:
    """For X of this shape: parameters that the step moves, and the step from a first sample to its batch's losses."""
    shapes = (hidden, shape[1]), (hidden,), (1, hidden), (1,)
    moving = Parameters(*(Tensor.zeros(shape, dtype=dtype, device="CPU").clone().realize() for shape in shapes))

    def step(X: Tensor, y: Tensor, learning_rate: Tensor, start: Variable) -> Tensor:
        batch = slice(start, start + batch_size)
        losses = sample_losses(forward(moving, X[batch])[2], y[batch])
        gradient = losses.mean().gradient(*moving)
        return losses.realize(*(p.assign(p - learning_rate * dp) for p, dp in zip(moving, gradient, strict=True)))

    return moving, TinyJit(step)


class TinygradEngine(BinaryClassifier):
    name, loop = "tinygrad", "recorded step"

    def from_numpy(self, array: np.ndarray) -> Tensor:
        return Tensor(array, device="CPU").clone().realize()

    def to_numpy(self, array: Tensor) -> np.ndarray:
        return np.array(array.numpy())

    def forward(self, parameters: Parameters, X: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return forward(parameters, X)

    def loss_and_gradient(self, parameters: Parameters, X: Tensor, y: Tensor) -> tuple[Tensor, Parameters]:
        return loss_and_gradient(parameters, X, y)

    def native_lines(self, parameters: Parameters, X: Tensor, y: Tensor) -> Lines:
        return all_lines(parameters, X, y)

    def run(
        self, parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor, batch_size: int
    ) -> tuple[Parameters, Tensor]:
        whole = len(y) // batch_size * batch_size
        if whole < 3 * batch_size:  # a step is recorded the second time that it runs
            return super().run(parameters, X, y, learning_rate, batch_size)
        X, y = X.clone().realize(), y.clone().realize()  # a record knows a view from an array
        moving, step = recorded_step(X.shape, self.hidden, batch_size, X.dtype)
        Tensor.realize(*(p.assign(given) for p, given in zip(moving, parameters, strict=True)))
        start = Variable("start", 0, whole - batch_size)
        losses = [step(X, y, learning_rate, start.bind(s)).numpy() for s in range(0, whole, batch_size)]
        reached = Parameters(*(p.clone().realize() for p in moving))
        if whole < len(y):
            reached, last = super().run(reached, X[whole:], y[whole:], learning_rate, batch_size)
            losses.append(last.numpy())
        return reached, self.from_numpy(np.concatenate(losses))
