"""``backprop`` for a file that has only its parts: functions that forward, loss and backward are spread over.

The functions are joined by names: what one returns as ``cache`` another takes as ``cache``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

LOSS = re.compile(r"cost|loss|error|objective|criterion|cross_?entropy|mse", re.IGNORECASE)
BACK = re.compile(r"back|grad|deriv", re.IGNORECASE)
SIZES = (
    (re.compile("hid", re.IGNORECASE), "6"),
    (re.compile("out|class", re.IGNORECASE), "{outputs}"),
    (re.compile("in|dim|feat", re.IGNORECASE), "8"),
)
VALUE = re.compile(r"(cost|loss|J|L)$", re.IGNORECASE)


class Part(NamedTuple):
    """A function of the file: its parameters without a default, and the names that it returns."""

    name: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]


def parts_of(tree: ast.Module) -> list[Part]:
    """The functions at the top of a file."""
    return [_part(node) for node in tree.body if isinstance(node, ast.FunctionDef)]


def _part(function: ast.FunctionDef) -> Part:
    arguments = [*function.args.posonlyargs, *function.args.args]
    takes = tuple(argument.arg for argument in arguments[: len(arguments) - len(function.args.defaults)])
    returned = [node for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    last = max(returned, key=lambda node: node.lineno).value if returned else None
    values = last.elts if isinstance(last, ast.Tuple) else [last] if last is not None else []
    return Part(function.name, takes, tuple(v.id if isinstance(v, ast.Name) else "" for v in values))


def joined(tree: ast.Module) -> str | None:
    """The text of a function ``backprop`` that calls the file's own functions; None where names do not join them."""
    parts = parts_of(tree)
    back = _chosen([part for part in parts if BACK.search(part.name) and part.takes])
    loss = _chosen([part for part in parts if part is not back and _is_loss(part)])
    if back is None or loss is None:
        return None
    parts = _named(parts, back)
    lines: list[str] = []
    free: dict[str, None] = {}
    known: set[str] = set()
    for name in (*loss.takes, *back.takes):
        _provide(name, parts, (back.name, loss.name), lines, free, known, ())
    lines.append(f"loss = {loss.name}({', '.join(loss.takes)})")
    arguments = ", ".join(free)
    body = "\n".join(f"    {line}" for line in lines)
    return f"def backprop({arguments}):\n{body}\n    return loss, {back.name}({', '.join(back.takes)})\n"


def _named(parts: Sequence[Part], back: Part) -> list[Part]:
    """The same parts; what one returns without a name is what only the backward part takes: its cache."""
    others = [part for part in parts if part is not back]
    taken = {name for part in others for name in (*part.takes, *part.gives)}
    wanted = [name for name in back.takes if name not in taken]
    named = []
    for part in parts:
        gives = list(part.gives)
        if part is not back and len(gives) > 1:
            for place in [k for k, given in enumerate(gives) if not given]:
                gives[place] = wanted.pop(0) if wanted else ""
        named.append(part._replace(gives=tuple(gives)))
    return named


def _is_loss(part: Part) -> bool:
    several = len(part.gives) > 1
    return not several and bool(LOSS.search(part.name) or any(VALUE.match(name) for name in part.gives))


def _chosen(parts: Sequence[Part]) -> Part | None:
    """The one that takes most: the others are its helpers."""
    return max(parts, key=lambda part: len(part.takes), default=None)


def _provide(
    name: str,
    parts: Sequence[Part],
    apart: Sequence[str],
    lines: list[str],
    free: dict[str, None],
    known: set[str],
    waiting: tuple[str, ...],
) -> None:
    """Write the call that gives a name, after those that give what it takes; without one it becomes an argument."""
    if name in known:
        return
    giver = next((p for p in parts if p.name not in apart and name in p.gives and name not in p.takes), None)
    if giver is None or giver.name in waiting:
        free[name] = None
        known.add(name)
        return
    for taken in giver.takes:
        _provide(taken, parts, apart, lines, free, known, (*waiting, giver.name))
    targets = ", ".join(given or "_" for given in giver.gives)
    lines.append(f"{targets} = {giver.name}({', '.join(giver.takes)})")
    known.update(given for given in giver.gives if given)


class Built(NamedTuple):
    """A class whose method returns the loss and the gradients.

    Attributes:
        text: of a function ``backprop`` that calls it on an instance ``net``.
        made: how an instance is made, with ``{outputs}`` for the number of its outputs.
    """

    text: str
    made: str


def built(tree: ast.Module) -> Built | None:
    """The last class of a file that has such a method, and sizes for its constructor; None where there is none."""
    for node in reversed(tree.body):
        if isinstance(node, ast.ClassDef):
            methods = {n.name: n for n in node.body if isinstance(n, ast.FunctionDef)}
            sizes = _sizes(methods.get("__init__"))
            for name, method in methods.items():
                part = _part(method)
                if sizes is not None and len(part.gives) == 2 and VALUE.match(part.gives[0]) and len(part.takes) > 1:
                    labels, strengths = _optional(method)
                    arguments = ", ".join([*part.takes[1:], *labels])
                    given = ", ".join([arguments, *(f"{strength}=0.1" for strength in strengths)])
                    text = f"def backprop(net, {arguments}):\n    return net.{name}({given})\n"
                    return Built(text, f"{node.name}({', '.join(sizes)})")
    return None


def _sizes(constructor: ast.FunctionDef | None) -> list[str] | None:
    """Small sizes for the parameters of a constructor that have no default; None where a name says no size."""
    sizes = []
    for name in _part(constructor).takes[1:] if constructor is not None else ():
        size = next((size for words, size in SIZES if words.search(name)), None)
        if size is None:
            return None
        sizes.append(size)
    return sizes


def _optional(method: ast.FunctionDef) -> tuple[list[str], list[str]]:
    """The labels, whose default is None, and strengths of 0.0, as of a regulariser, that would hide a mistake."""
    arguments = [*method.args.posonlyargs, *method.args.args]
    optional = list(zip(arguments[len(arguments) - len(method.args.defaults) :], method.args.defaults, strict=True))
    values = [(a.arg, default.value) for a, default in optional if isinstance(default, ast.Constant)]
    return [a for a, v in values if v is None][:1], [a for a, v in values if type(v) is float and v == 0]


def found_in(tree: ast.Module) -> str:
    """What a file has, in words: its functions and classes."""
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    said = [
        f"{'the functions' if len(functions) > 1 else 'the function'} {', '.join(functions[:6])}" if functions else "",
        f"{'the classes' if len(classes) > 1 else 'the class'} {', '.join(classes[:6])}" if classes else "",
    ]
    return " and ".join(words for words in said if words) or "no function and no class"
