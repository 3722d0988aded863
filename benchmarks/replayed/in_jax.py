"""The same losses in JAX's words, for ``jax.test_util.check_grads``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jax import Array, lax

jax.config.update("jax_enable_x64", True)  # before the first array

Loss = Callable[[Mapping[str, Array], Array, Array], Array]


def _cross_entropy(scores: Array, labels: Array) -> Array:
    return -jax.nn.log_softmax(scores)[jnp.arange(len(labels)), labels].mean()


def _convolve(X: Array, kernels: Array) -> Array:
    return lax.conv_general_dilated(X, kernels, (1, 1), "VALID")


def _pool(X: Array) -> Array:
    return lax.reduce_window(X, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")


def dense(p: Mapping[str, Array], X: Array, labels: Array) -> Array:
    layers = len(p) // 2
    for layer in range(1, layers + 1):
        X = X @ p[f"W{layer}"] + p[f"b{layer}"]
        X = jax.nn.relu(X) if layer < layers else X
    return _cross_entropy(X, labels)


def convolution(p: Mapping[str, Array], X: Array, labels: Array) -> Array:
    X = _pool(jax.nn.relu(_convolve(X, p["K1"]) + p["b1"][:, None, None]))
    X = _pool(jax.nn.relu(_convolve(X, p["K2"]) + p["b2"][:, None, None]))
    X = jax.nn.relu(X.reshape(len(X), -1) @ p["W3"].T + p["b3"])
    return _cross_entropy(X @ p["W4"].T + p["b4"], labels)


def loops(p: Mapping[str, Array], X: Array, target: Array) -> Array:
    a = jnp.tanh(_convolve(X[:, None], p["K"][:, None]) + p["b"][:, None, None])
    return 0.5 * ((a.reshape(len(X), -1) @ p["W"] - target) ** 2).sum() / len(X)


def lstm(p: Mapping[str, Array], X: Array, target: Array) -> Array:
    def step(state: tuple[Array, Array], x: Array) -> tuple[tuple[Array, Array], None]:
        h, c = state
        gates = jnp.split(x @ p["Wx"] + h @ p["Wh"] + p["b"], 4, axis=1)
        i, f, o, g = *(jax.nn.sigmoid(gate) for gate in gates[:3]), jnp.tanh(gates[3])
        c = f * c + i * g
        return (o * jnp.tanh(c), c), None

    zero = jnp.zeros_like(target)
    (h, _), _ = lax.scan(step, (zero, zero), X)
    return 0.5 * ((h - target) ** 2).sum() / X.shape[1]
