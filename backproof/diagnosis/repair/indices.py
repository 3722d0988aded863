"""Edits of indices: which rows, which columns, which step in time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backproof.diagnosis.repair.kinds import Change, Kind, expression
from backproof.replay.nodes import altered


def indices(node: ast.expr) -> Iterator[Change]:
    """Another slice, none, or one the other way round."""
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


def index_parts(node: ast.AST) -> Iterator[ast.expr]:
    """What counts: an index, the bounds of a range."""
    if isinstance(node, ast.Subscript):
        yield node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        yield from node.args


def next_to(node: ast.expr) -> Iterator[ast.expr]:
    """One further, one back; one sample more or less."""
    if isinstance(node, ast.Name | ast.BinOp):
        for op in (ast.Sub(), ast.Add()):
            yield ast.BinOp(node, op, ast.Constant(1))


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
