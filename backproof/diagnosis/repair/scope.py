"""The words that an edit may use: the learner's own variables, functions and numbers."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
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


class Vocabulary:
    """The words of a function and of the file around it, to be sorted for each of its statements.

    Args:
        function: None at the top of the file.
        modules: the names that ``import`` binds.
    """

    def __init__(self, function: ast.AST | None, tree: ast.Module, modules: Sequence[str]) -> None:
        self._home: ast.AST = tree if function is None else function
        self._variables = _variables(self._home, function, tree, modules)
        self._forgotten = _never_read(self._home)
        self._functions = _functions(tree, modules)
        self._constants = _constants(tree)
        self._phrases = _phrases(tree)

    def at(self, statement: ast.stmt) -> Scope:
        """What may be used in a statement, nearest first."""
        found = _distances(self._variables, statement)
        found |= dict.fromkeys(self._forgotten, 0)  # what is computed and forgotten
        for index in _turning(self._home, statement):
            if any(text.endswith(f"[{index}]") for text in found):  # what a loop over samples takes from the others
                for text, away in [*found.items()]:
                    if text.isidentifier() and text != index:
                        found.setdefault(f"{text}[{index}]", away + _LESS_LIKELY)
        atoms = _nearest(found, last="_")  # an underscore is for what is left
        phrases = [text for text in _nearest(_distances(self._phrases, statement)) if text not in found]
        return Scope(
            tuple(atoms[:_MOST_ATOMS]),
            tuple(atoms[:_MOST_NAMES]),
            self._functions,
            self._constants,
            tuple(phrases[:_MOST_PHRASES]),
        )


_MOST_ATOMS, _MOST_NAMES, _MOST_OTHERS = 30, 80, 12
_MOST_PHRASES, _LONGEST_PHRASE = 60, 9  # expressions, and nodes of one
_LESS_LIKELY = 3  # lines further away

Lines = Mapping[str, Sequence[int]]  # where each text stands


def _distances(lines: Lines, statement: ast.stmt) -> dict[str, int]:
    return {text: min(abs(line - statement.lineno) for line in at) for text, at in lines.items()}


def _nearest(found: Mapping[str, int], last: str = "") -> list[str]:
    return sorted(found, key=lambda text: (text == last, found[text], len(text)))


def _variables(home: ast.AST, function: ast.AST | None, tree: ast.Module, modules: Sequence[str]) -> Lines:
    """Variables, attributes and items with constant keys: of the function, of those around it, of its object."""
    found = defaultdict[str, list[int]](list)
    owner = next((n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and function in n.body), None)
    inside_calls = {id(n.func) for n in ast.walk(owner or home) if isinstance(n, ast.Call)}
    for node in ast.walk(owner) if owner is not None else ():
        if isinstance(node, ast.Attribute) and id(node) not in inside_calls:
            text = None if isinstance(node.value, ast.Attribute) else _atom(node, modules)
            if text is not None and text.startswith("self."):
                found[text].append(node.lineno)
    for place in [home, *_around(function, tree)]:
        for node in ast.walk(place):
            if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and id(node) not in inside_calls:
                text = _atom(node, modules)
                if text is not None:
                    found[text].append(node.lineno)
        if isinstance(place, ast.FunctionDef):
            for argument in [*place.args.posonlyargs, *place.args.args, *place.args.kwonlyargs]:
                found[argument.arg].append(argument.lineno)
    return found


def _functions(tree: ast.Module, modules: Sequence[str]) -> tuple[str, ...]:
    """The functions of one argument that the file calls, and their kin."""
    found: dict[str, None] = {}
    known = {"np", "numpy", "math", *modules}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            name = ast.unparse(node.func)
            if "random" in name.split("."):
                continue  # it changes what it is handed, or gives something else each time
            if name.partition(".")[0] in known or isinstance(node.func, ast.Name):
                found.setdefault(name, None)
        if isinstance(node, ast.FunctionDef) and len(node.args.args) == 1 and node.col_offset == 0:
            found.setdefault(node.name, None)
    for name in [*found]:
        home_of, _, last = name.rpartition(".")
        for other in RELATED.get(last, ()):
            found.setdefault(f"{home_of}.{other}" if home_of else other, None)
    return tuple(f for f in found if f.rpartition(".")[2] not in _NO_FUNCTIONS)[:_MOST_OTHERS]


def _constants(tree: ast.Module) -> tuple[float, ...]:
    found = dict.fromkeys(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) < 1e6
    )
    return tuple(found)[:_MOST_OTHERS]


def _phrases(tree: ast.Module) -> Lines:
    """Short expressions of the file that compute something."""
    found = defaultdict[str, list[int]](list)
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
                found[ast.unparse(node)].append(node.lineno)
    return found


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
