"""A NumPy function on exact numbers: to the table that it is in, or refused by its name."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.replay import choosing, elementwise, moving, products, reductions, solving  # noqa: F401 (they fill FUNCTIONS)
from backproof.replay.operands import FUNCTIONS, array, floats, ids_of, number
from backproof.replay.refusal import NotFollowed
from backproof.replay.rules import rule_of
from backproof.replay.tape import Tape


def name_of(function: Any) -> str:
    """NumPy's dotted name of a function, without "numpy."."""
    module = getattr(function, "__module__", "") or ""
    inside = module.removeprefix("numpy").lstrip(".")
    public = inside if inside.startswith(("linalg", "testing", "fft", "lib.stride_tricks", "random")) else ""
    name = getattr(function, "__name__", str(function))
    return f"{public}.{name}" if public else name


def call(tape: Tape, name: str, function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What the function gives for exact numbers.

    Raises:
        NotFollowed: it is in no table; the text names it.
    """
    if name in FUNCTIONS:
        return FUNCTIONS[name](tape, *arguments, **options)
    if name in moving.MOVING:
        return move_or_cast(tape, name, function, arguments, options)
    if name in moving.IN_PLACE:
        return moving.write(tape, name, function, arguments, options)
    if name in choosing.LOOKING:
        return choosing.look(tape, name, function, arguments, options)
    if name in FILLED or name == "full_like":
        return _like(tape, name, *arguments, **options)
    if isinstance(function, np.ufunc) or rule_of(name) is not None:
        return elementwise.call(tape, name, *arguments, **options)
    if name == "conj":
        return elementwise.call(tape, "positive", *arguments)
    raise NotFollowed(f"np.{name}" if not name.startswith("scipy") else name)


def move_or_cast(tape: Tape, name: str, function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A function that moves numbers; ``dtype=`` of floats has no meaning for exact ones."""
    options = {key: value for key, value in options.items() if key not in ("dtype", "casting", "like", "subok")}
    return moving.move(tape, name, function, arguments, options)


FILLED = {"zeros_like": 0.0, "empty_like": 0.0, "ones_like": 1.0}


def _like(tape: Tape, name: str, x: Any, *given: Any, dtype: Any = None, shape: Any = None, **layout: Any) -> Any:
    value = FILLED.get(name)
    if value is None:
        value, *rest = given if given else (layout.pop("fill_value"),)
        given = tuple(rest)
    if given and dtype is None:
        dtype = given[0]
    wanted = np.shape(x) if shape is None else shape
    if dtype is not None and np.dtype(dtype).kind != "f":
        return np.full(wanted, floats(tape, value), dtype)
    ids = np.empty(wanted, np.int64)
    ids[...] = ids_of(tape, value)
    return array(tape, ids)


def cast(x: Any, dtype: Any) -> Any:
    """Exact numbers as another type: floats of any size are the identity, integers and truth values are cut.

    Raises:
        NotFollowed: any other type.
    """
    kind = np.dtype(dtype).kind
    if kind in "f":
        return array(x.tape, x.ids.copy()) if x.ndim or type(x).__name__ == "Traced" else number(x.tape, x.id)
    if kind in "iub":
        return np.asarray(floats(x.tape, x)).astype(dtype)[()]
    raise NotFollowed(f"a cast to {np.dtype(dtype)}")
