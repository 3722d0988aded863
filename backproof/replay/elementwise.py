"""NumPy's ufuncs on exact numbers: called, and their reduce, accumulate, outer and at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.replay import operands
from backproof.replay.operands import balls, holds_traced, ids_of, out_or
from backproof.replay.records import elementwise_of, one_of
from backproof.replay.refusal import NotFollowed
from backproof.replay.rule import Rule
from backproof.replay.rules import order, rule_of
from backproof.replay.tape import Tape

SPECIAL_CALLS = frozenset(
    (
        "matmul",
        "vecdot",
        "matvec",
        "vecmat",
        "positive",
        "conjugate",
        "conj",
        "floor_divide",
        "remainder",
        "mod",
        "fmod",
        "clip",
    )
)  # made of others
REDUCED = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logaddexp": "logaddexp.reduce"}
ACCUMULATED = {"add": "cumsum", "multiply": "cumprod"}
ROUNDING_OPTIONS = frozenset({"dtype", "casting", "order", "subok", "signature"})  # without meaning for exact numbers


def apply(tape: Tape, rule: Rule, *inputs: Any) -> np.ndarray:
    """A rule on anything array-like: the entries made."""
    ids = [ids_of(tape, x) for x in inputs]
    if all(i.ndim == 0 for i in ids):
        return np.asarray(one_of(tape, rule, *map(int, ids)))
    return elementwise_of(tape, rule, *ids)


def call(tape: Tape, name: str, *inputs: Any, out: Any = None, where: Any = True, **options: Any) -> Any:
    """A ufunc called on exact numbers.

    Raises:
        NotFollowed: it is in no table.
    """
    _only_rounding(name, options)
    if name in DECIDING:
        return _decided(tape, name, inputs, out)
    if name in ("matmul", "vecdot", "matvec", "vecmat"):
        return out_or(tape, ids_of(tape, operands.FUNCTIONS[name](tape, *inputs)), out)
    if name in ("positive", "conjugate"):
        return out_or(tape, ids_of(tape, *inputs).copy(), out)
    if name in ("floor_divide", "remainder", "mod", "fmod"):
        return out_or(tape, ids_of(tape, _divided(tape, name, *inputs)), out)
    if name == "clip":
        return operands.FUNCTIONS["clip"](tape, *inputs, out=out)
    rule = rule_of(name)
    if rule is None:
        raise NotFollowed(f"np.{name}")
    if isinstance(out, tuple):
        (out,) = out
    made = apply(tape, rule, *inputs)
    if where is True:
        return out_or(tape, made, out)
    mask = np.asarray(where, bool)
    shape = np.broadcast_shapes(made.shape, mask.shape)
    # Where it is not computed and no array is given, NumPy leaves whatever was in memory: here 0.
    kept = ids_of(tape, out) if out is not None else np.zeros(shape, np.int64)
    return out_or(tape, np.where(mask, np.broadcast_to(made, shape), kept), out)


def _only_rounding(name: str, options: dict[str, Any]) -> None:
    for option in options:
        if option not in ROUNDING_OPTIONS:
            raise NotFollowed(f"np.{name} with {option}=")


def _divided(tape: Tape, name: str, x: Any, y: Any) -> Any:
    """``x - y floor(x / y)``; the remainder of ``fmod`` has the sign of x."""
    rounded = "trunc" if name == "fmod" else "floor"
    whole = call(tape, rounded, call(tape, "divide", x, y))
    return whole if name == "floor_divide" else call(tape, "subtract", x, call(tape, "multiply", y, whole))


# Comparisons: they decide, and what they decide is a plain array of booleans.

DECIDING: dict[str, Callable[..., Any]] = {
    "greater": lambda s: s > 0,
    "greater_equal": lambda s: s >= 0,
    "less": lambda s: s < 0,
    "less_equal": lambda s: s <= 0,
    "equal": lambda s: s == 0,
    "not_equal": lambda s: s != 0,
}
_LOGICAL = ("logical_and", "logical_or", "logical_xor", "logical_not")
_STATE = ("isnan", "isinf", "isfinite", "signbit", "isneginf", "isposinf")
DECIDING |= dict.fromkeys((*_LOGICAL, *_STATE), lambda s: s)


def _decided(tape: Tape, name: str, inputs: tuple[Any, ...], out: Any) -> Any:
    shape = np.broadcast_shapes(*(np.shape(x) for x in inputs))
    values = [balls(tape, x).reshape(*(np.shape(x) or (1,))) for x in inputs]
    unknown = np.logical_or.reduce(np.broadcast_arrays(*(np.isinf(v.radius) for v in values)))
    if name in _LOGICAL:
        decided = getattr(np, name)(*(v.hi != 0 for v in values))
    elif name in _STATE:
        decided = unknown if name == "isnan" else getattr(np, name)(np.where(unknown, np.nan, values[0].hi))
    else:
        with np.errstate(all="ignore"):
            difference = order(*values)
        decided = DECIDING[name](difference)
        decided = np.where(unknown, name == "not_equal", decided)
    decided = np.asarray(decided, bool).reshape(shape)
    if out is not None:
        (out,) = out if isinstance(out, tuple) else (out,)
        out[...] = decided
        return out
    return decided if decided.ndim else np.bool_(decided)


# The ufuncs' methods.


def method(tape: Tape, name: str, how: str, *inputs: Any, **options: Any) -> Any:
    """``np.add.reduce`` and its like.

    Raises:
        NotFollowed: this method of this ufunc is in no table.
    """
    if how == "__call__":
        return call(tape, name, *inputs, **options)
    if how == "outer":
        x, y = (ids_of(tape, i) for i in inputs)
        return call(tape, name, operands.array(tape, x.reshape(x.shape + (1,) * y.ndim)), operands.array(tape, y))
    if how == "at":
        return _at(tape, name, *inputs)
    if how == "reduce" and name in ("logical_and", "logical_or"):
        truths = (x if not holds_traced(x) else balls(tape, x).hi != 0 for x in inputs)
        return getattr(np, name).reduce(*truths, **options)
    for wanted, table in (("reduce", REDUCED), ("accumulate", ACCUMULATED)):
        if how == wanted and name in table:
            return operands.FUNCTIONS[table[name]](tape, *inputs, **{"axis": 0, **options})
    raise NotFollowed(f"np.{name}.{how}")


def _at(tape: Tape, name: str, array: Any, index: Any, values: Any = None) -> None:
    """Unbuffered: an entry that is named twice is changed twice, one after the other."""
    places = np.arange(array.ids.size).reshape(array.shape)[index]
    flat, places = places.ravel(), np.asarray(places)
    given = None if values is None else np.broadcast_to(ids_of(tape, values), places.shape).ravel()
    where = np.unravel_index(flat, array.shape)
    rest = np.arange(flat.size)
    while rest.size:
        _, first = np.unique(flat[rest], return_index=True)
        now = rest[np.sort(first)]
        index_now = tuple(axis[now] for axis in where)
        old = operands.array(tape, array.ids[index_now])
        new = call(tape, name, old) if given is None else call(tape, name, old, operands.array(tape, given[now]))
        array.ids[index_now] = new.ids
        rest = np.setdiff1d(rest, now, assume_unique=True)
