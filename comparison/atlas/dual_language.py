"""Array language on arrays of Arb numbers with derivatives."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from flint import arb

from comparison.atlas.duals import Dual, Number, both, dual, larger
from comparison.atlas.language import Namespace


def _entrywise(function: Callable[..., Dual], count: int) -> Callable[..., Any]:
    made = np.frompyfunc(function, count, 1)
    return lambda *arrays: made(*arrays)


def _one(value: Callable[[arb], arb], slope: Callable[[arb], arb]) -> Callable[..., Any]:
    def function(x: Number) -> Dual:
        x = dual(x)
        return x.then(value(x.value), slope(x.value))

    return _entrywise(function, 1)


def _two(rule: Callable[[arb, arb], tuple[arb, arb, arb]]) -> Callable[..., Any]:
    return _entrywise(lambda a, b: both(dual(a), dual(b), rule), 2)


def _hypot(a: arb, b: arb) -> tuple[arb, arb, arb]:
    length = (a * a + b * b).sqrt()
    return length, a / length, b / length


def _atan2(a: arb, b: arb) -> tuple[arb, arb, arb]:
    square = a * a + b * b
    return arb.atan2(a, b), b / square, -a / square


def _logaddexp(a: arb, b: arb) -> tuple[arb, arb, arb]:
    small = (-abs(a - b)).exp().log1p()
    return a.max(b) + small, 1 / (1 + (b - a).exp()), 1 / (1 + (a - b).exp())


def _where(condition: Any, a: Any, b: Any) -> np.ndarray:
    return np.frompyfunc(lambda c, x, y: dual(x) if c else dual(y), 3, 1)(condition, a, b)


def _absolute(x: Number) -> Dual:
    x = dual(x)
    return larger(x, -x)


def _maximum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.frompyfunc(larger, 2, 1).reduce(x, axis=axis, keepdims=keepdims)


def _product(x: Any) -> Dual:
    return reduce(lambda a, b: a * b, x.ravel().tolist())


def _mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    total = np.sum(x, axis=axis, keepdims=keepdims)
    return total / (x.size // np.size(total))


def _einsum(subscripts: str, *arrays: np.ndarray) -> Any:
    return np.einsum(subscripts, *arrays, optimize=False)


def _rational(power: float) -> Callable[[arb], arb]:
    return lambda z: z**power


DUALS: Namespace = {
    "abs": _entrywise(_absolute, 1),
    "arctan": _one(arb.atan, lambda z: 1 / (1 + z * z)),
    "arctan2": _two(_atan2),
    "cos": _one(arb.cos, lambda z: -z.sin()),
    "cosh": _one(arb.cosh, arb.sinh),
    "cumprod": lambda x: np.frompyfunc(lambda a, b: a * b, 2, 1).accumulate(x),
    "cumsum": lambda x: np.frompyfunc(lambda a, b: a + b, 2, 1).accumulate(x),
    "einsum": _einsum,
    "erf": _one(arb.erf, lambda z: 2 * (-z * z).exp() / arb.pi().sqrt()),
    "exp": _one(arb.exp, arb.exp),
    "expm1": _one(arb.expm1, arb.exp),
    "hypot": _two(_hypot),
    "log": _one(arb.log, lambda z: 1 / z),
    "log1p": _one(arb.log1p, lambda z: 1 / (1 + z)),
    "logaddexp": _two(_logaddexp),
    "max": _maximum,
    "maximum": _entrywise(lambda a, b: larger(dual(a), dual(b)), 2),
    "mean": _mean,
    "minimum": _entrywise(lambda a, b: -larger(-dual(a), -dual(b)), 2),
    "prod": _product,
    "sign": _entrywise(lambda x: Dual(dual(x).value.sgn(), {}), 1),
    "sin": _one(arb.sin, arb.cos),
    "sinh": _one(arb.sinh, arb.cosh),
    "sqrt": _one(arb.sqrt, lambda z: 1 / (2 * z.sqrt())),
    "square": _one(lambda z: z * z, lambda z: 2 * z),
    "stack": np.stack,
    "sum": np.sum,
    "tan": _one(arb.tan, lambda z: arb.sec(z) ** 2),
    "tanh": _one(arb.tanh, lambda z: arb.sech(z) ** 2),
    "where": _where,
}
