"""Guards: a small number in the loss, ``log(a + 1e-7)``, that the gradient leaves out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from backproof.diagnosis.calls.case import Case, Probe
from backproof.diagnosis.calls.pairing import Pair
from backproof.diagnosis.verdict.judging import judge
from backproof.replay.nodes import placed
from backproof.replay.patches import Edit

SMALL = 1e-3  # a guard is smaller, and so is what it changes in the gradient


class Guard(NamedTuple):
    """A small constant without which every gradient is right."""

    line: int
    text: str


def guard_of(case: Case, probe: Probe, pairs: tuple[Pair, ...]) -> Guard | None:
    """The guard that explains all differences: with it at 0, each gradient is the true one."""
    constants = list(_small_constants(case))
    if not constants or not _right_without(case, constants, probe, pairs):
        return None
    needed = constants
    for one in constants:
        fewer = [other for other in needed if other is not one]
        if fewer and _right_without(case, fewer, probe, pairs):
            needed = fewer
    first = needed[0]
    source = case.program.main
    around = _around(source.tree, first)
    return Guard(first.lineno, ast.unparse(around))


def _small_constants(case: Case) -> Iterator[ast.Constant]:
    for node in ast.walk(case.program.main.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < SMALL:
            yield node


def _right_without(case: Case, constants: list[ast.Constant], probe: Probe, pairs: tuple[Pair, ...]) -> bool:
    edits = [Edit(node, (placed(ast.Constant(0.0), node),)) for node in constants]
    try:
        return judge(case.patched(case.program.patched(*edits)), probe, pairs).all_right
    except Exception:
        return False


def _around(tree: ast.AST, constant: ast.Constant) -> ast.AST:
    """What the constant is a part of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.Call | ast.Assign) and any(
            c is constant for c in ast.iter_child_nodes(node)
        ):
            return node
    return constant
