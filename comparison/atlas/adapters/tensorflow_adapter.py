"""TensorFlow: op by op, and compiled by XLA."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import Tensor

from comparison.atlas.adapters import Numbers
from comparison.atlas.adapters.lifting import lifted
from comparison.atlas.language import Namespace

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.get_logger().setLevel("ERROR")  # it says how often it compiles
tnp = tf.experimental.numpy
tnp.experimental_enable_numpy_behavior(dtype_conversion_mode="off")  # x.T, and products of matrices with vectors
keras = tf.keras.ops


_two = partial(lifted, is_array=tf.is_tensor, filled=lambda like, v: tf.fill(like.shape, tf.constant(v, like.dtype)))


def _where(condition: Tensor, x: Any, y: Any) -> Tensor:
    return _two(lambda a, b: tf.where(condition, a, b))(x, y)


def _attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return keras.dot_product_attention(*(a[None, :, None, :] for a in (q, k, v)))


_SAME = "abs cos cosh cumsum einsum exp maximum minimum sign sin sinh sqrt square stack tan tanh"
NAMESPACE: Namespace = {name: getattr(tf, name) for name in _SAME.split()} | {
    "arctan": tf.atan,
    "arctan2": _two(tf.atan2),
    "cumprod": tf.math.cumprod,
    "erf": tf.math.erf,
    "expm1": tf.math.expm1,
    "hypot": _two(tnp.hypot),
    "log": tf.math.log,
    "log1p": tf.math.log1p,
    "logaddexp": _two(tnp.logaddexp),
    "max": tf.reduce_max,
    "mean": tf.reduce_mean,
    "prod": tf.reduce_prod,
    "sum": tf.reduce_sum,
    "where": _where,
    "arcsinh": tf.asinh,
    "arccos": tf.acos,
    "arccosh": tf.acosh,
    "arcsin": tf.asin,
    "arctanh": tf.atanh,
    "attention": _attention,
    "batch_norm": lambda x: tf.nn.batch_normalization(x, *tf.nn.moments(x, [0]), None, None, 1e-5),
    "bce": lambda p, y: keras.binary_crossentropy(y, p),
    "bce_logits": lambda z, y: tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z),
    "cbrt": tnp.cbrt,
    "celu": keras.celu,
    "cross_entropy": lambda z, y: tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=z)),
    "det": tf.linalg.det,
    "elu": tf.nn.elu,
    "erfc": tf.math.erfc,
    "erfinv": tf.math.erfinv,
    "exp2": tnp.exp2,
    "gammaln": tf.math.lgamma,
    "gelu": lambda x: tf.nn.gelu(x, approximate=False),
    "gelu_tanh": lambda x: tf.nn.gelu(x, approximate=True),
    "hard_swish": keras.hard_swish,
    "layer_norm": lambda x: keras.layer_normalization(x, epsilon=1e-5),
    "log10": tnp.log10,
    "log2": tnp.log2,
    "log_sigmoid": tf.math.log_sigmoid,
    "log_softmax": tf.nn.log_softmax,
    "logsumexp": tf.reduce_logsumexp,
    "mish": tf.keras.activations.mish,
    "norm": tf.norm,
    "relu": tf.nn.relu,
    "rms_norm": lambda x: keras.rms_normalization(x, epsilon=1e-5),
    "rsqrt": tf.math.rsqrt,
    "sigmoid": tf.sigmoid,
    "silu": tf.nn.silu,
    "softmax": tf.nn.softmax,
    "softplus": tf.nn.softplus,
    "softsign": tf.nn.softsign,
    "std": tf.math.reduce_std,
    "tanhshrink": keras.tanh_shrink,
    "var": tf.math.reduce_variance,
    "xlogy": tf.math.xlogy,
}


@lru_cache(maxsize=24)  # a family's formulations, eager and compiled; more programs would only fill the memory
def _value_and_gradients(function: Callable[..., Tensor], compiled: bool) -> Callable[..., Any]:
    def both(*arguments: Tensor) -> tuple[Tensor, Sequence[Tensor]]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(arguments)
            value = function(*arguments)
        return value, tape.gradient(value, arguments, unconnected_gradients="zero")

    return tf.function(both, autograph=False, jit_compile=True) if compiled else both


class Tensorflow:
    """TensorFlow."""

    name = "tensorflow"
    version = tf.__version__
    modes = ("eager", "compiled")
    dtypes = ("float64", "float32", "float16", "bfloat16")
    namespace = NAMESPACE

    def gradient(
        self, function: Callable, arguments: Sequence[np.ndarray], dtype: str, mode: str
    ) -> Callable[[], object]:
        """As ``Adapter`` says."""
        leaves = [tf.constant(a, dtype) for a in arguments]
        both = _value_and_gradients(function, mode == "compiled")
        return lambda: both(*leaves)

    def plain(self, found: Any) -> Numbers:
        """As ``Adapter`` says."""
        value, gradients = found
        return value.numpy().astype(np.float64), tuple(g.numpy().astype(np.float64) for g in gradients)
