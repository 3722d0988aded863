"""A learner's program: a file and the modules beside it, parsed once, and loaded into a world as often as wanted.

In the float world it computes as it always did; in the exact world ``numpy`` and its like are stand-ins. Nothing of
the real modules changes: each file gets builtins of its own, and with them an ``import`` of its own.
"""

from __future__ import annotations

import ast
import builtins
import copy
import itertools
import sys
import threading
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from backproof.replay.imports import Imports
from backproof.replay.instrument import Hooks
from backproof.replay.patches import Edit, patched
from backproof.replay.places import Expression, Lines, Spot, key_of, mark
from backproof.replay.sources import Source, Unit, read

_numbers = itertools.count(1)


class World(Protocol):
    """What a program is loaded into."""

    @property
    def exact(self) -> bool:
        """Whether Python's own arithmetic goes through a hook."""

    @property
    def modules(self) -> Mapping[str, types.ModuleType]:
        """Stand-ins by dotted name."""

    @property
    def builtins(self) -> Mapping[str, Any]:
        """Stand-ins for Python's own functions and types."""

    @property
    def hooks(self) -> Mapping[str, Callable[..., Any]]:
        """By the names in ``instrument``."""


class Program:
    """A program, and the names of the places in it.

    Args:
        path: a Python file or a notebook.
        text: what is in it, where that is known already.

    Attributes:
        expressions: every place; its key is its position. A module beside the file adds its own when it is imported.

    Raises:
        ProgramError: it cannot be read or is not Python.
    """

    def __init__(self, path: str | Path, text: str | None = None) -> None:
        self.path = Path(path).absolute()
        self.folder = self.path.parent
        self.expressions: list[Expression] = []
        self._read: dict[Path, Source] = {}
        self._patched: dict[Path, Source] = {}
        self._lock = threading.RLock()
        self.source(self.path, text)

    def source(self, path: Path, text: str | None = None) -> Source:
        """A file of the program; its text is read unless it is given.

        Raises:
            ProgramError: it cannot be read or is not Python.
        """
        if path in self._patched:
            return self._patched[path]
        with self._lock:
            if path not in self._read:
                source = read(path, text)
                self._name(source)
                self._read[path] = source
            return self._read[path]

    @property
    def main(self) -> Source:
        """The file itself."""
        return self.source(self.path)

    @property
    def trees(self) -> Mapping[Path, ast.Module]:
        """The trees of all its files that were read."""
        return {path: source.tree for path, source in {**self._read, **self._patched}.items()}

    def _name(self, source: Source) -> None:
        """Give every place in a file its key."""
        lines, file = Lines(source.text), str(source.path)
        strings = [node for node in ast.walk(source.tree) if isinstance(node, ast.JoinedStr)]
        in_strings = {id(node) for string in strings for node in ast.walk(string)}

        def name(node: ast.expr, kind: str, function: str) -> int:
            key = key_of(node)
            if key is None:
                key = len(self.expressions)
                mark(node, key)
                self.expressions.append(lines.expression(key, file, node, kind, function, id(node) in in_strings))
            return key

        Hooks(name, False, source.modules).block(source.tree.body)

    def node(self, key: int) -> Spot:
        """Where a place stands in the tree.

        Raises:
            KeyError: a patch has removed it.
        """
        spot = self.source(Path(self.expressions[key].file)).spot(key)
        if spot is None:
            raise KeyError(key)
        return spot

    def variable(self, key: int) -> str | None:
        """The variable that holds what a place computes, if that is all it holds; None in patched statements too."""
        if self.expressions[key].kind == "store":
            return self.expressions[key].text
        spot = self.source(Path(self.expressions[key].file)).spot(key)
        statement = spot.statement if spot else None
        if not isinstance(statement, ast.Assign) or spot is None or statement.value is not spot.node:
            return None
        return ast.unparse(statement.targets[0]) if len(statement.targets) == 1 else None

    def cell(self, key: int) -> tuple[int, int] | None:
        """The code cell of a notebook that a place stands in, and the line in it, from 1; None in a Python file."""
        place = self.expressions[key]
        return self.source(Path(place.file)).cell(place.line)

    def patched(self, *edits: Edit, path: Path | None = None) -> Program:
        """The same program with some edits in one file, by default the program's own; this one stays as it is.

        Raises:
            ValueError: an edit's old node is not in the file.
        """
        path = self.path if path is None else path
        new = copy.copy(self)
        new._patched = {**self._patched, path: patched(self.source(path), edits)}
        return new

    def hooked(self, path: Path, tree: ast.Module, exact: bool, only: frozenset[int] | None = None) -> ast.Module:
        """A tree of this file with hooks: all, or those of some keys only."""

        def key(node: ast.expr, kind: str, function: str) -> int | None:
            known = key_of(node)
            return known if only is None or known in only else None

        hooks = Hooks(key, exact, self.source(path).modules)
        return ast.fix_missing_locations(ast.Module(hooks.block(tree.body), []))

    def codes(self, path: Path, exact: bool, only: frozenset[int] | None = None) -> list[types.CodeType]:
        """A file compiled with hooks, statement by statement; what was compiled before is not compiled again."""
        source = self.source(path)
        return [self._code(source, unit, exact, only) for unit in source.units]

    def _code(self, source: Source, unit: Unit, exact: bool, only: frozenset[int] | None) -> types.CodeType:
        variant = exact, only.intersection(unit.places) if only else only
        code = unit.codes.get(variant)
        if code is None:
            tree = ast.Module([unit.statement], [])
            if exact or variant[1] != frozenset():
                tree = self.hooked(source.path, tree, *variant)
            code = compile(tree, str(source.path), "exec", source.flags, dont_inherit=True)
            unit.codes[variant] = code
        return code

    def load(self, world: World, only: frozenset[int] | None = None) -> Loaded:
        """Run the file in a world, with the hooks of some keys only if `only` is given; what it raises comes out."""
        return Loaded(self, world, only)


class Loaded:
    """A program that was loaded.

    Attributes:
        namespace: the names in its file.
    """

    def __init__(self, program: Program, world: World, only: frozenset[int] | None) -> None:
        self._program, self._world, self._only = program, world, only
        self._name = f"backproof_program_{next(_numbers)}"
        self._imports = Imports(program.folder, world.modules, self._run)
        self.namespace: dict[str, Any] = {}
        try:
            self.namespace = self._run("", program.path, False).__dict__
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Forget the modules: classes in them can no longer be pickled."""
        for module in self._imports.modules.values():
            sys.modules.pop(module.__name__, None)

    def replace_hook(self, name: str, hook: Callable[..., Any]) -> None:
        """Let another function be called by the hooks of this name."""
        for module in self._imports.modules.values():
            module.__dict__[name] = hook

    def __enter__(self) -> Loaded:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _run(self, local: str, path: Path, is_package: bool) -> types.ModuleType:
        """A module of the program, by its dotted name below the program's folder: "" is the file itself."""
        module = types.ModuleType(f"{self._name}.{local}" if local else self._name)
        package = local if is_package else local.rpartition(".")[0]
        module.__dict__.update(
            __file__=str(path),
            __package__=f"{self._name}.{package}" if package else self._name,
            __builtins__={**vars(builtins), **self._world.builtins, "__import__": self._imports.import_},
            **self._world.hooks,
        )
        if is_package:
            module.__path__ = [str(path.parent)]
        self._imports.modules[local] = sys.modules[module.__name__] = module
        try:
            if not path.is_dir():  # a folder without an __init__.py has nothing to run
                for code in self._program.codes(path, self._world.exact, self._only):
                    exec(code, module.__dict__)
        except BaseException:
            del self._imports.modules[local], sys.modules[module.__name__]
            raise
        return module
