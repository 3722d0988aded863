"""``torch.nn.functional`` in terms of NumPy's functions: activations, losses, layers.

Names and arguments: https://docs.pytorch.org/docs/stable/nn.functional.html.
"""

from __future__ import annotations

import math
from typing import Any

import numpy

from backproof.replay import dispatch
from backproof.replay.foreign.foreign import Word, as_array
from backproof.replay.foreign.torch_words import WORDS
from backproof.replay.operands import is_traced
from backproof.replay.refusal import NotFollowed

FUNCTIONAL: dict[str, Word] = {}


def _activation(*names: str) -> Any:
    """Enter a function of ``torch.nn.functional``; those of one tensor are methods and functions of torch too."""

    def named(word: Word) -> Word:
        for name in names:
            FUNCTIONAL[name] = WORDS[name] = word
        return word

    return named


def enter(word: Word) -> Word:
    """Enter a function of ``torch.nn.functional`` under its own name."""
    FUNCTIONAL[word.__name__] = word
    return word


@_activation("relu")
def relu(np: Any, x: Any, inplace: bool = False) -> Any:
    made = np.maximum(x, 0)
    if inplace:
        x[...] = made
    return x if inplace else made


@_activation("sigmoid", "expit")
def sigmoid(np: Any, x: Any) -> Any:
    return np.exp(np.negative(np.logaddexp(0, np.negative(x))))


@_activation("tanh")
def tanh(np: Any, x: Any) -> Any:
    return np.tanh(x)


@_activation("logsigmoid")
def logsigmoid(np: Any, x: Any) -> Any:
    return np.negative(np.logaddexp(0, np.negative(x)))


@_activation("softmax")
def softmax(np: Any, x: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    return np.exp(log_softmax(np, x, dim))


@_activation("log_softmax")
def log_softmax(np: Any, x: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    if dim is None:
        raise NotFollowed("softmax without dim=")
    return np.subtract(x, np.logaddexp.reduce(x, axis=dim, keepdims=True))


@enter
def leaky_relu(np: Any, x: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    return np.where(x > 0, x, np.multiply(negative_slope, x))


@enter
def elu(np: Any, x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, np.multiply(alpha, np.expm1(np.minimum(x, 0))))


@enter
def silu(np: Any, x: Any) -> Any:
    return np.multiply(x, sigmoid(np, x))


@enter
def softplus(np: Any, x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    return np.divide(np.logaddexp(0, np.multiply(beta, x)), beta)


@enter
def gelu(np: Any, x: Any, approximate: str = "none") -> Any:
    if approximate == "tanh":
        inner = np.sqrt(np.divide(2, math.pi)) * (x + np.multiply(0.044715, np.power(x, 3)))
        return np.multiply(0.5, x) * (1 + np.tanh(inner))
    return np.multiply(0.5, x) * (1 + WORDS["erf"](np, np.divide(x, np.sqrt(2.0))))


def _special(name: str) -> Word:
    """A function that NumPy has not: in floating point Python's, on exact numbers the rule's."""
    each = numpy.vectorize(getattr(math, name), otypes=[float])

    def word(np: Any, x: Any) -> Any:
        return dispatch.call(x.tape, f"scipy.special.{name}", None, (x,), {}) if is_traced(x) else each(x)

    return word


WORDS |= {"erf": _special("erf"), "erfc": _special("erfc")}


# Losses.


def _reduced(np: Any, losses: Any, reduction: str) -> Any:
    if reduction not in ("mean", "sum", "none"):
        raise NotFollowed(f"a loss with reduction={reduction!r}")
    return losses if reduction == "none" else getattr(np, reduction)(losses)


def only(**options: Any) -> None:
    """Refuse what would change the result."""
    for name, value in options.items():
        if value is not None and value != 0:
            raise NotFollowed(f"a loss with {name}=")


@enter
def mse_loss(np: Any, x: Any, target: Any, reduction: str = "mean") -> Any:
    return _reduced(np, np.square(np.subtract(x, target)), reduction)


@enter
def l1_loss(np: Any, x: Any, target: Any, reduction: str = "mean") -> Any:
    return _reduced(np, np.abs(np.subtract(x, target)), reduction)


@enter
def huber_loss(np: Any, x: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    away = np.abs(np.subtract(x, target))
    square = np.multiply(0.5, np.square(away))
    return _reduced(np, np.where(away <= delta, square, delta * (away - np.multiply(0.5, delta))), reduction)


@enter
def smooth_l1_loss(np: Any, x: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    return np.divide(huber_loss(np, x, target, reduction, beta), beta)


@enter
def binary_cross_entropy(np: Any, x: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Any:
    only(weight=weight)
    right = np.multiply(target, np.log(x)) + np.multiply(np.subtract(1, target), np.log(np.subtract(1, x)))
    return _reduced(np, np.negative(right), reduction)


@enter
def binary_cross_entropy_with_logits(np: Any, x: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Any:
    only(weight=weight)
    return _reduced(np, np.subtract(np.logaddexp(0, x), np.multiply(target, x)), reduction)


@enter
def nll_loss(np: Any, x: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Any:
    only(weight=weight)
    classes = x if x.ndim == 1 else np.moveaxis(x, 1, -1)
    picked = np.take_along_axis(classes, np.expand_dims(target, -1), -1)
    return _reduced(np, np.negative(np.squeeze(picked, -1)), reduction)


@enter
def cross_entropy(
    np: Any, x: Any, target: Any, weight: Any = None, reduction: str = "mean", label_smoothing: float = 0.0
) -> Any:
    only(weight=weight, label_smoothing=label_smoothing)
    dim = 0 if x.ndim == 1 else 1
    logs = log_softmax(np, x, dim)
    if as_array(target).dtype.kind in "iu":
        return nll_loss(np, logs, target, None, reduction)
    return _reduced(np, np.negative(np.sum(np.multiply(target, logs), axis=dim)), reduction)
