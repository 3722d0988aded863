"""An array of JAX's: NumPy's words, on arrays that nobody writes into.

Names and arguments: https://docs.jax.dev/en/latest/jax.numpy.html and https://docs.jax.dev/en/latest/jax.nn.html.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy

from backproof.replay.foreign import torch_functional as functional
from backproof.replay.foreign.foreign import Foreign, Word, plain, spoken
from backproof.replay.foreign.torch_numbers import WORDS as TORCH_WORDS
from backproof.replay.operands import is_traced
from backproof.replay.refusal import NotFollowed

SMALL_FLOATS = ("float32", "float16", "bfloat16", "float64")  # all are float64 here
_DROPPED = (
    "precision",
    "preferred_element_type",
    "optimize",
    "device",
    "out_sharding",
    "copy",
    "mode",
    "indices_are_sorted",
)


def as_numpy(name: str) -> Word:
    """NumPy's function of the same name, without the options that only JAX has."""

    def word(np: Any, *arguments: Any, **options: Any) -> Any:
        found = np
        for part in name.split("."):
            found = getattr(found, part)
        options = {key: value for key, value in options.items() if key not in _DROPPED}
        if str(getattr(options.get("dtype"), "__name__", options.get("dtype"))) in SMALL_FLOATS:
            options["dtype"] = np.float64
        return found(*arguments, **options)

    return word


class _Words(Mapping[str, Word]):
    """The words that differ from NumPy's, and NumPy's."""

    def __init__(self, own: Mapping[str, Word]) -> None:
        self.own = own

    def __getitem__(self, name: str) -> Word:
        if name in self.own:
            return self.own[name]
        if not _is_function(name):
            raise KeyError(name)
        return as_numpy(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.own)

    def __len__(self) -> int:
        return len(self.own)


def _is_function(name: str) -> bool:
    found: Any = numpy
    for part in name.split("."):
        found = getattr(found, part, None)
    return callable(found) and not isinstance(found, type)


def _array(np: Any, x: Any, dtype: Any = None, **options: Any) -> Any:
    made = np.array(x)
    return made if dtype is None else _astype(np, made, dtype)


def _astype(np: Any, x: Any, dtype: Any) -> Any:
    kind = numpy.dtype(getattr(dtype, "stands_for", dtype)).kind
    if kind == "b":
        return np.not_equal(x, 0)
    if is_traced(x):
        return x if kind == "f" else np.asarray(x, dtype)
    return numpy.asarray(x).astype(numpy.float64 if kind == "f" else dtype)


def _clip(np: Any, x: Any, min: Any = None, max: Any = None, **old: Any) -> Any:
    return np.clip(x, old.get("a_min", min), old.get("a_max", max))


def _reshape(np: Any, x: Any, *shape: Any, order: str = "C", **more: Any) -> Any:
    sizes = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape or more["shape"]
    return np.reshape(x, tuple(int(n) for n in sizes) if isinstance(sizes, tuple | list) else sizes, order=order)


def _transpose(np: Any, x: Any, *axes: Any, **more: Any) -> Any:
    given = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or more.get("axes")
    return np.transpose(x, given or None)


def _one_hot(np: Any, x: Any, num_classes: int, *, dtype: Any = None, axis: int = -1) -> Any:
    return np.asarray(numpy.asarray(x)[..., None] == numpy.arange(num_classes), float)


def _logsumexp(np: Any, x: Any, axis: Any = None, b: Any = None, keepdims: bool = False, **more: Any) -> Any:
    if b is not None or more:
        raise NotFollowed("logsumexp with b= or more")
    return TORCH_WORDS["logsumexp"](np, x, axis, keepdims)


def _along(name: str) -> Word:
    def word(np: Any, x: Any, axis: Any = -1, where: Any = None) -> Any:
        return functional.FUNCTIONAL[name](np, x, axis)

    return word


def _gelu(np: Any, x: Any, approximate: bool = True) -> Any:
    return functional.FUNCTIONAL["gelu"](np, x, "tanh" if approximate else "none")


def _standardize(np: Any, x: Any, axis: Any = -1, mean: Any = None, variance: Any = None, epsilon: float = 1e-5) -> Any:
    mean = np.mean(x, axis=axis, keepdims=True) if mean is None else mean
    variance = np.var(x, axis=axis, keepdims=True) if variance is None else variance
    return np.divide(np.subtract(x, mean), np.sqrt(np.add(variance, epsilon)))


def _same(name: str) -> Word:
    return functional.FUNCTIONAL.get(name) or TORCH_WORDS[name]


def _identity(np: Any, x: Any, *how: Any, **more: Any) -> Any:
    return x


NUMPY_WORDS: dict[str, Word] = {
    "array": _array, "asarray": _array, "astype": _astype, "clip": _clip, "reshape": _reshape,
    "transpose": _transpose, "permute_dims": _transpose, "block_until_ready": _identity, "copy": as_numpy("copy"),
    "flatten": as_numpy("ravel"), "concat": as_numpy("concatenate"),
}  # fmt: skip
NN_WORDS: dict[str, Word] = {
    "relu": _same("relu"), "sigmoid": _same("sigmoid"), "softplus": _same("softplus"), "silu": _same("silu"),
    "swish": _same("silu"), "elu": _same("elu"), "leaky_relu": _same("leaky_relu"), "tanh": _same("tanh"),
    "log_sigmoid": _same("logsigmoid"), "softmax": _along("softmax"), "log_softmax": _along("log_softmax"),
    "logsumexp": _logsumexp, "one_hot": _one_hot, "gelu": _gelu, "standardize": _standardize,
    "relu6": lambda np, x: np.clip(x, 0, 6), "soft_sign": lambda np, x: np.divide(x, np.add(1, np.abs(x))),
}  # fmt: skip
SPECIAL_WORDS: dict[str, Word] = {
    "expit": _same("sigmoid"), "logsumexp": _logsumexp, "erf": _same("erf"), "logit": _same("logit"),
    "xlogy": lambda np, x, y: np.where(np.equal(x, 0), 0.0, np.multiply(x, np.log(np.where(np.equal(x, 0), 1.0, y)))),
    "softmax": _along("softmax"), "log_softmax": _along("log_softmax"),
}  # fmt: skip


class Array(Foreign):
    """An array; ``x.at[i].set(v)`` gives another one."""

    __slots__ = ()
    words = _Words(NUMPY_WORDS)
    library = "jax.numpy"

    dtype = property(lambda self: self.held.dtype)
    size = property(lambda self: self.held.size)
    at = property(lambda self: At(self))
    real = property(lambda self: self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        word = spoken(type(self), name)
        return lambda *arguments, **options: word(self, *arguments, **options)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TypeError("JAX arrays are immutable: x = x.at[i].set(v) gives another one")


class At:
    """``x.at``, and ``x.at[i]``."""

    def __init__(self, of: Array, key: Any = None) -> None:
        self.of, self.key = of, key

    def __getitem__(self, key: Any) -> At:
        return At(self.of, plain(key))

    def get(self, **options: Any) -> Any:
        """The numbers there."""
        return self.of[self.key]

    def _changed(self, change: str, value: Any) -> Any:
        np, made = self.of.np, self.of.np.array(self.of.held, float if is_traced(plain(value)) else None)
        if change == "set":
            made[self.key] = plain(value)
        else:
            getattr(np, change).at(made, self.key, plain(value))
        return self.of.of(made)

    def set(self, value: Any, **options: Any) -> Any:
        """With other numbers there."""
        return self._changed("set", value)

    def add(self, value: Any, **options: Any) -> Any:
        """With these added, as often as a place is named."""
        return self._changed("add", value)

    def subtract(self, value: Any, **options: Any) -> Any:
        """With these taken away."""
        return self.add(-value)

    def multiply(self, value: Any, **options: Any) -> Any:
        """Times these."""
        return self._changed("set", self.of[self.key] * value)

    mul = multiply

    def divide(self, value: Any, **options: Any) -> Any:
        """Divided by these."""
        return self._changed("set", self.of[self.key] / value)

    def power(self, value: Any, **options: Any) -> Any:
        """To the power of these."""
        return self._changed("set", self.of[self.key] ** value)

    def min(self, value: Any, **options: Any) -> Any:
        """The smaller of both."""
        return self._changed("set", spoken(type(self.of), "minimum")(self.of[self.key], value))

    def max(self, value: Any, **options: Any) -> Any:
        """The larger of both."""
        return self._changed("set", spoken(type(self.of), "maximum")(self.of[self.key], value))

    def apply(self, function: Any, **options: Any) -> Any:
        """What a function makes of them."""
        return self._changed("set", function(self.of[self.key]))


PI, E, INF = math.pi, math.e, math.inf
