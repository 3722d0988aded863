"""Small edits of a learner's expression, in the learner's own words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from backproof.diagnosis.repair.call_edits import calls
from backproof.diagnosis.repair.everywhere import everywhere, factors_left_out, other_slope
from backproof.diagnosis.repair.indices import index_parts, indices, next_to
from backproof.diagnosis.repair.joined import SLOPES, joined
from backproof.diagnosis.repair.kinds import Change, Kind, expression, is_value, turned
from backproof.diagnosis.repair.parts import places
from backproof.diagnosis.repair.scope import Scope
from backproof.replay.nodes import altered


class Edited(NamedTuple):
    """An expression after an edit.

    Attributes:
        node: the new expression.
        kind: what was changed.
        cost: how far it is from what the learner wrote: fewest new operations first.
        old, new: what stood at the place that was edited, and what stands there now.
    """

    node: ast.expr
    kind: Kind
    cost: float
    old: ast.expr
    new: ast.expr


class More(Enum):
    """What may be added to an expression."""

    NOTHING = "nothing"
    PRODUCTS = "a function, a matrix to be multiplied by"
    FACTORS = "a factor or a term too"


_OF_A_COUNT = (Kind.CONSTANT, Kind.OPERATOR, Kind.TERM, Kind.EXTRA_TERM)  # in an index they name another place


def edits(node: ast.expr, scope: Scope, more: More = More.FACTORS, is_index: bool = False) -> Iterator[Edited]:
    """Every single edit of an expression, each place in it in turn.

    Args:
        is_index: whether the expression is an index itself.
    """
    divisors = {id(at.right) for at in ast.walk(node) if isinstance(at, ast.BinOp) and isinstance(at.op, ast.Div)}
    counting = {id(part) for at in ast.walk(node) for index in index_parts(at) for part in ast.walk(index)}
    for place, make in places(node):
        if is_index or id(place) in counting or id(place) in divisors:
            for new in next_to(place):
                yield Edited(make(new), Kind.MEAN if id(place) in divisors else Kind.INDEX, 1.1, place, new)
        for new, kind, cost in _at(place, scope, more, is_factor(node, place)):
            if not (isinstance(place, ast.Attribute) and place.attr == "T" and _is_turned_twice(new)):
                counts = kind in _OF_A_COUNT and (is_index or id(place) in counting)
                yield Edited(make(new), Kind.INDEX if counts else kind, cost, place, new)
    for new, kind, cost in everywhere(node, scope):
        yield Edited(new, kind, cost, node, new)


def is_factor(whole: ast.expr, place: ast.expr) -> bool:
    """Whether a place is a factor of a product: then a further factor is put around the product, not around it."""
    for node in ast.walk(whole):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div) and place in (node.left, node.right):
            return place is node.left or isinstance(node.op, ast.Mult)
        if isinstance(node, ast.UnaryOp) and place is node.operand:
            return True
    return False


def _is_turned_twice(node: ast.expr) -> bool:
    inner = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(inner, ast.Attribute) and inner.attr == "T"


def _at(node: ast.expr, scope: Scope, more: More, in_product: bool) -> Iterator[Change]:
    """The edits of one place."""
    if isinstance(node, ast.Starred | ast.JoinedStr | ast.Lambda):
        return
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr in ("r_", "c_"):
        return  # its slices are ranges
    yield from _words(node, scope)
    yield from _operators(node)
    yield from factors_left_out(node)
    yield from other_slope(node)
    yield from calls(node, scope)
    yield from _numbers(node, scope)
    yield from indices(node)
    if is_value(node):
        yield from _around(node, scope)
        if more is not More.NOTHING and not in_product:
            yield from _products(node, scope)
        if more is More.FACTORS:
            yield from joined(node, scope, in_product)


def _words(node: ast.expr, scope: Scope) -> Iterator[Change]:
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        own = ast.unparse(node)
        for distance, atom in enumerate(scope.names):
            if atom != own:
                yield expression(atom), Kind.NAME, 1 + 0.01 * distance
        for constant in scope.constants:
            yield _constant(constant), Kind.CONSTANT, 1.6
        if isinstance(node, ast.Attribute) and node.attr == "T":
            yield node.value, Kind.TRANSPOSE, 0.8


_SWAPS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add, ast.Mult, ast.Div),
    ast.Mult: (ast.Div, ast.MatMult, ast.Add, ast.Sub, ast.Pow),
    ast.Div: (ast.Mult, ast.Sub), ast.MatMult: (ast.Mult,), ast.Pow: (ast.Mult,), ast.FloorDiv: (ast.Div,), ast.Mod: (),
}  # fmt: skip


def _operators(node: ast.expr) -> Iterator[Change]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        yield node.operand, Kind.SIGN, 0.5
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand, Kind.COMPARISON, 0.8
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in (ast.Gt, ast.Lt, ast.GtE, ast.LtE, ast.Eq, ast.NotEq):
            if not isinstance(node.ops[0], op):
                yield altered(node, ops=[op()]), Kind.COMPARISON, 0.8
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    for other in _SWAPS.get(type(node.op), ()):
        kind = Kind.SIGN if _is_sum(node.op) and _is_sum(other()) else Kind.OPERATOR
        yield altered(node, op=other()), kind, 1.5 if _is_sum(node.op) and other is ast.Div else 0.8
    extra = Kind.EXTRA_TERM if _is_sum(node.op) else Kind.EXTRA_FACTOR
    yield left, extra, 0.7
    if isinstance(node.op, ast.Sub):
        yield ast.UnaryOp(ast.USub(), right), extra, 1.1
    if not isinstance(node.op, ast.Div | ast.Pow):
        yield right, extra, 0.75
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
        yield altered(node, left=right, right=left), Kind.SIGN if isinstance(node.op, ast.Sub) else Kind.ORDER, 0.9
    if isinstance(node.op, ast.MatMult):
        yield altered(node, left=turned(right), right=turned(left)), Kind.TRANSPOSE, 0.9
    # a * b / c read as it was meant: (a + b) / c, a - (b + c) and the like
    if isinstance(right, ast.BinOp) and not isinstance(node.op, ast.Pow):
        moved = altered(right, left=altered(node, right=right.left))
        yield moved, Kind.ORDER, 1.2
    if isinstance(left, ast.BinOp) and not isinstance(node.op, ast.Pow):
        yield altered(left, right=altered(node, left=left.right)), Kind.ORDER, 1.2


def _is_sum(op: ast.operator) -> bool:
    return isinstance(op, ast.Add | ast.Sub)


def _numbers(node: ast.expr, scope: Scope) -> Iterator[Change]:
    if not isinstance(node, ast.Constant) or isinstance(node.value, str | bytes):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value), Kind.CONSTANT, 0.6
        return
    if value is None or not isinstance(value, int | float):
        return
    if isinstance(value, float):
        near = [0.0, 1.0, 2.0, 0.5, 3.0, value * 2, value / 2, 1 - value, value * 10, value / 10]
    else:
        near = [0, 1, 2, value + 1, value - 1, 3, 4, 0.5]
    for other in dict.fromkeys([*near, *scope.constants, -value]):
        if other != value:
            yield _constant(other), Kind.CONSTANT, 2.6 if _by_a_count(value, other, scope) else 0.8
    for atom in scope.atoms:
        yield expression(atom), Kind.CONSTANT, 1.3


def _by_a_count(value: float, other: float, scope: Scope) -> bool:
    """Whether a number is another times the number of samples, or divided by it."""
    return bool(value) and any(abs(other / value) in (n, 1 / n) for n in scope.counts if n > 1)


def _constant(value: float) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _around(node: ast.expr, scope: Scope) -> Iterator[Change]:
    """Something put around a value: a sign, a transpose, a sum, a shape."""
    yield ast.UnaryOp(ast.USub(), node), Kind.SIGN, 0.9
    if not (isinstance(node, ast.Attribute) and node.attr == "T"):
        simple = isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
        yield ast.Attribute(node, "T", ast.Load()), Kind.TRANSPOSE, 0.85 if simple else 1.7
    is_product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Pow)
    if is_product or isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        yield ast.BinOp(ast.Constant(1), ast.Sub(), node), Kind.FACTOR, 1.2
    if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        for power in (2, 3):
            yield ast.BinOp(node, ast.Pow(), ast.Constant(power)), Kind.FACTOR, 1.2
        if not isinstance(node, ast.Call):
            yield from ((ast.Call(expression(f), [node], []), Kind.FUNCTION, 1.25) for f in scope.functions)
        own = ast.unparse(node)
        for form, cost in SLOPES:
            yield expression(form.format(v=own)), Kind.FUNCTION, cost - 0.5
    for text in (
        ".copy()",
        ".sum()",
        ".sum(axis=0)",
        ".sum(axis=1)",
        ".sum(axis=0, keepdims=True)",
        ".sum(axis=1, keepdims=True)",
    ):
        kind, cost = (Kind.COPY, 1.0) if "copy" in text else (Kind.SUM, 1.3)
        yield _with_method(node, text), kind, cost
    for text in (".reshape(-1, 1)", "[:, None]", "[None, :]", "[::-1]", "[::-1, ::-1]", ".ravel()"):
        yield _with_method(node, text), Kind.INDEX if "::" in text else Kind.SHAPE, 1.4


def _products(node: ast.expr, scope: Scope) -> Iterator[Change]:
    """A matrix product, a function, a number."""
    for constant in (2, 0.5):
        yield _in_front(constant, node), Kind.CONSTANT, 1.3
    for function in scope.functions:
        yield ast.Call(expression(function), [node], []), Kind.FUNCTION, 1.5
    for distance, atom in enumerate(scope.atoms):
        value = expression(atom)
        turned = ast.Attribute(value, "T", ast.Load())
        for left, right in ((turned, node), (node, turned), (value, node), (node, value)):
            yield ast.BinOp(left, ast.MatMult(), right), Kind.FACTOR, 1.7 + 0.01 * distance


def _in_front(constant: float, node: ast.expr) -> ast.expr:
    """A number times a product, written before its first factor."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.MatMult):
        return altered(node, left=_in_front(constant, node.left))
    return ast.BinOp(ast.Constant(constant), ast.Mult(), node)


def _with_method(node: ast.expr, text: str) -> ast.expr:
    made = expression(f"x{text}")
    return _put_for_x(made, node)


def _put_for_x(made: ast.expr, node: ast.expr) -> ast.expr:
    if isinstance(made, ast.Name):
        return node if made.id == "x" else made
    if isinstance(made, ast.Call):
        return altered(made, func=_put_for_x(made.func, node))
    return altered(made, value=_put_for_x(made.value, node))  # type: ignore[attr-defined]
