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
                if inside & all_lines and not inside & lines and not _is_aside(branch, function):
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


def _is_aside(branch: list[ast.stmt], function: ast.FunctionDef) -> bool:
    """Whether it is there for bad input, or for another use of the function: it returns another number of values."""
    last = branch[-1]
    returned = {_count(node) for node in ast.walk(function) if isinstance(node, ast.Return) and node is not last}
    return isinstance(last, ast.Raise) or (isinstance(last, ast.Return) and bool(returned - {_count(last)}))


def _count(returned: ast.Return) -> int:
    return len(returned.value.elts) if isinstance(returned.value, ast.Tuple) else int(returned.value is not None)
