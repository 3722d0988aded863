"""Where a program hands on an array itself, to be written into: ``np.add.at(dW, words, d)``, ``row = dW[0]``."""

from __future__ import annotations

import ast
import contextlib

from backproof.replay.loading import Program

_MOVING = frozenset({"reshape", "ravel", "view", "transpose", "swapaxes", "squeeze"})


def written_into(program: Program) -> frozenset[int]:
    """The places whose arrays may be written into through another name, or by what they are handed to."""
    found = set()
    for place in program.expressions:
        with contextlib.suppress(KeyError):  # a patch has removed it
            if _hands_on(program.node(place.key).statement):
                found.add(place.key)
    return frozenset(found)


def _hands_on(statement: ast.stmt) -> bool:
    """Whether a statement computes nothing: a call for its effect alone, or another name for the same array."""
    if isinstance(statement, ast.Expr):
        return True
    if isinstance(statement, ast.Assign):
        return _moves(statement.value) or any(k.arg == "out" for k in ast.walk(statement) if isinstance(k, ast.keyword))
    return False


def _moves(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in _MOVING and _moves(node.func.value)
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute | ast.Subscript) and _moves(node.value))
