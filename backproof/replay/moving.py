"""Functions that only move numbers: NumPy itself, run on entry numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.replay.operands import array, follows, holds_traced, ids_of, is_traced, result
from backproof.replay.refusal import NotFollowed
from backproof.replay.tape import Tape

# With the positions of those arguments that hold numbers; all others say where they go.
MOVING: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(
        [
            "reshape", "transpose", "permute_dims", "matrix_transpose", "swapaxes", "moveaxis", "rollaxis",
            "ravel", "squeeze", "expand_dims", "flip", "fliplr", "flipud", "rot90", "roll", "tile", "repeat",
            "diag", "diagflat", "diagonal", "tril", "triu", "broadcast_to", "split", "array_split", "hsplit",
            "vsplit", "dsplit", "unstack", "take", "take_along_axis", "delete", "compress", "extract", "resize",
            "trim_zeros", "atleast_1d", "atleast_2d", "atleast_3d", "concatenate", "concat", "stack", "vstack",
            "row_stack", "hstack", "column_stack", "dstack", "block", "broadcast_arrays", "copy",
            "linalg.diagonal", "linalg.matrix_transpose", "lib.stride_tricks.as_strided",
            "lib.stride_tricks.sliding_window_view", "real", "real_if_close", "ascontiguousarray",
            "asfortranarray", "require", "flatten", "meshgrid",
        ],
        (0,),
    ),
    "append": (0, 1),
    "insert": (0, 2),
}  # fmt: skip
MANY = frozenset(
    {"atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "meshgrid"}
)  # arrays one after the other
IN_PLACE = frozenset({"copyto", "put", "put_along_axis", "place", "putmask", "fill_diagonal"})


def _ids_inside(tape: Tape, x: Any) -> Any:
    """Entries in lists of lists, as ``np.block`` and ``np.concatenate`` take them."""
    if isinstance(x, list | tuple):
        return [_ids_inside(tape, entry) for entry in x]
    return ids_of(tape, x)


def _back(tape: Tape, moved: Any) -> Any:
    if isinstance(moved, list | tuple):
        return (
            type(moved)(_back(tape, part) for part in moved)
            if type(moved) in (list, tuple)
            else tuple(_back(tape, p) for p in moved)
        )
    return array(tape, np.asarray(moved))


def move(tape: Tape, name: str, function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """NumPy's own function on entry numbers; views stay views.

    Raises:
        NotFollowed: numbers stand where NumPy reads positions.
    """
    positions = range(len(arguments)) if name in MANY else MOVING[name]
    if name == "meshgrid":
        options = {**options, "copy": True}
    moved = [_ids_inside(tape, x) if place in positions else _position(name, x) for place, x in enumerate(arguments)]
    named = {
        key: _ids_inside(tape, value) if holds_traced(value) else value
        for key, value in options.items()
        if key != "out"
    }
    if options.get("out") is not None:
        raise NotFollowed(f"np.{name} with out=")
    if name == "lib.stride_tricks.as_strided":
        named.setdefault("subok", False)
    return _back(tape, function(*moved, **named))


def _position(name: str, x: Any) -> Any:
    if holds_traced(x):
        raise NotFollowed(f"np.{name} with numbers that have a fraction as positions")
    return x


@follows("pad")
def pad(tape: Tape, x: Any, pad_width: Any, mode: str = "constant", **options: Any) -> Any:
    """``np.pad``, in the modes that repeat numbers or add constants."""
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        raise NotFollowed(f"np.pad with mode={mode!r}")
    if mode == "constant":
        options = {"constant_values": ids_of(tape, options.get("constant_values", 0.0))}
    return array(tape, np.pad(ids_of(tape, x), pad_width, mode, **options))  # type: ignore[call-overload]


def write(tape: Tape, name: str, function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    """NumPy's functions that write into an array, on entry numbers."""
    target, *rest = arguments
    if not is_traced(target):
        raise NotFollowed(f"np.{name} into an array that holds no exact numbers")
    values_at = {"copyto": 0, "put": 1, "put_along_axis": 1, "place": 1, "putmask": 1, "fill_diagonal": 0}[name]
    rest = [ids_of(tape, x) if k == values_at else x for k, x in enumerate(rest)]
    function(target.ids, *rest, **options)


@follows("unique")
def unique(tape: Tape, x: Any, *arguments: Any, **options: Any) -> Any:
    """``np.unique`` of exact numbers, by their floats; each is the first of its kind."""
    from backproof.replay.operands import floats

    ids = ids_of(tape, x)
    found = np.unique(floats(tape, array(tape, ids)), return_index=True, **options)
    kept = array(tape, ids.ravel()[found[1]])
    extra = [part for flag, part in zip(("return_index",), found[1:2], strict=False) if options.get(flag)]
    return (kept, *extra, *found[2:]) if len(found) > 2 or extra else kept


@follows("fromiter")
def fromiter(tape: Tape, iterable: Any, dtype: Any = None, count: int = -1) -> Any:
    """``np.fromiter``."""
    return result(tape, ids_of(tape, list(iterable)))
