"""Reading: the values that many edits of one expression have at one place of a running program.

The edits of an expression share most of its parts. What stands in the program itself is evaluated once; of each edit,
only what is new.
"""

from __future__ import annotations

import ast
import builtins
import operator
import types
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from backproof.diagnosis.repair.kinds import is_shared

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.MatMult: operator.matmul,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
}  # fmt: skip
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert, ast.Not: operator.not_,
}  # fmt: skip
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt, ast.Lt: operator.lt, ast.GtE: operator.ge, ast.LtE: operator.le, ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}  # fmt: skip


def parts_of(own: ast.expr) -> frozenset[int]:
    """The parts of an expression, by their ids."""
    return frozenset(id(node) for node in ast.walk(own))


class _Known(NamedTuple):
    value: Any
    error: Exception | None


class Reading:
    """What expressions are worth at one moment.

    Args:
        frame: of the place.
        parts: of the program's expression; they, and atoms, are evaluated once.
    """

    def __init__(self, frame: types.FrameType, parts: frozenset[int]) -> None:
        self._names, self._space = names_at(frame)
        self._kept = parts
        self._known: dict[int, _Known] = {}

    def value(self, node: ast.AST | None) -> Any:
        """The value of an expression; whatever it raises comes out."""
        if node is None:
            return None
        if id(node) not in self._kept and not is_shared(node):
            return self._computed(node)
        known = self._known.get(id(node))
        if known is None:
            try:
                known = _Known(self._computed(node), None)
            except Exception as error:
                known = _Known(None, error)
            self._known[id(node)] = known
        if known.error is not None:
            raise known.error
        return known.value

    def _computed(self, node: Any) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                for known in (self._names, self._space, vars(builtins)):
                    if node.id in known:
                        return known[node.id]
                raise NameError(node.id)
            case ast.Attribute():
                return getattr(self.value(node.value), node.attr)
            case ast.BinOp() if type(node.op) in _BINARY:
                return _BINARY[type(node.op)](self.value(node.left), self.value(node.right))
            case ast.UnaryOp():
                return _UNARY[type(node.op)](self.value(node.operand))
            case ast.Compare(ops=[op]) if type(op) in _COMPARED:
                return _COMPARED[type(op)](self.value(node.left), self.value(node.comparators[0]))
            case ast.Subscript():
                return self.value(node.value)[self.value(node.slice)]
            case ast.Slice():
                return slice(self.value(node.lower), self.value(node.upper), self.value(node.step))
            case ast.Tuple() if not any(isinstance(part, ast.Starred) for part in node.elts):
                return tuple(map(self.value, node.elts))
            case ast.Call() if _is_plain(node):
                function, arguments = self.value(node.func), map(self.value, node.args)
                return function(*arguments, **{part.arg: self.value(part.value) for part in node.keywords if part.arg})
        return eval(_code(node), self._space, self._names)


def _is_plain(node: ast.Call) -> bool:
    return all(part.arg for part in node.keywords) and not any(isinstance(part, ast.Starred) for part in node.args)


def names_at(frame: types.FrameType) -> tuple[dict[str, Any], dict[str, Any]]:
    """The local and the global names of a place; in a comprehension those around it too."""
    names = dict(frame.f_locals)
    while frame.f_code.co_name in ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>") and frame.f_back:
        frame = frame.f_back
        names = {**frame.f_locals, **names}
    return names, frame.f_globals


def _code(node: ast.expr) -> types.CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(ast.fix_missing_locations(ast.Expression(node)), "<edit>", "eval")
