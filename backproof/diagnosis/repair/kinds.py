"""The kinds of edits, and what every edit is made of."""

from __future__ import annotations

import ast
from enum import Enum
from functools import cache


class Kind(Enum):
    """What an edit changes."""

    NAME = "another variable"
    FACTOR = "a factor"
    EXTRA_FACTOR = "a factor too many"
    TERM = "a term"
    EXTRA_TERM = "a term too many"
    SIGN = "a sign"
    OPERATOR = "an operator"
    ORDER = "the order"
    TRANSPOSE = "a transpose"
    AXIS = "an axis"
    SUM = "a sum"
    MEAN = "1/n"
    CONSTANT = "a constant"
    FUNCTION = "a function"
    COMPARISON = "a comparison"
    INDEX = "an index"
    SHAPE = "a shape"
    ASSIGNMENT = "= or +="
    STATEMENT = "a statement"
    COPY = "a copy"
    FORMULA = "another formula"
    INSERTED = "a statement more"


Change = tuple[ast.expr, Kind, float]  # what stands at a place instead, what that changes, and how much


@cache
def expression(text: str) -> ast.expr:
    """An expression from its text; shared, so it is never changed."""
    made = ast.parse(text, mode="eval").body
    _SHARED.add(id(made))
    return made


_SHARED: set[int] = set()


def is_shared(node: ast.AST) -> bool:
    """Whether a node is all of an expression that ``expression`` has made, and lives as long as the process."""
    return id(node) in _SHARED


def is_value(node: ast.expr) -> bool:
    """Whether it may be an array or a number."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp | ast.Call | ast.UnaryOp | ast.IfExp)


def turned(node: ast.expr) -> ast.expr:
    """The transpose of a value."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())
