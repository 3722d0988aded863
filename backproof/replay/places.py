"""The places of a program whose values can be recorded: expressions, variables read, variables just assigned."""

from __future__ import annotations

import ast
from typing import NamedTuple

KEY = "backproof_key"  # the attribute of a node that holds it


class Expression(NamedTuple):
    """A place of the program.

    Attributes:
        key: its number; the same in every world and in every patched version of the program.
        file: the path.
        line, column, end_line, end_column: where it stands; lines from 1, columns from 0, in characters.
        kind: "value" of an expression, "load" of a variable, or "store": the variable right after an assignment.
        function: the qualified name of the function or class that it stands in; "" at the top.
        text: the source text.
    """

    key: int
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    kind: str
    function: str
    text: str


class Spot(NamedTuple):
    """Where a place is in the syntax tree, for those who edit it; the nodes are never changed in place.

    Attributes:
        node: the expression itself.
        statement: the statement around it.
        function: the function around it; None at the top and in a class.
        tree: the whole file.
    """

    node: ast.expr
    statement: ast.stmt
    function: ast.FunctionDef | None
    tree: ast.Module


def key_of(node: ast.AST) -> int | None:
    """The key of a node of a program's tree; None for a node that is no place, or that an edit has made."""
    key: int | None = getattr(node, KEY, None)
    return key


def mark(node: ast.AST, key: int) -> None:
    """Give a node its key."""
    setattr(node, KEY, key)


class Lines:
    """The lines of a source text, for columns in characters and for the text of a node.

    Python counts the columns of its trees in bytes of UTF-8.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def column(self, line: int, offset: int) -> int:
        """The column in characters of an offset in bytes."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return offset if text.isascii() else len(text.encode()[:offset].decode(errors="replace"))

    def between(self, line: int, column: int, end_line: int, end_column: int) -> str:
        """The text between two places; columns in characters."""
        if line == end_line:
            return self._lines[line - 1][column:end_column]
        first, *middle, last = self._lines[line - 1 : end_line]
        return "\n".join([first[column:], *middle, last[:end_column]])

    def expression(self, key: int, file: str, node: ast.expr, kind: str, function: str, in_string: bool) -> Expression:
        """The place of a node; `in_string` where it stands in an f-string."""
        end_line, end_offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        where = (
            node.lineno,
            self.column(node.lineno, node.col_offset),
            end_line,
            self.column(end_line, end_offset),
        )
        # Python 3.11 and older place what is inside an f-string wrongly.
        text = ast.unparse(node) if in_string else self.between(*where)
        return Expression(key, file, *where, kind, function, text)
