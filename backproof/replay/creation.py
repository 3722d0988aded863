"""Arrays that a program makes: of exact numbers, as soon as they hold floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.replay.operands import array, floats, holds_floats, holds_traced, ids_of, number
from backproof.replay.refusal import NotFollowed
from backproof.replay.tape import Tape


def lift(tape: Tape, value: Any) -> Any:
    """Floats made outside of the tape, as exact constants: an array, a number, or lists and tuples of them."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind != "f" or type(value) is not np.ndarray:
            return value
        return array(tape, tape.constants(value))
    if isinstance(value, np.floating):
        return number(tape, tape.constant(float(value)))
    if type(value) in (list, tuple):
        return type(value)(lift(tape, part) for part in value)
    return value


def _is_of_floats(dtype: Any) -> bool:
    return dtype is None or np.dtype(dtype).kind == "f"


def _array(tape: Tape, x: Any, dtype: Any = None, *more: Any, copy: Any = True, ndmin: int = 0, **layout: Any) -> Any:
    if dtype is not None and np.dtype(dtype).kind not in "fiub":
        if holds_traced(x) and np.dtype(dtype).kind != "O":
            raise NotFollowed(f"an array of {np.dtype(dtype)}")
        return np.array(x, dtype, ndmin=ndmin)
    if not holds_floats(x) and dtype is None:
        made = np.array(x, ndmin=ndmin)
        return lift(tape, made) if made.dtype != object else _of_objects(tape, x)
    if not _is_of_floats(dtype):
        return np.array(floats(tape, x), dtype, ndmin=ndmin)
    ids = ids_of(tape, x)
    if copy is not False and copy is not None:
        ids = ids.copy()
    ids = ids.reshape((1,) * (ndmin - ids.ndim) + ids.shape)
    return array(tape, ids)


def _of_objects(tape: Tape, x: Any) -> Any:
    return array(tape, ids_of(tape, x)) if holds_traced(x) else np.array(x)


def _asarray(tape: Tape, x: Any, dtype: Any = None, *more: Any, **layout: Any) -> Any:
    layout.pop("copy", None)
    return _array(tape, x, dtype, copy=None, **layout)


def _filled(name: str, value: float) -> Callable[..., Any]:
    def make(tape: Tape, shape: Any, dtype: Any = None, *more: Any, **layout: Any) -> Any:
        if not _is_of_floats(dtype):
            return getattr(np, name)(shape, dtype)
        return array(tape, np.full(shape, tape.constant(value), np.int64))

    return make


def _full(tape: Tape, shape: Any, fill_value: Any, dtype: Any = None, **layout: Any) -> Any:
    if dtype is None and not holds_floats(fill_value):
        return np.full(shape, fill_value)
    if not _is_of_floats(dtype):
        return np.full(shape, floats(tape, fill_value), dtype)
    ids = np.empty(shape, np.int64)
    ids[...] = ids_of(tape, fill_value)
    return array(tape, ids)


def _plain(name: str) -> Callable[..., Any]:
    """Made by NumPy from plain numbers."""

    def make(tape: Tape, *arguments: Any, **options: Any) -> Any:
        return lift(tape, getattr(np, name)(*floats(tape, list(arguments)), **floats(tape, options)))

    return make


def _apply_along_axis(tape: Tape, function: Any, axis: int, x: Any, *more: Any, **options: Any) -> Any:
    moved = np.moveaxis(ids_of(tape, x), axis, -1)
    rows = [function(array(tape, row), *more, **options) for row in moved.reshape(-1, moved.shape[-1])]
    made = ids_of(tape, rows)
    made = made.reshape(moved.shape[:-1] + made.shape[1:])
    return array(tape, np.moveaxis(made, -1, axis) if made.ndim == moved.ndim else made)


CREATING: dict[str, Callable[..., Any]] = {
    "array": _array,
    **dict.fromkeys(("asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "asarray_chkfinite"), _asarray),
    "zeros": _filled("zeros", 0.0),
    "ones": _filled("ones", 1.0),
    "empty": _filled("empty", 0.0),
    "full": _full,
    "apply_along_axis": _apply_along_axis,
    **{name: _plain(name) for name in ("linspace", "logspace", "geomspace", "arange", "eye", "identity")},
}
