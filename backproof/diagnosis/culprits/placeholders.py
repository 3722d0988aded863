"""Arrays of zeros that wait to be written into: where one is wrong, a statement that writes into it is."""

from __future__ import annotations

import ast

from backproof.replay.places import Spot


def writing_into(spot: Spot) -> list[Spot]:
    """The statements that write into the array that an expression makes; none where it is no array of zeros."""
    name = _name_of(spot)
    if name is None or spot.function is None:
        return []
    return [
        spot._replace(statement=node)
        for node in ast.walk(spot.function)
        if isinstance(node, ast.AugAssign | ast.Assign) and _writes(node, name) and node is not spot.statement
    ]


def _name_of(spot: Spot) -> str | None:
    """The variable that is set to an array of zeros, in a statement that may set several."""
    if not isinstance(spot.statement, ast.Assign) or len(spot.statement.targets) != 1:
        return None
    target, value = spot.statement.targets[0], spot.statement.value
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = [*zip(target.elts, value.elts, strict=True)]
    for one, made in pairs:
        if isinstance(one, ast.Name) and spot.node in (one, made) and is_placeholder(made):
            return one.id
    return None


def is_placeholder(node: ast.expr) -> bool:
    """Whether an expression only holds a place: ``np.zeros_like(W)``, ``0 * W``, ``None``."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).rpartition(".")[2] in ("zeros", "zeros_like", "empty", "empty_like", "full")
    numbers = [node.left, node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) else [node]
    return any(isinstance(number, ast.Constant) and not number.value for number in numbers)


def _writes(node: ast.AugAssign | ast.Assign, name: str) -> bool:
    """Whether a statement adds to a variable, or sets a part of it."""
    for target in [node.target] if isinstance(node, ast.AugAssign) else node.targets:
        inner: ast.expr = target
        while isinstance(inner, ast.Subscript):
            inner = inner.value
        is_part = inner is not target or isinstance(node, ast.AugAssign)
        if is_part and isinstance(inner, ast.Name) and inner.id == name:
            return True
    return False
