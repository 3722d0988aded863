"""JAX's words in replay: values and derivatives are those of JAX itself, in double precision.

Every snippet is the body of a function of ``x`` (3, 4), ``v`` (4,), ``s`` (no axes) and whole numbers ``k`` (4,); its
``y`` is summed with weights, so that every entry counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from backproof.replay.refusal import NotFollowed
from backproof.replay.run import play
from tests.snippets import K, S, V, X, assert_followed, program_of, text_of, weights

SNIPPETS = """
y = x + v * s - x / (3 + v) + 2 / (3 + x) - (1 - x) + s / 2 - (-x) + abs(x) + x ** 2 + 2.0 ** x
y = jnp.exp(x) + jnp.log(x * x + 1) + jnp.sqrt(x * x + 0.1) + jnp.tanh(x) + jnp.sin(x) * jnp.cos(v) + jnp.log1p(x * x)
y = jnp.maximum(x, 0) + jnp.minimum(x, v) + jnp.clip(x, -1, 1) + jnp.where(x > 0, x, 0.1 * x) + x.clip(-0.5, 0.5)
y = jnp.logaddexp(x, v) + jnp.hypot(x, v) + jnp.square(x) + jnp.reciprocal(3 + x) + jnp.power(x * x + 1, 0.3)
y = x.sum() + x.sum(0) + x.sum(axis=1, keepdims=True) + jnp.sum(x, axis=(0, 1)) + x.mean() + jnp.mean(x, axis=0)
y = x.var() + jnp.var(x, axis=1, keepdims=True) + x.std(0) + x.max(axis=1, keepdims=True) + jnp.max(x) + jnp.min(x, 0)
y = jnp.cumsum(x, axis=1) + jnp.prod(v) + x.argmax() * s + jnp.argmax(x, axis=0) * v + jnp.ptp(x, axis=0)
y = x @ v + jnp.dot(x, v) + (x @ x.T) @ jnp.ones(3) + jnp.matmul(x, v) + jnp.einsum('ij,j->i', x, v) + jnp.vdot(v, v)
y = jnp.outer(v, v) @ x.T + jnp.tensordot(x, x, axes=([1], [1])).sum() + jnp.linalg.norm(x) + jnp.linalg.norm(v)
y = x.reshape(4, 3).T + x.T.reshape((3, 4)) + x.ravel()[:4] + x.flatten()[4:8] + jnp.reshape(x, (-1, 4)) + x.transpose(1, 0).T
y = jnp.expand_dims(x, 1).squeeze(1) + x[:, None, :].squeeze() + jnp.concatenate([x, v[None]], axis=0)[1:] + jnp.stack([v, v, v])
y = jnp.broadcast_to(v, (3, 4)) + jnp.tile(v, (3, 1)) + jnp.repeat(v, 2)[::2] + x[::-1] + jnp.flip(x, 0) + jnp.roll(x, 1, axis=0)
y = jnp.zeros((3, 4)).at[0].set(v).at[1, 1].add(s).at[:, 0].multiply(2.0) + x + jnp.ones_like(x) * s
y = jnp.zeros((5, 4)).at[jnp.array([0, 0, 3])].add(x)[:3] + x.at[jnp.arange(3), k[:3]].add(-1.0)
y = x.at[0, 1].divide(3.0).at[2].subtract(v).at[x > 1].set(0.0).at[1].max(0.0).at[0].min(v).at[2].power(2.0)
y = x[0] + x[:, 1:3].sum() + x[jnp.arange(3), k[:3]][:, None] + v[k] + x[:, k] + x[..., -1].sum() + x[jnp.array([0, 2])].sum(0)
y = jnp.take_along_axis(x, k[:3, None], axis=1) + jnp.take(x, k, axis=1) + jnp.take(v, k) + jnp.tril(x) + jnp.triu(x) + jnp.diag(v)[:3]
y = jax.nn.relu(x) + jax.nn.sigmoid(x) + jax.nn.softplus(x) + jax.nn.silu(x) + jax.nn.elu(x) + jax.nn.leaky_relu(x) + jax.nn.gelu(x)
y = jax.nn.softmax(x) + jax.nn.softmax(x, axis=0) + jax.nn.log_softmax(x, axis=1) + jax.nn.logsumexp(x, axis=1, keepdims=True)
y = jax.nn.one_hot(k, 4)[:3] * x + jax.nn.log_sigmoid(x) + jax.nn.gelu(x, approximate=False) + jax.nn.standardize(x) + jax.nn.relu6(x)
y = jax.scipy.special.logsumexp(x, axis=0) + jax.scipy.special.expit(x) + jax.scipy.special.erf(x) + jax.scipy.special.xlogy(x, x * x)
y = jax.vmap(lambda row: jnp.tanh(row) * v)(x) + jax.vmap(jnp.dot, in_axes=(0, None))(x, v)[:, None] + jax.jit(jnp.exp)(x)
f = jax.jit(lambda a, b: a * b + s); y = f(x, v) + jax.vmap(f, in_axes=(1, 0), out_axes=1)(x, v)
y = jax.lax.fori_loop(0, 3, lambda i, c: jnp.sin(c) + v, x) + jax.lax.cond(s > 0, lambda a: a * 2, lambda a: a, x)
c, ys = jax.lax.scan(lambda c, row: (jnp.tanh(c + row), c * row), v, x); y = ys + c
y = jax.tree.map(lambda a, b: a * b, {'a': [x]}, {'a': [v]})['a'][0] + sum(jax.tree.leaves({'b': v, 'a': x})) + jax.lax.rsqrt(x * x + 1)
y = x.astype(jnp.float32) * 0 + x.astype(jnp.float64) + (x > 0).astype(float) * v + jnp.asarray(v) + jnp.array([1.0, 2.0, 3.0, 4.0]) * x
y = jnp.full((4,), 2.0) * v + jnp.arange(4) * x + jnp.linspace(0, 1, 4) * v + jnp.eye(4)[:3] * x + jnp.zeros(4) + jnp.full_like(v, 0.5)
y = x * x.shape[0] + x.size * v + x.ndim * s + len(x) * s + float(K[0]) * x if False else x * x.shape[0] + x.size * v + x.ndim * s
""".strip().splitlines()

PREFIX = "import jax\nimport jax.numpy as jnp\n\n\ndef f(x, v, s, k):\n"


def by_jax(snippet: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """JAX's own values and derivatives, in double precision."""
    space: dict[str, Any] = {}
    with jax.enable_x64(True):
        exec(text_of(PREFIX, snippet), space)
        handed = [jax.numpy.asarray(part) for part in (X, V, S)]
        k = jax.numpy.asarray(K)

        def loss(x: Any, v: Any, s: Any) -> Any:
            y = space["f"](x, v, s, k)
            return (y.reshape(-1) * weights(y.size)).sum()

        slopes = jax.grad(loss, argnums=(0, 1, 2))(*handed)
        return np.asarray(space["f"](*handed, k)), [np.asarray(slope) for slope in slopes]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_is_followed(tmp_path: Path, snippet: str) -> None:
    assert_followed(program_of(tmp_path, PREFIX, snippet), lambda space: space["jnp"].asarray, *by_jax(snippet))


def test_what_is_not_known_is_refused_by_name(tmp_path: Path) -> None:
    it = program_of(tmp_path, PREFIX, "y = jax.experimental.sparse.dense(x)")
    with pytest.raises(NotFollowed, match=r"jax\.experimental\.sparse"):
        play(it, lambda space, inputs: space["f"](space["jnp"].asarray(X), None, None, None))


def test_an_array_of_jax_is_not_written_into(tmp_path: Path) -> None:
    it = program_of(tmp_path, PREFIX, "x[0] = 1.0; y = x")
    with pytest.raises(TypeError, match=r"x\.at"):
        play(it, lambda space, inputs: space["f"](space["jnp"].asarray(X), None, None, None))
