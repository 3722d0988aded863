"""JAX: op by op, and compiled by XLA."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from comparison.atlas.adapters import Numbers
from comparison.atlas.language import NUMPY, Namespace

jax.config.update("jax_enable_x64", True)  # before the first array
jax.config.update("jax_default_matmul_precision", "highest")


NAMESPACE: Namespace = {name: getattr(jnp, name) for name in NUMPY if name != "erf"} | {
    "erf": jax.lax.erf,
    "arcsinh": jnp.arcsinh,
    "arccos": jnp.arccos,
    "arccosh": jnp.arccosh,
    "arcsin": jnp.arcsin,
    "arctanh": jnp.arctanh,
    "cbrt": jnp.cbrt,
    "erfc": jax.lax.erfc,
    "erfinv": jax.lax.erf_inv,
    "exp2": jnp.exp2,
    "gammaln": jax.lax.lgamma,
    "hard_swish": jax.nn.hard_swish,
    "log10": jnp.log10,
    "log2": jnp.log2,
    "attention": lambda q, k, v: jax.nn.dot_product_attention(*(a[:, None, :] for a in (q, k, v))),
    "celu": jax.nn.celu,
    "det": jnp.linalg.det,
    "elu": jax.nn.elu,
    "expit": jax.scipy.special.expit,
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
    "gelu_tanh": lambda x: jax.nn.gelu(x, approximate=True),
    "layer_norm": lambda x: jax.nn.standardize(x, epsilon=1e-5),
    "batch_norm": lambda x: jax.nn.standardize(x, axis=0, epsilon=1e-5),
    "log_sigmoid": jax.nn.log_sigmoid,
    "log_softmax": jax.nn.log_softmax,
    "logit": jax.scipy.special.logit,
    "logsumexp": jax.nn.logsumexp,
    "mish": jax.nn.mish,
    "norm": jnp.linalg.norm,
    "relu": jax.nn.relu,
    "rsqrt": jax.lax.rsqrt,
    "sigmoid": jax.nn.sigmoid,
    "silu": jax.nn.silu,
    "softmax": jax.nn.softmax,
    "softplus": jax.nn.softplus,
    "softsign": jax.nn.soft_sign,
    "std": jnp.std,
    "var": jnp.var,
    "xlogy": jax.scipy.special.xlogy,
}


@lru_cache(maxsize=24)  # a family's formulations, eager and compiled; more programs would only fill the memory
def _value_and_gradients(function: Callable[..., Array], compiled: bool) -> Callable[..., Any]:
    def both(*arguments: Array) -> tuple[Array, tuple[Array, ...]]:
        value, pull = jax.vjp(function, *arguments)
        return value, pull(jnp.ones_like(value))

    return jax.jit(both) if compiled else both


class Jax:
    """JAX."""

    name = "jax"
    version = jax.__version__
    modes = ("eager", "compiled")
    dtypes = ("float64", "float32", "float16", "bfloat16")
    namespace = NAMESPACE

    def gradient(
        self, function: Callable, arguments: Sequence[np.ndarray], dtype: str, mode: str
    ) -> Callable[[], object]:
        """As ``Adapter`` says."""
        leaves = [jnp.asarray(a, dtype) for a in arguments]
        both = _value_and_gradients(function, mode == "compiled")
        return lambda: jax.block_until_ready(both(*leaves))

    def plain(self, found: Any) -> Numbers:
        """As ``Adapter`` says."""
        value, gradients = found
        return np.asarray(value, np.float64), tuple(np.asarray(g, np.float64) for g in gradients)
