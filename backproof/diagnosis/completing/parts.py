"""What stands in a file: its functions, by the names that they take and give."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

LOSS = re.compile(r"cost|loss|error|objective|criterion|cross_?entropy|mse", re.IGNORECASE)
BACK = re.compile(r"back|grad|deriv", re.IGNORECASE)
VALUE = re.compile(r"(cost|loss|J|L)$", re.IGNORECASE)
INITIAL = re.compile(r"_*(init|create|make|build|random)", re.IGNORECASE)
TRAINS = re.compile(r"epochs?|iter|learning_?rate|l_?rate$|lr$|alpha$|eta$|batches|steps$", re.IGNORECASE)


class Part(NamedTuple):
    """A function.

    Attributes:
        name: of the function.
        takes: its parameters without a default.
        optional: those with one, and the expressions of the defaults.
        gives: the names that it returns; "" for other expressions.
        calls: the names of what it calls.
    """

    name: str
    takes: tuple[str, ...]
    optional: tuple[tuple[str, ast.expr], ...]
    gives: tuple[str, ...]
    calls: frozenset[str]

    @property
    def trains(self) -> bool:
        """Whether it takes steps: it has a rate or a number of turns."""
        return any(TRAINS.search(name) for name in (*self.takes, *(name for name, _ in self.optional)))

    @property
    def is_loss(self) -> bool:
        """Whether it gives a loss alone."""
        named = LOSS.search(self.name) or any(VALUE.match(name) for name in self.gives)
        return len(self.gives) == 1 and bool(named) and not BACK.search(self.name)


def parts_of(tree: ast.Module | ast.ClassDef) -> list[Part]:
    """The functions at the top of a file, or the methods of a class."""
    return [part_of(node) for node in tree.body if isinstance(node, ast.FunctionDef)]


def part_of(function: ast.FunctionDef) -> Part:
    """A function by its names."""
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    needed = len(arguments) - len(function.args.defaults)
    returned = [node for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    last = max(returned, key=lambda node: node.lineno).value if returned else None
    values = last.elts if isinstance(last, ast.Tuple) else [last] if last is not None else []
    called = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return Part(
        function.name,
        tuple(arguments[:needed]),
        tuple(zip(arguments[needed:], function.args.defaults, strict=True)),
        tuple(v.id if isinstance(v, ast.Name) else "" for v in values),
        frozenset(
            f.id if isinstance(f, ast.Name) else f.attr for f in called if isinstance(f, ast.Name | ast.Attribute)
        ),
    )


def _name(function: ast.Name | ast.Attribute) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr


def found_in(tree: ast.Module) -> str:
    """What a file has instead, in words: its functions, and its classes with their methods."""
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    classes = [_with_methods(node) for node in tree.body if isinstance(node, ast.ClassDef)]
    said = [
        f"{'the functions' if len(functions) > 1 else 'the function'} {', '.join(functions[:6])}" if functions else "",
        f"{'the classes' if len(classes) > 1 else 'the class'} {', '.join(classes[:6])}" if classes else "",
    ]
    found = " and ".join(words for words in said if words)
    return f"; what was found: {found}" if found else ", and no other function or class"


def _with_methods(node: ast.ClassDef) -> str:
    methods = [one.name for one in node.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")]
    return f"{node.name} with {', '.join(methods[:6])}" if methods else node.name
