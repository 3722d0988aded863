"""Small edits of a learner's expression, in the learner's own words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from backproof.diagnosis.repair.call_edits import calls
from backproof.diagnosis.repair.everywhere import everywhere, factors_left_out
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


def edits(node: ast.expr, scope: Scope, simple: bool = False) -> Iterator[Edited]:
    """Every single edit of an expression, each place in it in turn.

    Args:
        simple: whether factors and terms that are added are left out.
    """
    for place, make in places(node):
        for new, kind, cost in _at(place, scope, simple or _is_factor(node, place)):
            if not (isinstance(place, ast.Attribute) and place.attr == "T" and _is_turned_twice(new)):
                yield Edited(make(new), kind, cost, place, new)
    for new, kind, cost in everywhere(node, scope):
        yield Edited(new, kind, cost, node, new)


def _is_factor(whole: ast.expr, place: ast.expr) -> bool:
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


def _at(node: ast.expr, scope: Scope, is_factor: bool) -> Iterator[Change]:
    """The edits of one place."""
    if isinstance(node, ast.Starred | ast.JoinedStr | ast.Lambda):
        return
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr in ("r_", "c_"):
        return  # its slices are ranges
    yield from _words(node, scope)
    yield from _operators(node)
    yield from factors_left_out(node)
    yield from calls(node, scope)
    yield from _numbers(node, scope)
    yield from _indices(node)
    if is_value(node):
        yield from _around(node)
        if not is_factor:
            yield from _factors(node, scope)


def _words(node: ast.expr, scope: Scope) -> Iterator[Change]:
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        own = ast.unparse(node)
        for distance, atom in enumerate(scope.atoms):
            if atom != own:
                yield expression(atom), Kind.NAME, 1 + 0.01 * distance
        for constant in scope.constants:
            yield _constant(constant), Kind.CONSTANT, 1.6
        if isinstance(node, ast.Attribute) and node.attr == "T":
            yield node.value, Kind.TRANSPOSE, 0.8


_SWAPS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add, ast.Mult, ast.Div),
    ast.Mult: (ast.Div, ast.MatMult, ast.Add, ast.Sub),
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
            yield _constant(other), Kind.CONSTANT, 0.8
    for atom in scope.atoms:
        yield expression(atom), Kind.CONSTANT, 1.3


def _constant(value: float) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _indices(node: ast.expr) -> Iterator[Change]:
    if isinstance(node, ast.Subscript):
        yield node.value, Kind.INDEX, 0.45 if "::-1" in ast.unparse(node.slice) else 0.9
        yield altered(node, slice=_reversed_slice(node.slice)), Kind.INDEX, 1.2
    if isinstance(node, ast.Tuple):
        whole = [k for k, part in enumerate(node.elts) if isinstance(part, ast.Slice) and _is_whole(part)]
        others = [part for part in node.elts if not isinstance(part, ast.Slice)]
        for k in whole:
            for other in others:
                counted = ast.Call(expression("np.arange"), [ast.Call(expression("len"), [other], [])], [])
                yield altered(node, elts=[*node.elts[:k], counted, *node.elts[k + 1 :]]), Kind.INDEX, 1.2
    if isinstance(node, ast.Slice):
        for field in ("lower", "upper", "step"):
            end = getattr(node, field)
            if end is not None:
                yield altered(node, **{field: None}), Kind.INDEX, 0.8
            elif field != "step":
                yield (
                    altered(node, **{field: ast.Constant(1) if field == "lower" else expression("-1")}),
                    Kind.INDEX,
                    0.9,
                )
        if node.lower is None and isinstance(node.upper, ast.UnaryOp):
            yield altered(node, lower=node.upper.operand, upper=None), Kind.INDEX, 0.9
        if isinstance(node.lower, ast.Constant) and node.upper is None:
            yield altered(node, lower=None, upper=ast.UnaryOp(ast.USub(), node.lower)), Kind.INDEX, 0.9
        if node.lower is not None and node.upper is None:
            yield altered(node, lower=None, upper=node.lower), Kind.INDEX, 0.9
        if node.upper is not None and node.lower is None:
            yield altered(node, lower=node.upper, upper=None), Kind.INDEX, 0.9
        return
    if isinstance(node, ast.Name | ast.BinOp):
        for op in (ast.Add(), ast.Sub()):
            yield ast.BinOp(node, op, ast.Constant(1)), Kind.INDEX, 1.1


def _is_whole(part: ast.Slice) -> bool:
    return part.lower is None and part.upper is None and part.step is None


def _reversed_slice(index: ast.expr) -> ast.expr:
    turned = ast.Slice(None, None, expression("-1"))
    if isinstance(index, ast.Slice):
        return turned
    return (
        ast.Tuple([turned if isinstance(part, ast.Slice) else part for part in index.elts], ast.Load())
        if isinstance(index, ast.Tuple)
        else index
    )


_NEAREST = 12  # variables whose functions' slopes are tried
_SLOPES: tuple[tuple[str, float], ...] = (
    ("{v}", 1.5), ("({v} > 0)", 1.8), ("(1 - {v})", 1.9), ("({v} * (1 - {v}))", 2.2), ("(1 - {v} ** 2)", 2.2),
    ("(2 * {v})", 2.3),
)  # fmt: skip


def _around(node: ast.expr) -> Iterator[Change]:
    """Something put around a value: a sign, a transpose, a sum, a shape."""
    yield ast.UnaryOp(ast.USub(), node), Kind.SIGN, 0.9
    if not (isinstance(node, ast.Attribute) and node.attr == "T"):
        simple = isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
        yield ast.Attribute(node, "T", ast.Load()), Kind.TRANSPOSE, 0.85 if simple else 1.7
    if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        yield ast.BinOp(ast.Constant(1), ast.Sub(), node), Kind.FACTOR, 1.2
        yield ast.BinOp(node, ast.Pow(), ast.Constant(2)), Kind.FACTOR, 1.2
        own = ast.unparse(node)
        for form, cost in _SLOPES[1:]:
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


def _factors(node: ast.expr, scope: Scope) -> Iterator[Change]:
    """A factor, a term, a function."""
    for constant in (2, 0.5):
        yield ast.BinOp(ast.Constant(constant), ast.Mult(), node), Kind.CONSTANT, 1.3
    for function in scope.functions:
        yield ast.Call(expression(function), [node], []), Kind.FUNCTION, 1.5
    for distance, atom in enumerate(scope.atoms):
        far = 0.01 * distance
        for form, cost in _SLOPES:
            yield ast.BinOp(node, ast.Mult(), expression(form.format(v=atom))), Kind.FACTOR, cost + far
        value = expression(atom)
        turned = ast.Attribute(value, "T", ast.Load())
        for left, right in ((turned, node), (node, turned), (value, node), (node, value)):
            yield ast.BinOp(left, ast.MatMult(), right), Kind.FACTOR, 1.7 + far
        yield ast.BinOp(node, ast.Div(), expression(atom)), Kind.FACTOR, 1.7 + far
        yield ast.BinOp(node, ast.Div(), expression(f"len({atom})")), Kind.MEAN, 1.7 + far
        yield ast.BinOp(node, ast.Div(), expression(f"{atom}.shape[0]")), Kind.MEAN, 1.75 + far
        yield ast.BinOp(node, ast.Div(), expression(f"{atom}.shape[1]")), Kind.MEAN, 1.8 + far
        yield ast.BinOp(node, ast.Add(), expression(atom)), Kind.TERM, 1.6 + far
        yield ast.BinOp(node, ast.Sub(), expression(atom)), Kind.TERM, 1.65 + far
        yield ast.BinOp(expression(atom), ast.Sub(), node), Kind.TERM, 1.7 + far
        for function in scope.functions:
            if not function.startswith(("np.", "numpy.", "math.")):
                factor = ast.Call(expression(function), [expression(atom)], [])
                yield ast.BinOp(node, ast.Mult(), factor), Kind.FACTOR, 1.9 + far
            if distance < _NEAREST:
                for form in ("(1 - {f}({v}) ** 2)", "({f}({v}) * (1 - {f}({v})))"):
                    slope = expression(form.format(f=function, v=atom))
                    yield ast.BinOp(node, ast.Mult(), slope), Kind.FACTOR, 2.5 + far


def _with_method(node: ast.expr, text: str) -> ast.expr:
    made = expression(f"x{text}")
    return _put_for_x(made, node)


def _put_for_x(made: ast.expr, node: ast.expr) -> ast.expr:
    if isinstance(made, ast.Name):
        return node if made.id == "x" else made
    if isinstance(made, ast.Call):
        return altered(made, func=_put_for_x(made.func, node))
    return altered(made, value=_put_for_x(made.value, node))  # type: ignore[attr-defined]
