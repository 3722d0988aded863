"""Functions that choose numbers: by a mask, the largest, in order. What is chosen keeps its entry."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.replay import elementwise
from backproof.replay.elementwise import apply
from backproof.replay.operands import (
    array,
    balls,
    floats,
    follows,
    holds_floats,
    ids_of,
    is_traced,
    out_or,
    result,
    rows_of,
)
from backproof.replay.refusal import NotFollowed
from backproof.replay.rules import RULES
from backproof.replay.tape import Tape


def _mask(tape: Tape, condition: Any) -> Any:
    return balls(tape, condition).hi != 0 if is_traced(condition) else np.asarray(condition, bool)


@follows("where")
def where(tape: Tape, condition: Any, *choices: Any) -> Any:
    """``np.where``."""
    mask = _mask(tape, condition)
    if not choices:
        return np.nonzero(mask)
    yes, no = choices
    return array(tape, np.where(mask, ids_of(tape, yes), ids_of(tape, no)))


@follows("choose")
def choose(tape: Tape, places: Any, choices: Any, mode: Any = "raise") -> Any:
    """``np.choose``."""
    picked: Any = np.choose(floats(tape, places), [ids_of(tape, choice) for choice in choices], mode=mode)
    return result(tape, np.asarray(picked))


@follows("select")
def select(tape: Tape, conditions: Any, choices: Any, default: Any = 0) -> Any:
    """``np.select``."""
    return array(
        tape, np.select([_mask(tape, c) for c in conditions], [ids_of(tape, c) for c in choices], ids_of(tape, default))
    )


@follows("clip")
def clip(tape: Tape, x: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **more: Any) -> Any:
    """``np.clip``."""
    low, high = more.pop("min", a_min), more.pop("max", a_max)
    made = ids_of(tape, x)
    if low is not None and low is not np._NoValue:
        made = apply(tape, RULES["maximum"], array(tape, made), low)
    if high is not None and high is not np._NoValue:
        made = apply(tape, RULES["minimum"], array(tape, made), high)
    return out_or(tape, made.copy(), out)


@follows("max", "amax", "nanmax")
def largest(
    tape: Tape, x: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    """``np.max``: in rounds of pairs, so that numbers that tie share the derivative."""
    return _extreme(tape, x, axis, out, keepdims, initial, where, "maximum")


@follows("min", "amin", "nanmin")
def smallest(
    tape: Tape, x: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    """``np.min``."""
    return _extreme(tape, x, axis, out, keepdims, initial, where, "minimum")


def _extreme(tape: Tape, x: Any, axis: Any, out: Any, keepdims: Any, initial: Any, where: Any, rule: str) -> Any:
    ids = ids_of(tape, x)
    if where is not True and where is not np._NoValue:
        if initial is None or initial is np._NoValue:
            raise ValueError(f"{rule} with where= needs initial=")
        ids = np.where(np.asarray(where, bool), ids, ids_of(tape, initial))
    rows, left, ones = rows_of(ids, axis)
    if rows.shape[1] == 0:
        if initial is None or initial is np._NoValue:
            raise ValueError("the largest or smallest of no numbers")
        rows = np.broadcast_to(ids_of(tape, initial), (rows.shape[0], 1))
    made = _winners(tape, rows, rule)
    if initial is not None and initial is not np._NoValue:
        made = apply(tape, RULES[rule], array(tape, made), initial)
    return out_or(tape, made.reshape(ones if keepdims is True else left), out)


def _winners(tape: Tape, rows: np.ndarray, rule: str) -> np.ndarray:
    """The extreme entry of each row itself where it is the only one; where several tie, their maximum in pairs."""
    values = tape.values(rows)
    sign = 1 if rule == "maximum" else -1
    best = np.argmax(sign * np.where(np.isfinite(values.radius), values.hi, np.nan), axis=1)
    picked = np.take_along_axis(rows, best[:, None], 1)
    with np.errstate(all="ignore"):
        rivals = (sign * (values.hi - tape.hi[picked]) >= -(2.0**-50) * np.abs(values.hi)) & (rows != picked)
        rivals &= np.isfinite(values.hi)
    made = picked[:, 0].copy()
    contested = rivals.any(1)
    if contested.any():
        ids = np.where(rivals, rows, picked)[contested]
        while (count := ids.shape[1]) > 1:
            half = count // 2
            won = apply(tape, RULES[rule], array(tape, ids[:, :half]), array(tape, ids[:, half : 2 * half]))
            ids = np.concatenate([won, ids[:, 2 * half :]], axis=1)
        made[contested] = ids[:, 0]
    return made


@follows("sort")
def sort(tape: Tape, x: Any, axis: Any = -1, **how: Any) -> Any:
    """``np.sort``."""
    ids = ids_of(tape, x)
    if axis is None:
        ids, axis = ids.ravel(), 0
    order = np.argsort(floats(tape, array(tape, ids)), axis=axis, kind="stable")
    return array(tape, np.take_along_axis(ids, order, axis))


@follows("median")
def median(tape: Tape, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """``np.median``."""
    rows, left, ones = rows_of(ids_of(tape, x), axis)
    ordered = ids_of(tape, sort(tape, array(tape, rows)))
    count = ordered.shape[1]
    total = apply(tape, RULES["add"], array(tape, ordered[:, (count - 1) // 2]), array(tape, ordered[:, count // 2]))
    return result(tape, apply(tape, RULES["multiply"], array(tape, total), 0.5).reshape(ones if keepdims else left))


@follows("ptp")
def ptp(tape: Tape, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """``np.ptp``."""
    return elementwise.call(
        tape, "subtract", largest(tape, x, axis, keepdims=keepdims), smallest(tape, x, axis, keepdims=keepdims)
    )


@follows("nan_to_num")
def nan_to_num(tape: Tape, x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """``np.nan_to_num``."""
    values, ids = balls(tape, x), ids_of(tape, x).copy()
    top = np.finfo(float).max
    for where_, given, default in (
        (np.isinf(values.radius), nan, 0.0),
        (values.hi == np.inf, posinf, top),
        (values.hi == -np.inf, neginf, -top),
    ):
        ids[where_] = tape.constant(float(default if given is None else given))
    return result(tape, ids)


@follows("round", "around")
def round_(tape: Tape, x: Any, decimals: int = 0, out: Any = None) -> Any:
    """``np.round``: the number as it is, for what rounding loses shows in the float run."""
    return out_or(tape, ids_of(tape, x).copy(), out)


@follows("piecewise")
def piecewise(tape: Tape, x: Any, conditions: Any, functions: Any) -> Any:
    """``np.piecewise``."""
    made = np.zeros(np.shape(x), np.int64)
    masks = [np.asarray(c, bool) for c in conditions]
    if len(functions) == len(masks) + 1:
        masks.append(~np.logical_or.reduce(masks))
    for mask, function in zip(masks, functions, strict=True):
        part = function(x[mask]) if callable(function) else function
        made[mask] = ids_of(tape, part)
    return array(tape, made)


# What only looks at numbers: the answer is an index, a truth value or a text.

LOOKING = frozenset(
    [
        "argmax", "argmin", "argsort", "argpartition", "argwhere", "nonzero", "flatnonzero", "count_nonzero",
        "any", "all", "allclose", "isclose", "array_equal", "array_equiv", "searchsorted", "digitize",
        "histogram", "bincount", "array2string", "array_repr", "array_str", "nanargmax", "nanargmin", "isreal",
        "iscomplex", "isrealobj", "iscomplexobj", "isscalar", "shape", "ndim", "size", "result_type",
        "can_cast", "may_share_memory", "shares_memory", "testing.assert_allclose",
        "testing.assert_array_equal", "testing.assert_array_almost_equal", "testing.assert_almost_equal",
        "testing.assert_equal", "lexsort", "format_float_positional", "format_float_scientific", "iterable",
        "isin", "issubdtype", "common_type", "ndindex", "ndenumerate",
    ]
)  # fmt: skip


def look(tape: Tape, name: str, function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A function that only looks, on the nearest floats.

    Raises:
        NotFollowed: it gives back numbers after all.
    """
    if name in ("array_equal", "array_equiv", "any", "all", "count_nonzero", "nonzero", "flatnonzero", "argwhere"):
        arguments = tuple(balls(tape, x).hi if is_traced(x) else x for x in arguments)
    seen = function(*floats(tape, list(arguments)), **floats(tape, options))
    if name == "histogram":
        counts, edges = seen
        return counts, array(tape, tape.constants(edges))
    if name not in ("ndenumerate",) and holds_floats(seen):
        raise NotFollowed(f"np.{name}")
    return seen
