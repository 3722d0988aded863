"""The text of a program: a Python file, or the code cells of a notebook one after the other."""

from __future__ import annotations
import __future__

import ast
import json
import linecache
import tokenize
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from backproof.replay.places import Spot, key_of

MOST_BYTES = 4_000_000  # of one source file
_AROUND_PYTHON = frozenset({"%%time", "%%timeit", "%%capture", "%%prun"})  # IPython runs what follows as Python


class ProgramError(ValueError):
    """The file cannot be read as a program; the text is one sentence, the line is where."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(frozen=True, eq=False)
class Unit:
    """One statement at the top of a file; compiled apart, so that a patch costs one function and not the file.

    Attributes:
        statement: its tree.
        codes: compiled, by variant.
    """

    statement: ast.stmt
    codes: dict[tuple[bool, frozenset[int] | None], types.CodeType] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[int, tuple[ast.expr, ast.stmt, ast.FunctionDef | None]]:
        """Each place by its key, with the statement and the function around it."""
        return dict(_places(self.statement, self.statement, None))

    @cached_property
    def functions(self) -> tuple[ast.FunctionDef | ast.Lambda, ...]:
        """Every function in it."""
        return tuple(node for node in ast.walk(self.statement) if isinstance(node, ast.FunctionDef | ast.Lambda))


def _places(node: ast.AST, statement: ast.stmt, function: ast.FunctionDef | None) -> Iterator[tuple[int, Any]]:
    statement = node if isinstance(node, ast.stmt) else statement
    key = key_of(node)
    if key is not None:
        yield key, (node, statement, function)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = node if isinstance(node, ast.FunctionDef) else None
    for child in ast.iter_child_nodes(node):
        yield from _places(child, statement, function)


@dataclass(frozen=True, eq=False)
class Source:
    """A file of a program.

    Attributes:
        path: where it is.
        text: what is in it; of a notebook, its code.
        tree: parsed.
        units: the statements at its top.
        modules: names that ``import`` binds in it.
        cells: of a notebook, the first line of each code cell.
    """

    path: Path
    text: str
    tree: ast.Module
    units: tuple[Unit, ...]
    modules: frozenset[str]
    cells: tuple[int, ...] = ()

    @cached_property
    def flags(self) -> int:
        """What ``from __future__`` asks of the compiler."""
        names = (
            name.name
            for node in self.tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for name in node.names
        )
        return sum({getattr(__future__, name).compiler_flag for name in names if hasattr(__future__, name)})

    def cell(self, line: int) -> tuple[int, int] | None:
        """The number of the code cell and the line in it, both from 1; None in a Python file."""
        number = sum(start <= line for start in self.cells)
        return (number, line - self.cells[number - 1] + 1) if number else None

    def spot(self, key: int) -> Spot | None:
        """Where the place with this key is."""
        for unit in self.units:
            if key in unit.places:
                return Spot(*unit.places[key], self.tree)
        return None


def read(path: Path, text: str | None = None) -> Source:
    """A file, parsed; its text is read unless it is given.

    Raises:
        ProgramError: it cannot be read or is not Python.
    """
    text, cells = _text(path) if text is None else (text, ())
    try:
        tree = ast.parse(text, str(path))
    except SyntaxError as error:
        raise ProgramError(f"{path.name} is not Python: {error.msg}", error.lineno) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProgramError(f"{path.name} is not Python: {error}") from None
    if cells:  # tracebacks show lines of the code, not of the JSON
        linecache.cache[str(path)] = (len(text), None, text.splitlines(keepends=True), str(path))
    return Source(path, text, tree, tuple(map(Unit, tree.body)), module_names(tree), cells)


def _text(path: Path) -> tuple[str, tuple[int, ...]]:
    try:
        if not path.is_file():
            raise ProgramError(f"{path.name} is not a file" if path.exists() else f"there is no file {path}")
        if path.stat().st_size > MOST_BYTES:
            raise ProgramError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB, which no program is")
        if path.suffix == ".ipynb":
            return _notebook(json.loads(path.read_text("utf-8-sig")))
        with tokenize.open(path) as file:
            return file.read(), ()
    except OSError as error:
        raise ProgramError(f"{path.name} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, SyntaxError, json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ProgramError(f"{path.name} is not a Python file or a notebook: {error}") from None


def _notebook(notebook: Any) -> tuple[str, tuple[int, ...]]:
    lines: list[str] = []
    starts: list[int] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            starts.append(len(lines) + 1)
            lines += _code("".join(cell["source"])).split("\n")
    return "\n".join(lines) + "\n", tuple(starts)


def _code(cell: str) -> str:
    """A cell as Python: its commands (``%``, ``!``, ``?``) do nothing; a ``%%bash`` cell has no code at all."""
    command = (cell.split(maxsplit=1) or [""])[0]
    if command.startswith("%%") and command not in _AROUND_PYTHON:
        return ""
    lines = cell.split("\n")
    while (number := _error_line("\n".join(lines))) is not None:
        line = lines[number - 1].strip() if number <= len(lines) else ""
        if not (line.startswith(("%", "!")) or line.endswith("?")):
            break  # a mistake in the program: it is said when the whole is parsed
        lines[number - 1] = lines[number - 1].partition(line)[0] + "pass"
    return "\n".join(lines)


def _error_line(text: str) -> int | None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 1
    except ValueError:
        return None
    return None


def module_names(tree: ast.Module) -> frozenset[str]:
    """The names that ``import`` binds in a file."""
    names = (name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names)
    return frozenset((name.asname or name.name).partition(".")[0] for name in names)
