"""A small engine of the atlas, right but for the rules that a test plants: numbers with their slopes, in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import special

Rule = tuple[Callable[..., Any], Callable[..., Any]]  # a value; for each argument, a derivative


class Slopes:
    """Numbers, and their derivatives by one argument."""

    __array_ufunc__ = None

    def __init__(self, value: Any, slope: Any) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Any) -> Slopes:
        return Slopes(self.value + of(other).value, self.slope + of(other).slope)

    def __mul__(self, other: Any) -> Slopes:
        a, b = self, of(other)
        return Slopes(a.value * b.value, a.slope * b.value + a.value * b.slope)

    def __truediv__(self, other: Any) -> Slopes:
        a, b = self, of(other)
        return Slopes(a.value / b.value, (a.slope - a.value / b.value * b.slope) / b.value)

    def __pow__(self, power: Any) -> Slopes:
        return Slopes(self.value**power, power * self.value ** (power - 1) * self.slope)

    def __neg__(self) -> Slopes:
        return Slopes(-self.value, -self.slope)

    def __sub__(self, other: Any) -> Slopes:
        return self + -of(other)

    def __rsub__(self, other: Any) -> Slopes:
        return of(other) - self

    def __rtruediv__(self, other: Any) -> Slopes:
        return of(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __gt__(self, other: Any) -> Any:
        return self.value > of(other).value


def of(thing: Any) -> Slopes:
    return thing if isinstance(thing, Slopes) else Slopes(thing, 0.0)


def ruled(rule: Rule) -> Callable[..., Slopes]:
    value, slopes = rule

    def function(*arguments: Any) -> Slopes:
        parts = [of(a) for a in arguments]
        values = [part.value for part in parts]
        found = slopes(*values)
        found = found if isinstance(found, tuple) else (found,)
        return Slopes(value(*values), sum(s * p.slope for s, p in zip(found, parts, strict=True)))

    return function


def chosen(condition: Any, a: Any, b: Any) -> Slopes:
    """``where``: the slope of the branch that is taken."""
    a, b = of(a), of(b)
    return Slopes(np.where(condition, a.value, b.value), np.where(condition, a.slope, b.slope))


def multiplied(condition: Any, a: Any, b: Any) -> Slopes:
    """``where`` as many engines have it: it guards the value, and multiplies the other branch's slope by 0."""
    a, b = of(a), of(b)
    zero_or_one = np.asarray(condition).astype(np.asarray(a.value if np.ndim(a.value) else b.value).dtype)
    return Slopes(np.where(condition, a.value, b.value), zero_or_one * a.slope + (1 - zero_or_one) * b.slope)


def sigmoid(x: Any) -> Any:
    return np.where(x > 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))).astype(x.dtype)


def sigmoid_slope(x: Any) -> Any:
    return sigmoid(x) * sigmoid(-x)


def gelu_slope(x: Any) -> Any:
    return special.erfc(-x * np.sqrt(0.5)) / 2 + x * np.exp(-x * x / 2) * 0.3989422804014327


RIGHT: dict[str, Rule] = {
    "abs": (np.abs, np.sign),
    "erf": (special.erf, lambda x: 1.1283791670955126 * np.exp(-x * x)),
    "exp": (np.exp, np.exp),
    "expm1": (np.expm1, np.exp),
    "log": (np.log, lambda x: 1 / x),
    "log1p": (np.log1p, lambda x: 1 / (1 + x)),
    "logaddexp": (np.logaddexp, lambda x, y: (sigmoid(x - y), sigmoid(y - x))),
    "maximum": (np.maximum, lambda x, y: ((x > y) + 0.5 * (x == y), (y > x) + 0.5 * (x == y))),
    "minimum": (np.minimum, lambda x, y: ((x < y) + 0.5 * (x == y), (y < x) + 0.5 * (x == y))),
    "sinh": (np.sinh, np.cosh),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "sigmoid": (sigmoid, sigmoid_slope),
    "softplus": (lambda x: np.logaddexp(x, 0), sigmoid),
    "gelu": (lambda x: x * special.erfc(-x * np.sqrt(0.5)) / 2, gelu_slope),
    "bce_logits": (
        lambda z, y: np.logaddexp(0, (1 - 2 * y) * z),
        lambda z, y: ((1 - 2 * y) * sigmoid((1 - 2 * y) * z), -z),
    ),
}  # fmt: skip


class Planted:
    """An engine with these rules and this ``where`` in the place of the right ones."""

    version = "1"
    modes = ("eager",)
    dtypes = ("float64", "float32")

    def __init__(self, name: str, where: Callable[..., Slopes] = chosen, **rules: Rule) -> None:
        self.name = name
        self.namespace = {key: ruled(rule) for key, rule in (RIGHT | rules).items()} | {"where": where}

    def gradient(self, function: Callable, arguments: Sequence[np.ndarray], dtype: str, _mode: str) -> Callable:
        leaves = [np.asarray(a, dtype) for a in arguments]

        def run() -> Any:
            runs = [
                function(*(Slopes(a, np.full_like(a, float(k == wanted))) for k, a in enumerate(leaves)))
                for wanted in range(len(leaves))
            ]
            return runs[0].value, tuple(np.broadcast_to(r.slope, r.value.shape) for r in runs)

        return run

    def plain(self, found: Any) -> Any:
        value, gradients = found
        return np.asarray(value, np.float64), tuple(np.asarray(g, np.float64) for g in gradients)
