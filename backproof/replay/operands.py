"""What functions get and give: anything array-like becomes entry numbers, entry numbers become an array or a number.

And the table that functions are entered in by their NumPy names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from backproof.balls import Balls
from backproof.replay.refusal import NotFollowed
from backproof.replay.tape import Tape
from backproof.replay.whole import balls_of

if TYPE_CHECKING:
    from backproof.replay.array import Traced
    from backproof.replay.number import Number

FUNCTIONS: dict[str, Callable[..., Any]] = {}  # by NumPy's dotted name, without "numpy."
_F = TypeVar("_F", bound=Callable[..., Any])


def follows(*names: str) -> Callable[[_F], _F]:
    """Enter ``function(tape, ...)`` as what follows these NumPy functions."""

    def enter(function: _F) -> _F:
        for name in names:
            FUNCTIONS[name] = function
        return function

    return enter


def is_traced(x: object) -> bool:
    """Whether this is an exact array or an exact number."""
    return getattr(type(x), "is_exact_number", False)


def holds_traced(x: object) -> bool:
    """Whether this is or holds one, in lists, tuples and arrays of objects."""
    if is_traced(x):
        return True
    if isinstance(x, list | tuple):
        return any(map(holds_traced, x))
    return isinstance(x, np.ndarray) and x.dtype == object and any(map(holds_traced, x.ravel().tolist()))


def holds_floats(x: object) -> bool:
    """Whether this is or holds a number with a fraction, exact or not."""
    if isinstance(x, list | tuple):
        return any(map(holds_floats, x))
    if is_traced(x):
        return True
    if isinstance(x, np.ndarray) and x.dtype == object:
        return holds_traced(x)
    return isinstance(x, float) or (isinstance(x, np.ndarray | np.generic) and x.dtype.kind == "f")


def ids_of(tape: Tape, x: Any) -> np.ndarray:
    """The entries of anything array-like, in its shape; of an exact array its own, so that a view stays one.

    Raises:
        NotFollowed: it is of another tape, or holds what is no real number.
    """
    if is_traced(x):
        if x.tape is not tape:
            raise NotFollowed("a number of another run")
        return x.ids
    if isinstance(x, list | tuple) and holds_traced(x):
        rows = [ids_of(tape, row) for row in x]
        if len({row.shape for row in rows}) > 1:
            raise ValueError("the rows of a list differ in shape")
        return np.stack(rows) if rows else np.zeros(0, np.int64)
    plain = np.asarray(x)
    if plain.dtype == object and holds_traced(plain):
        flat = [ids_of(tape, entry) for entry in plain.ravel().tolist()]
        return np.stack(flat).reshape(plain.shape)
    if plain.dtype.kind not in "fiub":
        raise NotFollowed(f"numbers of type {plain.dtype}")
    return tape.constants(plain)


def balls(tape: Tape, x: Any) -> Balls:
    """The values of anything array-like; no new entries."""
    if holds_traced(x):
        return tape.values(ids_of(tape, x))
    return balls_of(np.asarray(x, np.float64))


def floats(tape: Tape, x: Any) -> Any:
    """The nearest float64 numbers of whatever holds exact ones; other things as they are."""
    if is_traced(x):
        ids = x.ids
        return _nearest(tape, ids) if ids.ndim else float(_nearest(tape, ids))
    if isinstance(x, list | tuple) and type(x) in (list, tuple):
        return type(x)(floats(tape, entry) for entry in x)
    if isinstance(x, dict):
        return {key: floats(tape, value) for key, value in x.items()}
    return x


def _nearest(tape: Tape, ids: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(tape.radius[ids]), tape.hi[ids], np.nan)


def array(tape: Tape, ids: np.ndarray) -> Traced:
    """An exact array of these entries."""
    from backproof.replay.array import Traced

    return Traced(tape, ids)


def number(tape: Tape, entry: int) -> Number:
    """One exact number."""
    from backproof.replay.number import Number

    return Number(tape, int(entry))


def result(tape: Tape, ids: np.ndarray) -> Traced | Number:
    """As NumPy gives results: a number where there is no axis, else an array."""
    return number(tape, int(ids)) if ids.ndim == 0 else array(tape, ids)


def out_or(tape: Tape, ids: np.ndarray, out: Any) -> Any:
    """The result, written into ``out`` where that is given."""
    if isinstance(out, tuple):
        (out,) = out
    if out is None:
        return result(tape, ids)
    if not is_traced(out):
        raise NotFollowed("out= with an array that holds no exact numbers")
    out.ids[...] = ids
    return out


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes that an ``axis`` argument names, from 0."""
    if axis is None:
        return tuple(range(ndim))
    named = axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(np.lib.array_utils.normalize_axis_tuple([int(a) for a in named], ndim))


def rows_of(ids: np.ndarray, axis: Any) -> tuple[np.ndarray, tuple[int, ...], tuple[int, ...]]:
    """The entries as rows along these axes (k, m); the shape that is left, and that with ones for the axes."""
    axes = axes_of(axis, ids.ndim)
    kept = [a for a in range(ids.ndim) if a not in axes]
    left = tuple(ids.shape[a] for a in kept)
    ones = tuple(1 if a in axes else ids.shape[a] for a in range(ids.ndim))
    many = int(np.prod(left, dtype=int)), int(np.prod([ids.shape[a] for a in axes], dtype=int))
    return ids.transpose([*kept, *axes]).reshape(many), left, ones
