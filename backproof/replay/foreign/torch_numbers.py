"""PyTorch's words that compute, in terms of NumPy's: functions of numbers, sums and their like along a dimension.

Names and arguments: the documentation of torch, https://docs.pytorch.org/docs/stable/torch.html.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from backproof.replay.foreign.foreign import Word
from backproof.replay.foreign.torch_words import WORDS, says
from backproof.replay.refusal import NotFollowed

Largest = namedtuple("Largest", "values indices")


def _same(name: str) -> Word:
    def word(np: Any, *arguments: Any, **options: Any) -> Any:
        for ours in ("input", "other"):
            if ours in options:
                arguments = (*arguments, options.pop(ours))
        out = options.pop("out", None)
        made = getattr(np, name)(*arguments, **options)
        if out is None:
            return made
        out[...] = made
        return out

    return word


_SAME_NAMES = """
    exp exp2 expm1 log log2 log10 log1p tanh sinh cosh sin cos tan arcsin arccos arctan arcsinh arccosh arctanh sqrt
    square abs absolute negative positive sign floor ceil trunc reciprocal maximum minimum fmax fmin logaddexp hypot
    isnan isinf isfinite logical_and logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_xor equal
    not_equal less less_equal greater greater_equal multiply subtract remainder fmod floor_divide matmul dot outer
    inner kron trace broadcast_to deg2rad rad2deg hstack vstack dstack column_stack ravel moveaxis swapaxes
    float_power isclose
"""
for _name in _SAME_NAMES.split():
    WORDS[_name] = _same(_name)
for _ours, _theirs in {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "atan2": "arctan2", "neg": "negative", "mul": "multiply", "pow": "power", "mm": "matmul", "bmm": "matmul",
    "mv": "matmul", "ger": "outer", "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal",
    "gt": "greater", "ge": "greater_equal", "movedim": "moveaxis", "swapdims": "swapaxes",
    "transpose": "swapaxes",
}.items():  # fmt: skip
    WORDS[_ours] = _same(_theirs)


# Arithmetic with options of its own.


@says("add")
def _add(np: Any, x: Any, y: Any, alpha: Any = 1) -> Any:
    return np.add(x, y if alpha == 1 else np.multiply(alpha, y))


@says("sub")
def _sub(np: Any, x: Any, y: Any, alpha: Any = 1) -> Any:
    return np.subtract(x, y if alpha == 1 else np.multiply(alpha, y))


@says("div", "divide", "true_divide")
def _div(np: Any, x: Any, y: Any, rounding_mode: str | None = None) -> Any:
    made = np.divide(x, y)
    return made if rounding_mode is None else getattr(np, rounding_mode)(made)


@says("rsqrt")
def _rsqrt(np: Any, x: Any) -> Any:
    return np.reciprocal(np.sqrt(x))


@says("clamp", "clip")
def _clamp(np: Any, x: Any, min: Any = None, max: Any = None) -> Any:
    return np.clip(x, min, max)


@says("clamp_min")
def _clamp_min(np: Any, x: Any, min: Any) -> Any:
    return np.maximum(x, min)


@says("clamp_max")
def _clamp_max(np: Any, x: Any, max: Any) -> Any:
    return np.minimum(x, max)


@says("logit")
def _logit(np: Any, x: Any, eps: Any = None) -> Any:
    inside = x if eps is None else np.clip(x, eps, 1 - eps)
    return np.subtract(np.log(inside), np.log1p(np.negative(inside)))


@says("heaviside")
def _heaviside(np: Any, x: Any, values: Any) -> Any:
    return np.heaviside(x, values)


@says("diff")
def _diff(np: Any, x: Any, n: int = 1, dim: int = -1) -> Any:
    return np.diff(x, n, axis=dim)


@says("round")
def _round(np: Any, x: Any, decimals: int = 0) -> Any:
    return np.round(x, decimals)


@says("lerp")
def _lerp(np: Any, x: Any, y: Any, weight: Any) -> Any:
    return x + weight * (y - x)


@says("addmm")
def _addmm(np: Any, x: Any, a: Any, b: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    return np.add(np.multiply(beta, x), np.multiply(alpha, np.matmul(a, b)))


@says("addcmul")
def _addcmul(np: Any, x: Any, a: Any, b: Any, *, value: Any = 1) -> Any:
    return x + value * a * b


@says("addcdiv")
def _addcdiv(np: Any, x: Any, a: Any, b: Any, *, value: Any = 1) -> Any:
    return x + value * np.divide(a, b)


@says("einsum")
def _einsum(np: Any, equation: str, *arrays: Any) -> Any:
    if len(arrays) == 1 and isinstance(arrays[0], list | tuple):
        arrays = tuple(arrays[0])
    return np.einsum(equation, *arrays)


@says("tensordot")
def _tensordot(np: Any, x: Any, y: Any, dims: Any = 2) -> Any:
    return np.tensordot(x, y, dims)


@says("where")
def _where(np: Any, condition: Any, *choices: Any) -> Any:
    return np.where(condition, *choices)


@says("masked_fill")
def _masked_fill(np: Any, x: Any, mask: Any, value: Any) -> Any:
    return np.where(mask, value, x)


# Sums and their like, along a dimension.


def _along(dim: Any, keepdim: Any, options: dict[str, Any]) -> dict[str, Any]:
    options.pop("dtype", None)
    dim, keepdim = options.pop("axis", dim), options.pop("keepdims", keepdim)
    if options:
        raise NotFollowed(f"torch with {', '.join(options)}=")
    axis = tuple(dim) if isinstance(dim, list | tuple) else dim
    return {"axis": None if axis == () else axis, "keepdims": bool(keepdim)}


def _reduction(name: str) -> Word:
    def word(np: Any, x: Any, dim: Any = None, keepdim: Any = False, **options: Any) -> Any:
        return getattr(np, name)(x, **_along(dim, keepdim, options))

    return word


for _name in ("sum", "mean", "prod", "all", "any", "argmax", "argmin"):
    WORDS[_name] = _reduction(_name)
WORDS |= {"amax": _reduction("max"), "amin": _reduction("min"), "count_nonzero": _reduction("count_nonzero")}


def _extreme(name: str, other: str) -> Word:
    """``max``: of all, or along a dimension with the places, or of two tensors."""

    def word(np: Any, x: Any, dim: Any = None, keepdim: Any = False, **options: Any) -> Any:
        dim = options.pop("other", dim)
        if dim is not None and not isinstance(dim, int):
            return getattr(np, other)(x, dim)
        along = _along(dim, keepdim, options)
        if along["axis"] is None:
            return getattr(np, name)(x)
        return Largest(getattr(np, name)(x, **along), getattr(np, f"arg{name}")(x, **along))

    return word


WORDS |= {"max": _extreme("max", "maximum"), "min": _extreme("min", "minimum")}


def _spread(name: str) -> Word:
    """``var`` and ``std``: of a sample, unless it is said that they are of all there is."""

    def word(
        np: Any, x: Any, dim: Any = None, unbiased: Any = None, keepdim: Any = False, correction: Any = 1, **more: Any
    ) -> Any:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        ddof = correction if unbiased is None else int(unbiased)
        return getattr(np, name)(x, ddof=ddof, **_along(dim, keepdim, more))

    return word


WORDS |= {"var": _spread("var"), "std": _spread("std")}


def _with_mean(name: str) -> Word:
    def word(np: Any, x: Any, *arguments: Any, **options: Any) -> Any:
        mean = {key: value for key, value in options.items() if key in ("dim", "keepdim", "axis", "keepdims")}
        dims = [a for a in arguments[:1] if not isinstance(a, bool)]
        return WORDS[name](np, x, *arguments, **options), WORDS["mean"](np, x, *dims, **mean)

    return word


WORDS |= {"var_mean": _with_mean("var"), "std_mean": _with_mean("std")}


@says("cumsum")
def _cumsum(np: Any, x: Any, dim: int) -> Any:
    return np.cumsum(x, axis=dim)


@says("cumprod")
def _cumprod(np: Any, x: Any, dim: int) -> Any:
    return np.cumprod(x, axis=dim)


@says("logsumexp")
def _logsumexp(np: Any, x: Any, dim: Any = None, keepdim: bool = False, **options: Any) -> Any:
    return np.logaddexp.reduce(x, **_along(dim, keepdim, options))


@says("norm", "linalg.norm", "linalg.vector_norm")
def _norm(np: Any, x: Any, p: Any = 2, dim: Any = None, keepdim: bool = False, **options: Any) -> Any:
    p = options.pop("ord", p)
    along = _along(dim, keepdim, options)
    if p in ("fro", None, 2):
        return np.sqrt(np.sum(np.square(x), **along))
    if p == 1:
        return np.sum(np.abs(x), **along)
    raise NotFollowed(f"torch.norm with p={p!r}")


@says("sort")
def _sort(np: Any, x: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    places = WORDS["argsort"](np, x, dim, descending)
    return Largest(np.take_along_axis(x, places, dim), places)


@says("argsort")
def _argsort(np: Any, x: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    return np.argsort(np.negative(x) if descending else x, axis=dim, kind="stable")


@says("topk")
def _topk(np: Any, x: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    values, places = _sort(np, x, dim, largest)
    first = tuple(slice(k) if axis == dim % x.ndim else slice(None) for axis in range(x.ndim))
    return Largest(values[first], places[first])


@says("bincount")
def _bincount(np: Any, x: Any, weights: Any = None, minlength: int = 0) -> Any:
    if weights is None:
        return np.bincount(x, minlength=minlength)
    made = np.zeros(max(int(np.max(x)) + 1, minlength))
    np.add.at(made, x, weights)
    return made
