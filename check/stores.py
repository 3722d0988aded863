"""Which statements of a source file assign which variables: what ``check/harvest.py`` looks out for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from check.names import GRADIENTS, alias
from engines.interface import Lines, Parameters

FIRST_IS_CHANGED = frozenset(("at", "copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis"))
REPACKING_METHODS = frozenset(("T", "reshape", "ravel", "flatten", "squeeze", "transpose", "copy", "item"))
REPACKING_FUNCTIONS = frozenset(("array", "asarray", "asmatrix", "atleast_1d", "atleast_2d", "expand_dims", "float"))
REPACKING = REPACKING_METHODS | REPACKING_FUNCTIONS


class Slot(NamedTuple):
    """A place with a name: a variable, an attribute of one, or an entry of a dict."""

    base: str
    key: str | None = None
    item: bool = False

    @property
    def name(self) -> str:
        """The name that says what the value is."""
        return self.base if self.key is None else self.key

    def value(self, variables: Any) -> Any:
        """What the slot holds among a frame's variables, or None."""
        holder = variables.get(self.base)
        if self.key is None or holder is None:
            return holder
        if self.item:
            return holder.get(self.key) if isinstance(holder, dict) else None
        return getattr(holder, "__dict__", {}).get(self.key)


class Store(NamedTuple):
    """One assignment in the source."""

    slot: Slot
    how: str  # "bind" a new value; "augment", from its own old value; "change" in place
    line: int
    expression: ast.expr | None


class Source(NamedTuple):
    """The assignments and the return values of a file; every line of a long statement leads to it."""

    stores: dict[int, list[Store]]
    returns: dict[int, ast.expr]


def read_source(tree: ast.Module) -> Source:
    """The statements of a parsed file that assign a line of Algorithm 1, or something that is returned."""
    stores: dict[int, list[Store]] = {}
    returns: dict[int, ast.expr] = {}
    packed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            returns |= dict.fromkeys(_span(node), node.value)
        if isinstance(node, ast.Return | ast.Dict):
            packed |= {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    for node in ast.walk(tree):
        for slot, how, expression in _targets(node):
            if alias(slot.name) or slot.base in packed:
                store = Store(slot, how, getattr(node, "lineno", 0), expression)
                for line in _span(node):
                    stores.setdefault(line, []).append(store)
    return Source(stores, returns)


def slot_of(node: ast.AST) -> Slot | None:
    """The slot that an expression names: ``a``, ``a.b`` or ``a["b"]``."""
    if isinstance(node, ast.Name):
        return Slot(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return Slot(node.value.id, node.attr)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return Slot(node.value.id, key.value, item=True)
    return None


def unpacked(node: ast.expr) -> ast.expr:
    """The expression without what merely turns, copies or cuts its value."""
    if isinstance(node, ast.Subscript) and slot_of(node) is None:
        return unpacked(node.value)
    if isinstance(node, ast.Attribute) and node.attr in REPACKING:
        return unpacked(node.value)
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in REPACKING:
            of_module = isinstance(function.value, ast.Name) and function.value.id in ("np", "numpy")
            return unpacked(node.args[0] if of_module and node.args else function.value)
        if isinstance(function, ast.Name) and function.id in REPACKING and node.args:
            return unpacked(node.args[0])
    return node


def parts(expression: ast.expr) -> dict[str | int, ast.expr]:
    """The parts of a literal tuple, dict, or call such as dict(...), by position or name."""
    if isinstance(expression, ast.Dict):
        keyed = zip(expression.keys, expression.values, strict=True)
        return {str(key.value): value for key, value in keyed if isinstance(key, ast.Constant)}
    if isinstance(expression, ast.Tuple | ast.List):
        return dict(enumerate(expression.elts))
    if isinstance(expression, ast.Call):
        named: dict[str | int, ast.expr] = {k.arg: k.value for k in expression.keywords if k.arg}
        return dict(enumerate(expression.args)) | named
    return {}


def lines_in(expression: ast.expr) -> dict[str, ast.expr]:
    """The parts of every Lines(...) and Parameters(...) within an expression, by the line they stand for."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            fields = {"Lines": Lines._fields, "Parameters": Parameters._fields}.get(called, ())
            names = dict(zip(fields, GRADIENTS, strict=True)) if called == "Parameters" else {f: f for f in fields}
            for key, part in parts(node).items():
                field = fields[key] if isinstance(key, int) and key < len(fields) else key
                if field in names:
                    found[names[str(field)]] = part
    return found


def _span(node: ast.AST) -> range:
    first = getattr(node, "lineno", 0)
    return range(first, (getattr(node, "end_lineno", None) or first) + 1)


def _targets(node: ast.AST) -> Iterator[tuple[Slot, str, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _assigned(target, node.value)
    elif isinstance(node, ast.AugAssign):
        slot = slot_of(node.target)
        if slot is None:
            yield from _assigned(node.target, node.value)
        elif not (isinstance(node.op, ast.Mult) and _is_dA1(slot)):
            yield slot, "augment", None
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield from _assigned(node.target, node.value)
    elif isinstance(node, ast.Call):
        for argument in _outputs(node):
            slot = slot_of(argument)
            if slot and not (_is_dA1(slot) and getattr(node.func, "attr", None) == "multiply"):
                yield slot, "change", None


def _is_dA1(slot: Slot) -> bool:
    """Multiplied by the slope where it stands, dA1 is no longer dA1: its value is the one before."""
    name = alias(slot.name)
    return name is not None and name.lines == ("dA1",)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[Slot, str, ast.expr | None]]:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _assigned(element, value)
    elif isinstance(target, ast.Starred):
        yield from _assigned(target.value, value)
    elif slot := slot_of(target):
        again = any(slot_of(node) == slot for node in ast.walk(value))
        yield slot, "augment" if again else "bind", value
    elif isinstance(target, ast.Subscript):
        holder = target.value
        while isinstance(holder, ast.Subscript) and slot_of(holder) is None:
            holder = holder.value
        if slot := slot_of(holder):
            yield slot, "change", None


def _outputs(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments that a call of NumPy writes into."""
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "out")
    if isinstance(call.func, ast.Attribute):
        function = call.func.attr
        if function in FIRST_IS_CHANGED and call.args:
            yield call.args[0]
        if function == "fill":
            yield call.func.value
        ufunc = getattr(np, function, None)
        inputs = ufunc.nin if isinstance(ufunc, np.ufunc) else 2 if function == "dot" else None
        if inputs is not None and len(call.args) == inputs + 1:
            yield call.args[-1]
