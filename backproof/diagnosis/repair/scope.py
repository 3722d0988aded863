"""The words that an edit may use: the learner's own variables, functions and numbers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple


class Scope(NamedTuple):
    """The words that may be used.

    Attributes:
        atoms: variables, attributes and items with constant keys, nearest first.
        names: more of them, further away: what may stand in the place of another.
        functions: functions of one argument.
        constants: numbers.
        phrases: other expressions of the file, that some of these words occur in.
        counts: how many samples there may be in the example: a number by chance, which no constant should hold.
    """

    atoms: tuple[str, ...]
    names: tuple[str, ...]
    functions: tuple[str, ...]
    constants: tuple[float, ...]
    phrases: tuple[str, ...] = ()
    counts: frozenset[int] = frozenset()


def scope_of(function: ast.AST | None, tree: ast.Module, statement: ast.stmt, modules: Sequence[str]) -> Scope:
    """The words of a function: those nearest to the statement first."""
    found: dict[str, int] = {}
    functions: dict[str, None] = {}
    constants: dict[float, None] = {}
    known = {"np", "numpy", "math", *modules}
    home: ast.AST = tree if function is None else function
    owner = next((n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and function in n.body), None)
    inside_calls = {id(n.func) for n in ast.walk(owner or home) if isinstance(n, ast.Call)}
    for node in ast.walk(owner) if owner is not None else ():
        if (
            isinstance(node, ast.Attribute)
            and id(node) not in inside_calls
            and not isinstance(node.value, ast.Attribute)
        ):
            text = _atom(node, modules)
            if text is not None and text.startswith("self."):
                found.setdefault(text, abs(node.lineno - statement.lineno))
    for place in [home, *_around(function, tree)]:
        for node in ast.walk(place):
            if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and id(node) not in inside_calls:
                text = _atom(node, modules)
                if text is not None:
                    away = abs(node.lineno - statement.lineno)
                    found[text] = min(found.get(text, away), away)
        if isinstance(place, ast.FunctionDef):
            for argument in [*place.args.posonlyargs, *place.args.args, *place.args.kwonlyargs]:
                found.setdefault(argument.arg, abs(argument.lineno - statement.lineno))
    found |= dict.fromkeys(_never_read(home), 0)  # what is computed and forgotten
    for index in _turning(home, statement):
        if any(text.endswith(f"[{index}]") for text in found):  # what a loop over samples takes from the others
            for text, away in [*found.items()]:
                if text.isidentifier() and text != index:
                    found.setdefault(f"{text}[{index}]", away + _LESS_LIKELY)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) < 1e6:
            constants.setdefault(node.value, None)
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            name = ast.unparse(node.func)
            if "random" in name.split("."):
                continue  # it changes what it is handed, or gives something else each time
            if name.partition(".")[0] in known or isinstance(node.func, ast.Name):
                functions.setdefault(name, None)
        if isinstance(node, ast.FunctionDef) and len(node.args.args) == 1 and node.col_offset == 0:
            functions.setdefault(node.name, None)
    for name in [*functions]:
        home_of, _, last = name.rpartition(".")
        for other in RELATED.get(last, ()):
            functions.setdefault(f"{home_of}.{other}" if home_of else other, None)
    plain = [f for f in functions if f.rpartition(".")[2] not in _NO_FUNCTIONS]
    atoms = sorted(found, key=lambda text: (text == "_", found[text], len(text)))  # an underscore is for what is left
    phrases = tuple(text for text in _phrases(tree, statement) if text not in found)
    names, near = tuple(atoms[:_MOST_NAMES]), tuple(atoms[:_MOST_ATOMS])
    return Scope(near, names, tuple(plain[:12]), tuple(list(constants)[:12]), phrases[:_MOST_PHRASES])


_MOST_ATOMS, _MOST_NAMES = 30, 80
_MOST_PHRASES, _LONGEST_PHRASE = 60, 9  # expressions, and nodes of one


def _phrases(tree: ast.Module, statement: ast.stmt) -> list[str]:
    """Short expressions of the file that compute something, nearest first."""
    found: dict[str, int] = {}
    done = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # for what it changes
    for node in ast.walk(tree):
        if (
            id(node) not in done
            and isinstance(node, ast.BinOp | ast.Call | ast.UnaryOp | ast.Subscript)
            and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        ):
            parts = [*ast.walk(node)]
            names = [part for part in parts if isinstance(part, ast.Name)]
            if names and len([part for part in parts if isinstance(part, ast.expr)]) <= _LONGEST_PHRASE:
                text, away = ast.unparse(node), abs(node.lineno - statement.lineno)
                found[text] = min(found.get(text, away), away)
    return sorted(found, key=lambda text: (found[text], len(text)))


_LESS_LIKELY = 3  # lines further away


def _never_read(home: ast.AST) -> set[str]:
    """The variables of a function that it sets and never reads."""
    names = [node for node in ast.walk(home) if isinstance(node, ast.Name)]
    set_here = {node.id for node in names if isinstance(node.ctx, ast.Store) and not node.id.startswith("_")}
    return set_here - {node.id for node in names if isinstance(node.ctx, ast.Load)}


def _turning(home: ast.AST, statement: ast.stmt) -> list[str]:
    """The variables of the loops that a statement stands in."""
    return [
        node.target.id
        for node in ast.walk(home)
        if isinstance(node, ast.For)
        and isinstance(node.target, ast.Name)
        and any(inner is statement for inner in ast.walk(node))
    ]


def _around(function: ast.AST | None, tree: ast.Module) -> list[ast.FunctionDef]:
    """The functions that a function stands in, whose variables it may read."""
    return [
        outer
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef) and outer is not function and any(n is function for n in ast.walk(outer))
    ]


RELATED = {
    "abs": ("sign",), "absolute": ("sign",), "fabs": ("sign",), "sin": ("cos",), "cos": ("sin",), "tanh": ("cosh",),
    "cosh": ("sinh",), "sinh": ("cosh",), "tan": ("cos",), "arctan": ("square",),
}  # fmt: skip
_NO_FUNCTIONS = frozenset(
    [
        "example",
        "transpose",
        "print",
        "len",
        "range",
        "zeros",
        "ones",
        "zeros_like",
        "ones_like",
        "array",
        "asarray",
        "default_rng",
        "seed",
        "RandomState",
        "enumerate",
        "zip",
        "list",
        "reversed",
        "copy",
        "deepcopy",
        "dict",
        "tuple",
        "float",
        "int",
        "str",
        "sum",
        "max",
        "min",
        "mean",
        "argmax",
        "argsort",
        "empty",
        "shape",
        "isinstance",
        "super",
        "arange",
        "items",
        "append",
        "set",
        "sorted",
        "type",
        "any",
        "all",
    ]
)


def _atom(node: ast.expr, modules: Sequence[str]) -> str | None:
    """The text of a variable, an attribute, or an item with a constant or a plain name as its key."""
    if isinstance(node, ast.Name):
        return None if node.id in modules or node.id.startswith("__") else node.id
    if isinstance(node, ast.Attribute):
        base = _atom(node.value, modules)
        return None if base is None or node.attr in ("shape", "T", "size", "ndim", "dtype") else f"{base}.{node.attr}"
    if isinstance(node, ast.Subscript):
        index = node.slice
        simple = isinstance(index, ast.Constant | ast.Name) or (
            isinstance(index, ast.BinOp | ast.UnaryOp | ast.Tuple | ast.Slice)
            and not any(isinstance(n, ast.Call) for n in ast.walk(index))
        )
        base = _atom(node.value, modules)
        return ast.unparse(node) if simple and base is not None else None
    return None
