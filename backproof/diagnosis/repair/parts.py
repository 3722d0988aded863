"""The expressions inside of an expression, each with what puts another in its place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from backproof.replay.nodes import altered

Make = Callable[[ast.expr], ast.expr]  # from what stands at a place to the whole expression

_NO_VALUES = ("r_", "c_", "s_", "newaxis")  # of NumPy


def places(node: ast.expr) -> Iterator[tuple[ast.expr, Make]]:
    """Every expression inside of this one, with what puts another in its place."""
    if isinstance(node, ast.Attribute) and node.attr in _NO_VALUES:
        return
    yield node, lambda new: new
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Call) and name == "func":
            if isinstance(value, ast.Attribute):
                for inner, make in places(value.value):
                    yield inner, _through(node, "func", value, make)
            continue
        if isinstance(value, ast.expr):
            for inner, make in places(value):
                yield inner, _in_field(node, name, make)
        elif isinstance(value, list):
            for position, part in enumerate(value):
                if isinstance(part, ast.expr):
                    for inner, make in places(part):
                        yield inner, _in_list(node, name, value, position, make)
                elif isinstance(part, ast.comprehension):
                    for inner, make in places(part.iter):
                        yield inner, _in_comprehension(node, value, position, part, make)
                elif isinstance(part, ast.keyword) and part.arg not in ("axis", "dim", "keepdims", "keepdim"):
                    for inner, make in places(part.value):
                        yield inner, _in_keyword(node, value, position, part, make)


def _through(node: ast.expr, name: str, value: ast.Attribute, make: Make) -> Make:
    return lambda new: altered(node, **{name: altered(value, value=make(new))})


def _in_field(node: ast.expr, name: str, make: Make) -> Make:
    return lambda new: altered(node, **{name: make(new)})


def _in_list(node: ast.expr, name: str, parts: list[Any], position: int, make: Make) -> Make:
    return lambda new: altered(node, **{name: [*parts[:position], make(new), *parts[position + 1 :]]})


def _in_keyword(node: ast.expr, parts: list[Any], position: int, part: ast.keyword, make: Make) -> Make:
    def made(new: ast.expr) -> ast.expr:
        return altered(node, keywords=[*parts[:position], altered(part, value=make(new)), *parts[position + 1 :]])

    return made


def _in_comprehension(node: ast.expr, parts: list[Any], position: int, part: ast.comprehension, make: Make) -> Make:
    def made(new: ast.expr) -> ast.expr:
        return altered(node, generators=[*parts[:position], altered(part, iter=make(new)), *parts[position + 1 :]])

    return made
