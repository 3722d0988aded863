"""Sums, means, variances, norms, running sums and products of exact numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.replay.elementwise import apply
from backproof.replay.operands import array, axes_of, follows, ids_of, out_or, result, rows_of
from backproof.replay.records import sum_of
from backproof.replay.refusal import NotFollowed
from backproof.replay.rules import RULES
from backproof.replay.tape import Tape


def _sums(tape: Tape, ids: np.ndarray, axis: Any, keepdims: bool, where: Any = True) -> np.ndarray:
    if where is not True:
        ids = np.where(np.asarray(where, bool), ids, 0)
    rows, left, ones = rows_of(ids, axis)
    made = sum_of(tape, rows) if rows.shape[1] else np.zeros(rows.shape[0], np.int64)
    return made.reshape(ones if keepdims else left)


def _number(value: Any) -> bool:
    return value is not np._NoValue and value is not None


@follows("sum", "nansum")
def sum_(
    tape: Tape,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = 0,
    where: Any = True,
) -> Any:
    """``np.sum``."""
    made = _sums(tape, ids_of(tape, x), axis, _flag(keepdims), _mask(where))
    if _number(initial) and not (isinstance(initial, int | float) and initial == 0):
        made = apply(tape, RULES["add"], array(tape, made), initial)
    return out_or(tape, made, out)


def _flag(keepdims: Any) -> bool:
    return bool(keepdims) if keepdims is not np._NoValue else False


def _mask(where: Any) -> Any:
    return True if where is np._NoValue or where is None else where


def _count(ids: np.ndarray, axis: Any, where: Any) -> Any:
    if where is True:
        return int(np.prod([ids.shape[a] for a in axes_of(axis, ids.ndim)], dtype=int))
    return np.broadcast_to(np.asarray(where, bool), ids.shape).sum(
        axis=axis if axis is None else axes_of(axis, ids.ndim), keepdims=True
    )


@follows("mean", "nanmean")
def mean(
    tape: Tape, x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, where: Any = True
) -> Any:
    """``np.mean``."""
    ids = ids_of(tape, x)
    made = _means(tape, ids, axis, _mask(where))
    return out_or(tape, made if _flag(keepdims) else _without(made, axis, ids.ndim), out)


def _means(tape: Tape, ids: np.ndarray, axis: Any, where: Any = True) -> np.ndarray:
    """With the axes kept."""
    return apply(tape, RULES["divide"], array(tape, _sums(tape, ids, axis, True, where)), _count(ids, axis, where))


def _without(ids: np.ndarray, axis: Any, ndim: int) -> np.ndarray:
    return ids.reshape([size for a, size in enumerate(ids.shape) if a not in axes_of(axis, ndim)])


@follows("var", "nanvar")
def var(
    tape: Tape,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    **more: Any,
) -> Any:
    """``np.var``."""
    made = _variances(tape, ids_of(tape, x), axis, ddof, more)
    return out_or(tape, made if _flag(keepdims) else _without(made, axis, np.ndim(x)), out)


def _variances(tape: Tape, ids: np.ndarray, axis: Any, ddof: Any, more: dict[str, Any]) -> np.ndarray:
    ddof = more.pop("correction", ddof)
    where = _mask(more.pop("where", True))
    mean_given = more.pop("mean", np._NoValue)
    if more:
        raise NotFollowed(f"np.var with {next(iter(more))}=")
    center = _means(tape, ids, axis, where) if mean_given is np._NoValue else ids_of(tape, mean_given)
    away = apply(tape, RULES["subtract"], array(tape, ids), array(tape, center))
    total = _sums(tape, apply(tape, RULES["square"], array(tape, away)), axis, True, where)
    return apply(tape, RULES["divide"], array(tape, total), _count(ids, axis, where) - ddof)


@follows("std", "nanstd")
def std(
    tape: Tape,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    **more: Any,
) -> Any:
    """``np.std``."""
    made = apply(tape, RULES["sqrt"], array(tape, _variances(tape, ids_of(tape, x), axis, ddof, more)))
    return out_or(tape, made if _flag(keepdims) else _without(made, axis, np.ndim(x)), out)


@follows("average")
def average(
    tape: Tape, x: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """``np.average``."""
    if returned:
        raise NotFollowed("np.average with returned=")
    if weights is None:
        return mean(tape, x, axis, keepdims=keepdims)
    ids, shares = ids_of(tape, x), ids_of(tape, weights)
    if shares.ndim == 1 != ids.ndim:
        shares = shares.reshape([-1 if a in axes_of(axis, ids.ndim) else 1 for a in range(ids.ndim)])
    shares = np.broadcast_to(shares, ids.shape)
    top = _sums(tape, apply(tape, RULES["multiply"], array(tape, ids), array(tape, shares)), axis, _flag(keepdims))
    return result(
        tape, apply(tape, RULES["divide"], array(tape, top), array(tape, _sums(tape, shares, axis, _flag(keepdims))))
    )


@follows("linalg.norm", "linalg.vector_norm")
def norm(tape: Tape, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """``np.linalg.norm``: Euclidean, Frobenius, 1, 2 (of vectors) and infinity (of vectors)."""
    ids = ids_of(tape, x)
    vector = (ids.ndim == 1 and axis is None) or (axis is not None and np.ndim(axis) == 0)
    if ord in (None, "fro") or (ord == 2 and vector):
        squares = apply(tape, RULES["square"], array(tape, ids))
        return result(tape, apply(tape, RULES["sqrt"], array(tape, _sums(tape, squares, axis, _flag(keepdims)))))
    size = array(tape, apply(tape, RULES["absolute"], array(tape, ids)))
    if vector and ord == 1:
        return sum_(tape, size, axis, keepdims=keepdims)
    if vector and ord == np.inf:
        from backproof.replay.choosing import largest

        return largest(tape, size, axis, keepdims=keepdims)
    if vector and isinstance(ord, int | float) and np.isfinite(ord) and ord != 0:
        powers = _sums(tape, apply(tape, RULES["power"], size, ord), axis, _flag(keepdims))
        return result(tape, apply(tape, RULES["power"], array(tape, powers), 1 / ord))
    raise NotFollowed(f"np.linalg.norm with ord={ord!r}")


@follows("prod", "nanprod")
def prod(
    tape: Tape,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = 1,
    where: Any = True,
) -> Any:
    """``np.prod``, in pairs."""
    ids = ids_of(tape, x)
    if _mask(where) is not True:
        ids = np.where(np.asarray(where, bool), ids, tape.constant(1.0))
    rows, left, ones = rows_of(ids, axis)
    if rows.shape[1] == 0:
        rows = np.full((rows.shape[0], 1), tape.constant(1.0))
    while (count := rows.shape[1]) > 1:
        half = count // 2
        made = apply(tape, RULES["multiply"], array(tape, rows[:, :half]), array(tape, rows[:, half : 2 * half]))
        rows = np.concatenate([made, rows[:, 2 * half :]], axis=1)
    made = rows[:, 0].reshape(ones if _flag(keepdims) else left)
    if _number(initial) and initial != 1:
        made = apply(tape, RULES["multiply"], array(tape, made), initial)
    return out_or(tape, made, out)


def _running(tape: Tape, x: Any, axis: Any, rule: str, out: Any) -> Any:
    """One after the other along an axis."""
    ids = ids_of(tape, x)
    if axis is None:
        ids, axis = ids.ravel(), 0
    steps = np.moveaxis(ids, int(axis), 0)
    made = steps.copy()
    for k in range(1, len(steps)):
        made[k] = apply(tape, RULES[rule], array(tape, np.asarray(made[k - 1])), array(tape, np.asarray(steps[k])))
    return out_or(tape, np.moveaxis(made, 0, int(axis)), out)


@follows("cumsum", "cumulative_sum")
def cumsum(tape: Tape, x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """``np.cumsum``."""
    return _running(tape, x, axis, "add", out)


@follows("cumprod", "cumulative_prod")
def cumprod(tape: Tape, x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """``np.cumprod``."""
    return _running(tape, x, axis, "multiply", out)


@follows("diff")
def diff(tape: Tape, x: Any, n: int = 1, axis: int = -1) -> Any:
    """``np.diff``."""
    ids = ids_of(tape, x)
    for _ in range(n):
        moved = np.moveaxis(ids, axis, 0)
        ids = np.moveaxis(apply(tape, RULES["subtract"], array(tape, moved[1:]), array(tape, moved[:-1])), 0, axis)
    return result(tape, ids)


@follows("trace", "linalg.trace")
def trace(tape: Tape, x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """``np.trace``."""
    return sum_(tape, array(tape, np.diagonal(ids_of(tape, x), offset, axis1, axis2)), axis=-1)


@follows("logaddexp.reduce", "scipy.special.logsumexp")
def logsumexp(
    tape: Tape, x: Any, axis: Any = None, b: Any = None, keepdims: Any = False, return_sign: bool = False, **more: Any
) -> Any:
    """The logarithm of a sum of exponentials, the largest taken out."""
    if return_sign or more.pop("out", None) is not None:
        raise NotFollowed("logsumexp with return_sign= or out=")
    from backproof.replay.choosing import largest

    ids = ids_of(tape, x)
    top = ids_of(tape, largest(tape, array(tape, ids), axis, keepdims=True))
    # The largest is a constant here: what is taken out is put back.
    top = (
        tape.add(tape.values(top), fixed=True)
        if top.ndim
        else np.asarray(tape.add_one(tape.value(int(top)), fixed=True))
    )
    terms = apply(tape, RULES["exp"], array(tape, apply(tape, RULES["subtract"], array(tape, ids), array(tape, top))))
    if b is not None:
        terms = apply(tape, RULES["multiply"], array(tape, terms), b)
    logs = apply(tape, RULES["log"], array(tape, _sums(tape, terms, axis, True)))
    made = apply(tape, RULES["add"], array(tape, logs), array(tape, top))
    return result(tape, made if _flag(keepdims) else _without(made, axis, ids.ndim))


@follows("scipy.special.softmax")
def softmax(tape: Tape, x: Any, axis: Any = None) -> Any:
    """``scipy.special.softmax``."""
    return result(tape, apply(tape, RULES["exp"], log_softmax(tape, x, axis)))


@follows("scipy.special.log_softmax")
def log_softmax(tape: Tape, x: Any, axis: Any = None) -> Any:
    """``scipy.special.log_softmax``."""
    return result(tape, apply(tape, RULES["subtract"], x, logsumexp(tape, x, axis, keepdims=True)))
