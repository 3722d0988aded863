"""What people would otherwise write, each as its users write it: the same training from the same weights.

A library is imported when its contestant is prepared, so that one that is not installed costs only its own row.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from benchmarks.contestant import Contestant, Task, Trained, Training
from engines import Parameters
from lessons import algorithm_1


def batches(task: Task) -> list[slice]:
    return [slice(start, start + task.batch_size) for start in range(0, len(task.y), task.batch_size)]


def plain_numpy(task: Task) -> Training:
    def sigmoid(Z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-Z))

    def train() -> Trained:
        W1, b1, W2, b2 = (p.copy() for p in task.parameters)
        total = 0.0
        for batch in batches(task):
            X, y = task.X[batch], task.y[batch, None]
            A1 = sigmoid(X @ W1.T + b1)
            A2 = sigmoid(A1 @ W2.T + b2)
            total -= np.sum(y * np.log(A2) + (1 - y) * np.log(1 - A2))
            dZ2 = (A2 - y) / len(y)
            dW2 = dZ2.T @ A1
            dZ1 = dZ2 @ W2 * A1 * (1 - A1)
            dW1 = dZ1.T @ X
            W1 -= task.learning_rate * dW1
            b1 -= task.learning_rate * dZ1.sum(0)
            W2 -= task.learning_rate * dW2
            b2 -= task.learning_rate * dZ2.sum(0)
        return Trained(float(total) / len(task.y), Parameters(W1, b1, W2, b2))

    return train


def as_printed(task: Task) -> Training:
    if task.batch_size != 1:
        raise ValueError("Algorithm 1 takes one sample a step")
    W1, b1, W2, b2 = task.parameters
    columns = np.ascontiguousarray(task.X.T)
    start = W1, b1[:, None], W2, b2[:, None]

    def train() -> Trained:
        *reached, losses = algorithm_1.train(columns, task.y, *start, epochs=1, learning_rate=task.learning_rate)
        return Trained(float(losses[0]), _shaped(reached, task))

    return train


def eager_torch(task: Task) -> Training:
    import torch

    X, y = torch.tensor(task.X), torch.tensor(task.y)

    def train() -> Trained:
        W1, b1, W2, b2 = parameters = [torch.tensor(p, requires_grad=True) for p in task.parameters]
        total = 0.0
        for batch in batches(task):
            A1 = torch.sigmoid(X[batch] @ W1.T + b1)
            Z2 = (A1 @ W2.T + b2)[:, 0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(Z2, y[batch])
            loss.backward()
            with torch.no_grad():
                for p in parameters:
                    p -= task.learning_rate * p.grad
                    p.grad = None
            total += loss.item() * len(Z2)
        return Trained(total / len(y), _shaped([p.detach().numpy() for p in parameters], task))

    return train


def torch_optimizer(task: Task) -> Training:
    import torch

    X, y = torch.tensor(task.X), torch.tensor(task.y)
    h, d = task.parameters.W1.shape

    def train() -> Trained:
        layers = torch.nn.Linear(d, h, dtype=X.dtype), torch.nn.Sigmoid(), torch.nn.Linear(h, 1, dtype=X.dtype)
        model = torch.nn.Sequential(*layers)
        with torch.no_grad():
            for own, given in zip(model.parameters(), task.parameters, strict=True):
                own.copy_(torch.tensor(given))
        optimizer = torch.optim.SGD(model.parameters(), lr=task.learning_rate)
        criterion = torch.nn.BCEWithLogitsLoss()
        total = 0.0
        for batch in batches(task):
            optimizer.zero_grad()
            Z2 = model(X[batch])[:, 0]
            loss = criterion(Z2, y[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(Z2)
        return Trained(total / len(y), _shaped([p.detach().numpy() for p in model.parameters()], task))

    return train


def jax_jit_per_step(task: Task) -> Training:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def mean_loss(parameters: Parameters, X: jax.Array, y: jax.Array) -> jax.Array:
        W1, b1, W2, b2 = parameters
        A1 = jax.nn.sigmoid(X @ W1.T + b1)
        Z2 = (A1 @ W2.T + b2)[:, 0]
        return jnp.mean(jax.nn.softplus(Z2) - y * Z2)

    @jax.jit
    def step(parameters: Parameters, X: jax.Array, y: jax.Array) -> tuple[Parameters, jax.Array]:
        loss, gradient = jax.value_and_grad(mean_loss)(parameters, X, y)
        return jax.tree.map(lambda p, dp: p - task.learning_rate * dp, parameters, gradient), loss

    X, y = jnp.array(task.X), jnp.array(task.y)

    def train() -> Trained:
        parameters = Parameters(*map(jnp.array, task.parameters))
        losses = []
        for batch in batches(task):
            parameters, loss = step(parameters, X[batch], y[batch])
            losses.append(loss * len(y[batch]))
        return Trained(math.fsum(map(float, losses)) / len(y), _shaped(parameters, task))

    return train


def _shaped(arrays: Iterable[Any], task: Task) -> Parameters:
    """The weights as NumPy arrays in our shapes."""
    return Parameters(*(np.asarray(p).reshape(own.shape) for p, own in zip(arrays, task.parameters, strict=True)))


PEERS: dict[str, Contestant] = {
    "plain NumPy": plain_numpy,
    "Algorithm 1 as printed": as_printed,
    "eager PyTorch": eager_torch,
    "torch.optim.SGD": torch_optimizer,
    "JAX, jit per step": jax_jit_per_step,
}
