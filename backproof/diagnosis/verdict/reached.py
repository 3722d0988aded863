"""Branches that no set of numbers has reached: nothing is known of what stands in them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from backproof.replay.loading import Program


def unreached(program: Program, passed: Collection[int]) -> list[int]:
    """The first lines of branches of the program's own file that were never taken, though their function was called.

    Args:
        passed: the keys of all places that were passed.
    """
    own = str(program.path)
    all_lines = {place.line for place in program.expressions if place.file == own}
    lines = {program.expressions[key].line for key in passed if program.expressions[key].file == own}
    found = []
    for function in ast.walk(program.main.tree):
        if isinstance(function, ast.FunctionDef) and lines & _lines(function.body):
            for branch in _branches(function):
                inside = _lines(branch)
                if inside & all_lines and not inside & lines and not _only_raises(branch):
                    found.append(branch[0].lineno)
    return sorted(set(found))


def _branches(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(function):
        if isinstance(node, ast.If):
            yield node.body
            if node.orelse:
                yield node.orelse


def _lines(block: list[ast.stmt]) -> set[int]:
    return set(range(block[0].lineno, (block[-1].end_lineno or block[-1].lineno) + 1))


def _only_raises(branch: list[ast.stmt]) -> bool:
    """Whether it is there for bad input."""
    return isinstance(branch[-1], ast.Raise)
