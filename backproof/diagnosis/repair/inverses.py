"""What a part of an expression has to be, so that the whole is what it has to be: its operations undone, one by one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

_INVERSES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "exp": np.log, "log": np.exp, "tanh": np.arctanh, "sqrt": np.square, "sinh": np.arcsinh, "expm1": np.log1p,
    "log1p": np.expm1, "arctan": np.tan,
}  # fmt: skip
Values = Mapping[str, Sequence[np.ndarray]]  # by the text of each: one for each time that the place was passed


def wanted_inside(root: ast.expr, wanted: Sequence[np.ndarray], values: Values) -> dict[int, list[np.ndarray]]:
    """What the parts of an expression have to be, by the ids of their nodes; what cannot be undone is left out.

    Args:
        root: the expression.
        wanted: what it has to be, for each time that it is passed.
        values: of its parts.
    """
    found, waiting = dict[int, list[np.ndarray]](), [(root, [*wanted])]
    while waiting:
        node, of = waiting.pop()
        given = values.get(ast.unparse(node), ())
        if len(given) != len(of) or not all(map(_fits, of, given)):
            continue
        found[id(node)] = of
        for part, undo, other in _steps(node):
            beside = of if other is None else values.get(ast.unparse(other), ())
            if len(beside) == len(of):
                with np.errstate(all="ignore"):
                    waiting.append((part, [undo(w, o) for w, o in zip(of, beside, strict=True)]))
    return found


def _fits(wanted: np.ndarray, given: np.ndarray) -> bool:
    """Whether it can be, instead of a value that is as wide or is spread to be."""
    try:
        return np.broadcast_shapes(wanted.shape, given.shape) == wanted.shape and bool(np.isfinite(wanted).all())
    except ValueError:
        return False


_Undo = Callable[[np.ndarray, np.ndarray], np.ndarray]  # from the whole and the other operand to the part


def _steps(node: ast.expr) -> Iterator[tuple[ast.expr, _Undo, ast.expr | None]]:
    """The operands of one operation, each with what undoes it and with the other operand."""
    match node:
        case ast.UnaryOp(ast.USub(), part):
            yield part, lambda w, _: -w, None
        case ast.Attribute(part, "T"):
            yield part, lambda w, _: w.T, None
        case ast.Call(ast.Name(name) | ast.Attribute(_, name), [part], []) if name in _INVERSES:
            yield part, lambda w, _: _INVERSES[name](w), None
        case ast.BinOp(left, ast.Add(), right):
            yield left, lambda w, o: w - o, right
            yield right, lambda w, o: w - o, left
        case ast.BinOp(left, ast.Sub(), right):
            yield left, lambda w, o: w + o, right
            yield right, lambda w, o: o - w, left
        case ast.BinOp(left, ast.Mult(), right):
            yield left, lambda w, o: w / o, right
            yield right, lambda w, o: w / o, left
        case ast.BinOp(left, ast.Div(), right):
            yield left, lambda w, o: w * o, right
            yield right, lambda w, o: o / w, left
