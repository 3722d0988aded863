"""Nodes of a syntax tree made from others, which stay as they are."""

from __future__ import annotations

import ast
from typing import Any, TypeVar

from backproof.replay.places import KEY

Node = TypeVar("Node", bound=ast.AST)


def altered(node: Node, **fields: Any) -> Node:
    """The same node, at the same place, with some other fields and without a key."""
    new: Node = ast.AST.__new__(type(node))
    vars(new).update(vars(node), **fields)
    vars(new).pop(KEY, None)
    return new


def same_or(new: list[Any], before: list[Any]) -> list[Any]:
    """The list before, where nothing in the new one is new."""
    same = len(new) == len(before) and all(a is b for a, b in zip(new, before, strict=True))
    return before if same else new


def placed(new: Node, where: ast.AST) -> Node:
    """A new node, and all that is new in it, at the place of another."""
    return ast.fix_missing_locations(ast.copy_location(new, where))


def assign(where: ast.stmt, target: ast.expr, value: ast.expr) -> ast.stmt:
    """An assignment at the place of another statement; what is new inside of it gets its place when all is made."""
    return ast.copy_location(ast.Assign([target], value), where)


def call(name: str, where: ast.AST, *arguments: ast.expr) -> ast.Call:
    """The call of a function by its name; what is new inside of it gets its place when all is made."""
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), list(arguments), []), where)
