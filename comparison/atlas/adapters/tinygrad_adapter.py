"""tinygrad, on a CPU: each value and gradient is compiled by clang when it is asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from importlib import metadata
from typing import Any

import numpy as np
from tinygrad import Tensor, dtypes
from tinygrad.helpers import PARALLEL

from comparison.atlas.adapters import Numbers
from comparison.atlas.adapters.lifting import lifted
from comparison.atlas.language import Namespace

if not shutil.which(os.environ.get("CC", "clang")):
    raise ImportError("tinygrad compiles with clang, which is not installed: apt-get install clang")
PARALLEL.value = 0  # kernels are compiled here: its process for that begins anew after every sixteenth


_two = partial(lifted, is_array=lambda v: isinstance(v, Tensor), filled=Tensor.full_like)


def _along(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A reduction with NumPy's names of its options."""
    return lambda x, axis=None, keepdims=False: function(x, axis, keepdims)


def _batch_norm(x: Tensor) -> Tensor:
    return x.batchnorm(None, None, x.mean(0), (x.var(0, correction=0) + 1e-5).rsqrt())


_SAME = (
    "abs cos cosh cumsum erf exp log mish relu rsqrt sigmoid sign silu sin sinh softplus softsign sqrt square tan tanh "
    "celu elu exp2 log10 log2 logsumexp softmax log_softmax"
)
NAMESPACE: Namespace = {name: getattr(Tensor, name) for name in _SAME.split()} | {
    "arccos": Tensor.acos,
    "arccosh": Tensor.acosh,
    "arcsin": Tensor.asin,
    "arcsinh": Tensor.asinh,
    "arctan": Tensor.atan,
    "arctanh": Tensor.atanh,
    "attention": Tensor.scaled_dot_product_attention,
    "batch_norm": _batch_norm,
    "bce": lambda p, y: p.binary_crossentropy(y, reduction="none"),
    "bce_logits": lambda z, y: z.binary_crossentropy_logits(y, reduction="none"),
    "cross_entropy": lambda z, y: z.cross_entropy(y, reduction="sum"),
    "cumprod": lambda x: x.cumprod(0),
    "einsum": Tensor.einsum,
    "gelu": lambda x: x.gelu(approximate="none"),
    "gelu_tanh": Tensor.gelu,
    "hard_swish": Tensor.hardswish,
    "layer_norm": Tensor.layernorm,
    "log_sigmoid": Tensor.logsigmoid,
    "logaddexp": _two(Tensor.logaddexp),
    "max": _along(Tensor.max),
    "maximum": _two(Tensor.maximum),
    "mean": _along(Tensor.mean),
    "minimum": _two(Tensor.minimum),
    "prod": _along(Tensor.prod),
    "stack": lambda parts: Tensor.stack(*parts),
    "std": lambda x: x.std(correction=0),
    "sum": _along(Tensor.sum),
    "var": lambda x: x.var(correction=0),
    "where": lambda condition, x, y: condition.where(x, y),
}


class Tinygrad:
    """tinygrad."""

    name = "tinygrad"
    version = metadata.version("tinygrad")
    modes = ("eager",)
    dtypes = ("float64", "float32", "float16")  # clang 14, Debian's, has no bfloat16 here
    namespace = NAMESPACE

    def gradient(
        self, function: Callable, arguments: Sequence[np.ndarray], dtype: str, mode: str
    ) -> Callable[[], object]:
        """As ``Adapter`` says."""
        leaves = [Tensor(a, dtype=getattr(dtypes, dtype), device="CPU").clone() for a in arguments]
        Tensor.realize(*leaves)

        def run() -> Any:
            value = function(*leaves)
            gradients = value.sum().gradient(*leaves)
            Tensor.realize(value, *gradients)
            return value, gradients

        return run

    def plain(self, found: Any) -> Numbers:
        """As ``Adapter`` says."""
        value, gradients = found
        return value.numpy().astype(np.float64), tuple(g.numpy().astype(np.float64) for g in gradients)
