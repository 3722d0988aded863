"""The same network under TensorFlow's ``GradientTape``; a training run is one loop, compiled by XLA."""

from __future__ import annotations

from functools import partial

import numpy as np
import tensorflow as tf
from tensorflow import Tensor

from engines.interface import BinaryClassifier, Lines, Parameters

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.get_logger().setLevel("ERROR")  # it says how often it compiles
compiled = partial(tf.function, autograph=False, jit_compile=True, reduce_retracing=True)


def linear(W: Tensor, b: Tensor, A: Tensor) -> Tensor:
    return tf.matmul(A, W, transpose_b=True) + b


def forward(parameters: Parameters, X: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1, b1, W2, b2 = parameters
    Z1 = linear(W1, b1, X)  # (n, h)
    A1 = tf.sigmoid(Z1)  # (n, h)
    Z2 = linear(W2, b2, A1)  # (n, 1)
    A2 = tf.sigmoid(Z2)  # (n, 1)
    return Z1, A1, Z2, A2


def sample_losses(Z2: Tensor, y: Tensor) -> Tensor:
    return tf.nn.softplus((1 - 2 * y) * Z2[:, 0])  # (n,)


def loss_and_gradient(parameters: Parameters, X: Tensor, y: Tensor) -> tuple[Tensor, Parameters]:
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(tuple(parameters))
        _, _, Z2, _ = forward(parameters, X)
        losses = sample_losses(Z2, y)
        mean_loss = tf.reduce_mean(losses)
    return losses, Parameters(*tape.gradient(mean_loss, tuple(parameters)))


def all_lines(parameters: Parameters, X: Tensor, y: Tensor) -> Lines:
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(tuple(parameters))
        Z1, A1, Z2, A2 = forward(parameters, X)
        loss = sample_losses(Z2, y)
        mean_loss = tf.reduce_mean(loss)
    dZ2, dW2, db2, dA1, dZ1, dW1, db1 = tape.gradient(
        mean_loss, (Z2, parameters.W2, parameters.b2, A1, Z1, parameters.W1, parameters.b1)
    )
    return Lines(Z1, A1, Z2, A2, loss, dZ2, dW2, db2, dA1, dZ1, dW1, db1)


def sgd(parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor) -> tuple[Parameters, Tensor]:
    """A step for each batch of X (m, n, d), y (m, n): the new parameters and the losses before each step, (m, n)."""

    def step(i: Tensor, parameters: Parameters, losses: Tensor) -> tuple[Tensor, Parameters, Tensor]:
        loss, gradient = loss_and_gradient(parameters, X[i], y[i])
        moved = Parameters(*(p - learning_rate * dp for p, dp in zip(parameters, gradient, strict=True)))
        return i + 1, moved, tf.tensor_scatter_nd_update(losses, [[i]], loss[None])

    _, parameters, losses = tf.while_loop(
        lambda i, *_: i < tf.shape(y)[0], step, (tf.constant(0), parameters, tf.zeros_like(y))
    )
    return parameters, losses


compiled_sgd = compiled(sgd)


def run(
    parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor, batch_size: int
) -> tuple[Parameters, Tensor]:
    whole = len(y) // batch_size * batch_size
    losses = []
    for part, size in ((slice(0, whole), batch_size), (slice(whole, None), len(y) - whole)):
        if size and len(y[part]):
            batches = tf.reshape(X[part], (-1, size, X.shape[1])), tf.reshape(y[part], (-1, size))
            parameters, part_losses = compiled_sgd(parameters, *batches, learning_rate)
            losses.append(tf.reshape(part_losses, (-1,)))
    return parameters, tf.concat(losses, 0)


class TensorflowEngine(BinaryClassifier):
    name, loop = "tensorflow", "compiled"

    def from_numpy(self, array: np.ndarray) -> Tensor:
        return tf.constant(array)

    def to_numpy(self, array: Tensor) -> np.ndarray:
        return np.array(array)

    def forward(self, parameters: Parameters, X: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return forward(parameters, X)

    def loss_and_gradient(self, parameters: Parameters, X: Tensor, y: Tensor) -> tuple[Tensor, Parameters]:
        return loss_and_gradient(parameters, X, y)

    def native_lines(self, parameters: Parameters, X: Tensor, y: Tensor) -> Lines:
        return all_lines(parameters, X, y)

    def run(
        self, parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor, batch_size: int
    ) -> tuple[Parameters, Tensor]:
        return run(parameters, X, y, learning_rate, batch_size)
