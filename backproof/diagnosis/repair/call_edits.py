"""Edits of a call: its function, its arguments, the axis that it works along."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backproof.diagnosis.repair.kinds import Change, Kind, expression, is_value, turned
from backproof.diagnosis.repair.scope import Scope
from backproof.replay.nodes import altered

_TWINS = {
    "sum": ("mean",), "mean": ("sum",), "maximum": ("minimum",), "minimum": ("maximum",), "max": ("min", "sum"),
    "min": ("max",), "dot": ("multiply",), "multiply": ("dot", "matmul"), "matmul": ("multiply",), "sin": ("cos",),
    "cos": ("sin",), "exp": ("log",), "log": ("exp",), "sqrt": ("square",), "square": ("sqrt",), "add": ("subtract",),
    "subtract": ("add",), "zeros_like": ("ones_like",), "ones_like": ("zeros_like",), "zeros": ("ones",),
    "ones": ("zeros",), "var": ("std",), "std": ("var",), "outer": ("multiply",), "argmax": ("argmin",),
    "divide": ("multiply",), "tile": ("repeat",), "repeat": ("tile",), "tanh": ("cosh",), "argmin": ("argmax",),
}  # fmt: skip
_REDUCING = frozenset({"sum", "mean", "max", "min", "prod", "std", "var", "argmax", "cumsum"})
_PRODUCTS = frozenset({"dot", "matmul", "outer", "subtract", "divide", "multiply"})


def calls(node: ast.expr, scope: Scope) -> Iterator[Change]:
    if not isinstance(node, ast.Call):
        return
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    for twin in _TWINS.get(name, ()):
        kind = Kind.MEAN if {name, twin} == {"sum", "mean"} else Kind.FUNCTION
        new = altered(function, attr=twin) if isinstance(function, ast.Attribute) else ast.Name(twin, ast.Load())
        yield altered(node, func=new), kind, 0.9
    if len(node.args) == 1 and not node.keywords:
        own = ast.unparse(function)
        for other in scope.functions:
            if other != own:
                yield altered(node, func=expression(other)), Kind.FUNCTION, 1.0
        if not isinstance(function, ast.Attribute) or isinstance(function.value, ast.Name):
            yield node.args[0], Kind.FUNCTION, 0.9
    if len(node.args) > 1 and is_value(node.args[0]) and not isinstance(node.args[0], ast.Constant):
        yield node.args[0], Kind.FUNCTION, 1.0
    if name == "einsum":
        yield from _letters(node)
    if len(node.args) == 2:
        a, b = node.args
        if name in _PRODUCTS or not isinstance(function, ast.Attribute):
            yield altered(node, args=[b, a]), Kind.ORDER, 0.9
        if name in ("dot", "matmul", "outer"):
            yield altered(node, args=[turned(b), turned(a)]), Kind.TRANSPOSE, 0.9
    if isinstance(function, ast.Attribute):
        if name == "dot" and len(node.args) == 1:
            yield ast.BinOp(function.value, ast.Mult(), node.args[0]), Kind.OPERATOR, 1.0
            yield altered(node, func=altered(function, value=node.args[0]), args=[function.value]), Kind.ORDER, 0.9
            swapped = altered(function, value=turned(node.args[0]))
            yield altered(node, func=swapped, args=[turned(function.value)]), Kind.TRANSPOSE, 0.95
        if name in ("copy", "T", "transpose", "ravel", "flatten", "reshape", "squeeze") and is_value(function.value):
            yield function.value, Kind.SHAPE, 0.9
        if is_value(function.value) and not _is_module_like(function.value):
            yield function.value, Kind.SUM if name in _REDUCING else Kind.FUNCTION, 1.0
    if name in _REDUCING:
        yield from _axes(node)


def _letters(node: ast.Call) -> Iterator[Change]:
    """Another index at one place of an einsum."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        text = first.value
        for at, letter in enumerate(text):
            for other in sorted({c for c in text if c.isalpha()} - {letter}) if letter.isalpha() else ():
                changed = ast.Constant(f"{text[:at]}{other}{text[at + 1 :]}")
                yield altered(node, args=[changed, *node.args[1:]]), Kind.INDEX, 0.9


def _is_module_like(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math", "jnp", "jax", "torch", "F")


_AXIS, _KEEP = ("axis", "dim"), ("keepdims", "keepdim")  # NumPy's word, and PyTorch's


def _axes(node: ast.Call) -> Iterator[Change]:
    """Another axis, none, or axes kept; in the word that the call uses already."""
    words = [k.arg for k in node.keywords]
    of_torch = bool({"dim", "keepdim"} & set(words))
    others = [k for k in node.keywords if k.arg not in _AXIS]
    positional = len(node.args) > (1 if _is_module_like(getattr(node.func, "value", node)) else 0)
    axes = [k.value for k in node.keywords if k.arg in _AXIS]
    start = node.args[: 1 if _is_module_like(getattr(node.func, "value", node)) else 0]
    own = ast.unparse(axes[0]) if axes else ast.unparse(node.args[len(start)]) if positional else ""
    kept = ast.keyword(_KEEP[of_torch], ast.Constant(True))
    is_kept = any(k.arg in _KEEP for k in others)
    for far, axis in enumerate(("0", "1", "-1", "2", "(0, 2)", "(0, 2, 3)", "(0, 1)", "(1, 2)")):
        if axis != own and positional and not axes:
            there = [*start, expression(axis), *node.args[len(start) + 1 :]]
            yield altered(node, args=there), Kind.AXIS, 0.75 + 0.02 * far
        if axis != own:
            new = [ast.keyword(_AXIS[of_torch], expression(axis)), *others]
            yield altered(node, args=start, keywords=new), Kind.AXIS, (0.8 if own else 0.9) + 0.02 * far
            if not is_kept:
                yield altered(node, args=start, keywords=[*new, kept]), Kind.AXIS, 1.2 + 0.02 * far
    if own:
        yield altered(node, args=start, keywords=others), Kind.AXIS, 0.9
    if is_kept:
        yield altered(node, keywords=[k for k in node.keywords if k.arg not in _KEEP]), Kind.SHAPE, 0.8
    else:
        yield altered(node, keywords=[*node.keywords, kept]), Kind.SHAPE, 0.8
