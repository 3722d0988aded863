"""The edits: each changes one place of a program's text, and leaves the rest as it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Mutant(NamedTuple):
    """A program after one edit.

    Attributes:
        path: of the correct program.
        line: of the edit, in the correct program's text.
        kind: of the edit.
        old, new: what stood there, and what stands there now.
        text: of the whole program.
    """

    path: Path
    line: int
    kind: str
    old: str
    new: str
    text: str


OPERATORS = {
    ast.Add: ("-",), ast.Sub: ("+",), ast.Mult: ("/",), ast.Div: ("*",), ast.MatMult: ("*",), ast.Pow: ("*",),
}  # fmt: skip
COMPARISONS = {ast.Gt: ("<", ">="), ast.Lt: (">", "<="), ast.GtE: ("<",), ast.LtE: (">",), ast.Eq: ("!=",)}
SWAPPED = {
    "sum": "mean",
    "mean": "sum",
    "maximum": "minimum",
    "max": "min",
    "zeros_like": "ones_like",
    "dot": "multiply",
}


def mutants(path: Path, lines: set[int]) -> Iterator[Mutant]:
    """Every edit of these lines."""
    text = path.read_text()
    tree = ast.parse(text)
    seen = set()
    for start, end, new, kind in _edits(tree, text, lines):
        changed = text[:start] + new + text[end:]
        if changed in seen or changed == text:
            continue
        seen.add(changed)
        try:
            ast.parse(changed)
        except (SyntaxError, ValueError):
            continue
        line = text.count("\n", 0, start) + 1
        yield Mutant(path, line, kind, text[start:end], new, changed)


Place = tuple[int, int, str, str]  # from, to, the new text, the kind


def _edits(tree: ast.Module, text: str, lines: set[int]) -> Iterator[Place]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.Module | ast.ClassDef):
            names = _names(function) if isinstance(function, ast.FunctionDef) else []
            for block in _blocks(function):
                yield from _statements(block, text, lines)
            for node in _own(function):
                if getattr(node, "lineno", 0) in lines and isinstance(node, ast.expr):
                    yield from _expression(node, text, names)


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function itself, not in one inside of it; annotations and defaults left out."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.FunctionDef | ast.ClassDef | ast.arguments):
            continue
        yield child
        yield from _own(child)


def _blocks(function: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in [function, *_own(function)]:
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def _names(function: ast.FunctionDef) -> list[str]:
    """Variables of a function that are assigned or are its arguments."""
    stored = [n.id for n in _own(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys([*(a.arg for a in function.args.args if a.arg != "self"), *stored]))


class _Text:
    def __init__(self, text: str) -> None:
        self.starts = [0]
        for line in text.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.rows = text.split("\n")

    def at(self, line: int, column: int) -> int:
        """The position of a place; columns in bytes."""
        return self.starts[line - 1] + len(self.rows[line - 1].encode()[:column].decode(errors="replace"))


def _span(node: ast.AST, text: str) -> tuple[int, int]:
    where = _Text(text)
    return where.at(node.lineno, node.col_offset), where.at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def _expression(node: ast.expr, text: str, names: Iterable[str]) -> Iterator[Place]:
    start, end = _span(node, text)
    if isinstance(node, ast.BinOp):
        left_end, right_start = _span(node.left, text)[1], _span(node.right, text)[0]
        between = text[left_end:right_start]
        sign = {ast.MatMult: "@", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}.get(
            type(node.op)
        )
        if sign is not None and between.count(sign) == 1:
            for new in OPERATORS.get(type(node.op), ()):
                yield left_end, right_start, between.replace(sign, new), "operator"
        left, right = (text[slice(*_span(side, text))] for side in (node.left, node.right))
        if not isinstance(node.op, ast.Pow):
            yield start, end, f"({left})", "right side dropped"
            if not isinstance(node.op, ast.Div):
                yield start, end, f"({right})", "left side dropped"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield start, end, f"({text[slice(*_span(node.operand, text))]})", "sign"
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        near = [n for n in names if n != node.id and (n[:1] == node.id[:1] or len(n) == len(node.id))]
        for name in near[:3] if node.id in names else ():
            yield start, end, name, "name"
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield start, end, text[slice(*_span(node.value, text))], "transpose dropped"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult) and isinstance(node.left, ast.Name):
        at = _span(node.left, text)[1]
        yield at, at, ".T", "transpose added"
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for new in {0: ("1",), 1: ("0", "2"), 2: ("1", "3"), 0.5: ("1.0",), -1: ("0",)}.get(node.value, ("1",)):
            yield start, end, new, "constant"
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left_end, right_start = _span(node.left, text)[1], _span(node.comparators[0], text)[0]
        for new in COMPARISONS.get(type(node.ops[0]), ()):
            yield left_end, right_start, f" {new} ", "comparison"
    if isinstance(node, ast.Call):
        yield from _call(node, text)


def _call(node: ast.Call, text: str) -> Iterator[Place]:
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in SWAPPED:
        end = _span(function, text)[1]
        yield end - len(function.attr), end, SWAPPED[function.attr], "function"
    for keyword in node.keywords:
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            where = _span(keyword.value, text)
            yield (*where, "1" if keyword.value.value == 0 else "0", "axis")
    if isinstance(function, ast.Attribute) and function.attr in ("dot", "matmul", "outer") and len(node.args) == 2:
        a, b = (text[slice(*_span(arg, text))] for arg in node.args)
        yield _span(node.args[0], text)[0], _span(node.args[1], text)[1], f"{b}, {a}", "order"


def _statements(block: list[ast.stmt], text: str, lines: set[int]) -> Iterator[Place]:
    for statement, after in zip(block, [*block[1:], None], strict=False):
        if statement.lineno not in lines:
            continue
        start, end = _span(statement, text)
        own = text[start:end]
        if isinstance(statement, ast.AugAssign):
            target_end, value_start = _span(statement.target, text)[1], _span(statement.value, text)[0]
            yield target_end, value_start, " = ", "+= to ="
            if isinstance(statement.op, ast.Add):
                yield target_end, value_start, " -= ", "operator"
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
            target_end, value_start = _span(statement.targets[0], text)[1], _span(statement.value, text)[0]
            yield target_end, value_start, " += ", "= to +="
        if isinstance(statement, ast.AugAssign | ast.Assign | ast.Expr) and len(block) > 1:
            yield start, end, "pass", "statement removed"
        simple = ast.Assign | ast.AugAssign
        if isinstance(statement, simple) and isinstance(after, simple) and after.lineno in lines:
            next_start, next_end = _span(after, text)
            swapped = text[next_start:next_end] + text[end:next_start] + own
            yield start, next_end, swapped, "statements swapped"
