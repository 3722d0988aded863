"""Living functions and objects, and their twins in a world.

A function that is called from Python, from a notebook or from a test has no file of its own to be loaded again: its
source is compiled again with hooks, in a namespace of its own, and so are the functions and classes that it uses.
Libraries stay what they are, except those that have a stand-in.
"""

from __future__ import annotations

import ast
import builtins
import copy
import functools
import linecache
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from backproof.replay import creation, random_numbers, standins
from backproof.replay.foreign.living import stand_in_of
from backproof.replay.libraries import file_of, of_a_library
from backproof.replay.loading import Program
from backproof.replay.operands import is_traced
from backproof.replay.refusal import NotFollowed
from backproof.replay.sources import Source
from backproof.replay.world import ExactWorld, FloatWorld

_MAKE = "__backproof_make__"


class Twins:
    """Makes twins; each thing has one.

    Args:
        world: where they live.
        program: names the places in the functions, and may hold edits of them; by default the first function's file.
        only: the keys of the places that get hooks; None for all.
    """

    def __init__(
        self, world: ExactWorld | FloatWorld, program: Program | None = None, only: frozenset[int] | None = None
    ) -> None:
        self.world, self.program, self.only = world, program, only
        self._made: dict[int, Any] = {}
        self._alive: list[Any] = []  # ids are of living things only
        self._namespaces: dict[int, dict[str, Any]] = {}

    def of(self, thing: Any) -> Any:
        """The twin of anything.

        Raises:
            NotFollowed: a function whose source cannot be read.
        """
        if thing is None or (
            isinstance(thing, bool | int | float | complex | str | bytes) and not isinstance(thing, np.generic)
        ):
            return thing
        if id(thing) not in self._made:
            self._alive.append(thing)
            self._made[id(thing)] = thing  # until it is made, for things that hold themselves
            self._made[id(thing)] = self._twin(thing)
        return self._made[id(thing)]

    def _twin(self, thing: Any) -> Any:
        if is_traced(thing):
            return thing
        if isinstance(thing, np.ndarray | np.floating):
            return creation.lift(self.world.tape, thing) if isinstance(self.world, ExactWorld) else copy.copy(thing)
        if isinstance(thing, types.ModuleType):
            return self._module(thing)
        foreign = stand_in_of(thing, self.world.modules, self._lifted)
        if foreign is not None:
            return foreign
        if isinstance(thing, types.MethodType):
            return types.MethodType(self.of(thing.__func__), self.of(thing.__self__))
        if isinstance(thing, functools.partial):
            keywords = {key: self.of(value) for key, value in thing.keywords.items()}
            return functools.partial(self.of(thing.func), *map(self.of, thing.args), **keywords)
        if isinstance(thing, np.random.Generator | np.random.RandomState):
            made = copy.deepcopy(thing)
            return random_numbers.Generated(self.world.tape, made) if isinstance(self.world, ExactWorld) else made
        if isinstance(thing, types.FunctionType):
            return self._function(thing)
        if isinstance(thing, type):
            return self._class(thing)
        if isinstance(thing, dict | list | tuple | set):
            return self._container(thing)
        stand_in = self._stand_in(thing)
        if stand_in is None and hasattr(thing, "__wrapped__") and callable(thing):  # cached, or compiled
            return self.of(thing.__wrapped__)
        return self._instance(thing) if stand_in is None else stand_in

    def _lifted(self, numbers: np.ndarray) -> Any:
        return creation.lift(self.world.tape, numbers) if isinstance(self.world, ExactWorld) else numbers

    def _stand_in(self, thing: Any) -> Any:
        """The stand-in of a function of NumPy's, math's or scipy's, found by its name."""
        name, module = getattr(thing, "__name__", None), getattr(thing, "__module__", None)
        if isinstance(thing, np.ufunc):
            module = "numpy" if getattr(np, thing.__name__, None) is thing else "scipy.special"
        if not isinstance(name, str) or not isinstance(module, str):
            return None
        for home in (module, "numpy", "numpy.linalg", "scipy.special", "math"):
            if getattr(sys.modules.get(home), name, None) is thing and home in self.world.modules:
                return getattr(self.world.modules[home], name)
        return thing if isinstance(thing, types.BuiltinFunctionType | np.ufunc) else None

    def _module(self, module: types.ModuleType) -> Any:
        stand_in = self.world.modules.get(module.__name__)
        if stand_in is not None:
            return stand_in
        return module if of_a_library(getattr(module, "__file__", None)) else _Module(self, module)

    def _container(self, thing: Any) -> Any:
        if isinstance(thing, dict):
            made = copy.copy(thing)
            made.clear()
            self._made[id(thing)] = made
            made.update({key: self.of(value) for key, value in thing.items()})
            return made
        if isinstance(thing, tuple) and hasattr(thing, "_make"):
            return thing._make(map(self.of, thing))
        return type(thing)(map(self.of, thing)) if type(thing) in (list, tuple, set) else copy.copy(thing)

    def _instance(self, thing: Any) -> Any:
        kind = type(thing)
        if of_a_library(file_of(kind)):
            return thing
        made = object.__new__(self.of(kind))
        self._made[id(thing)] = made
        names = [*getattr(thing, "__dict__", {}), *(n for c in kind.__mro__ for n in getattr(c, "__slots__", ()))]
        for name in names:
            if hasattr(thing, name) and name not in ("__dict__", "__weakref__"):
                object.__setattr__(made, name, self.of(getattr(thing, name)))
        return made

    def _class(self, kind: type) -> Any:
        if issubclass(kind, np.floating) or kind is float:
            if not isinstance(self.world, ExactWorld):
                return kind
            plain = kind in (float, np.float64)
            return self.world.builtins["float"] if plain else standins.scalar_type(self.world.tape, kind)
        if of_a_library(file_of(kind)) or issubclass(kind, BaseException):
            return kind
        left_out = {"__dict__", "__weakref__", *getattr(kind, "__slots__", ())}
        body = {name: value for name, value in vars(kind).items() if name not in left_out}
        bases = tuple(map(self.of, kind.__bases__))
        made = type(bases[0] if bases != kind.__bases__ else kind)(  # type: ignore[misc]
            kind.__name__, bases, {"__qualname__": kind.__qualname__}
        )
        self._made[id(kind)] = made
        for name, value in body.items():
            if name in ("__doc__", "__module__", "__qualname__", "_backward_cls") or not isinstance(name, str):
                continue
            setattr(made, name, self._attribute(value))
        return made

    def _attribute(self, value: Any) -> Any:
        if isinstance(value, staticmethod | classmethod):
            return type(value)(self.of(value.__func__))
        if isinstance(value, property):
            return property(*(self.of(f) if f is not None else None for f in (value.fget, value.fset, value.fdel)))
        return self.of(value)

    # Functions.

    def _function(self, function: types.FunctionType) -> Any:
        code = function.__code__
        stand_in = self._stand_in(function)
        if stand_in is not None:
            return stand_in
        if of_a_library(code.co_filename):  # it may decorate one of the learner's
            return self.of(function.__wrapped__) if hasattr(function, "__wrapped__") else function
        found = self._definition(function)
        if found is None:
            if code.co_filename.startswith("<") and _plain(function):
                return function  # made by dataclasses and their like
            raise NotFollowed(f"{function.__qualname__}, whose source cannot be read,")
        source, node = found
        namespace = self._namespace(function)
        made = self._compiled(source, node, function, namespace)
        self._made[id(function)] = made
        for name in _names(made.__code__):
            if name in function.__globals__ and name not in namespace:
                namespace[name] = self.of(function.__globals__[name])
        made.__defaults__ = None if function.__defaults__ is None else tuple(map(self.of, function.__defaults__))
        if function.__kwdefaults__:
            made.__kwdefaults__ = {key: self.of(value) for key, value in function.__kwdefaults__.items()}
        cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
        for name, cell in zip(made.__code__.co_freevars, made.__closure__ or (), strict=True):
            if name in cells:
                try:
                    cell.cell_contents = self.of(cells[name].cell_contents)
                except ValueError:  # not yet filled
                    continue
        return made

    def _namespace(self, function: types.FunctionType) -> dict[str, Any]:
        home = id(function.__globals__)
        if home not in self._namespaces:
            world = self.world
            self._namespaces[home] = {
                "__builtins__": {**vars(builtins), **world.builtins, "__import__": self._import},
                "__name__": function.__globals__.get("__name__", "__main__"),
                **world.hooks,
            }
        return self._namespaces[home]

    def _import(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        stand_ins: Mapping[str, Any] = self.world.modules
        if name in stand_ins:
            return stand_ins[name] if fromlist else stand_ins[name.partition(".")[0]]
        return self.of(builtins.__import__(name, globals, locals, fromlist, level))

    def _definition(self, function: types.FunctionType) -> tuple[Source, ast.FunctionDef | ast.Lambda] | None:
        """The function in the tree of its file, by its first line."""
        code = function.__code__
        text = "".join(linecache.getlines(code.co_filename))
        if not text:
            return None
        if self.program is None:
            self.program = Program(code.co_filename, text)
        source = self.program.source(Path(code.co_filename).absolute(), text)
        found = [node for unit in source.units for node in unit.functions if _is_definition(node, function)]
        return (source, found[0]) if len(found) == 1 else None

    def _compiled(self, source: Source, node: Any, function: types.FunctionType, namespace: dict[str, Any]) -> Any:
        """The function compiled again, inside one that gives it its closure and one for its class's private names."""
        if isinstance(node, ast.Lambda):
            inner: ast.stmt = ast.copy_location(ast.Assign([ast.Name("made", ast.Store())], node), node)
            name = "made"
        else:
            inner = copy.copy(node)
            inner.decorator_list, inner.returns = [], None  # type: ignore[attr-defined]
            name = node.name
        assert self.program is not None
        tree = self.program.hooked(source.path, ast.Module([inner], []), self.world.exact, self.only)
        owner = function.__qualname__.rpartition(".")[0].rpartition(".")[2]
        owner = "" if owner == "<locals>" else owner
        free = [f for f in function.__code__.co_freevars if not (f == "__class__" and owner)]
        # A class around a method gives it its private names and its super().
        lines = [f"def {_MAKE}({', '.join(f'{f}=None' for f in free)}):"]
        lines += (
            [f"    class {owner}:", "        pass", f"    return vars({owner})[{name!r}]"]
            if owner
            else ["    pass", f"    return {name}"]
        )
        module = ast.parse("\n".join(lines))
        make: Any = module.body[0]
        (make.body[0] if owner else make).body[0:1] = tree.body
        exec(compile(ast.fix_missing_locations(module), function.__code__.co_filename, "exec"), namespace)
        made = namespace.pop(_MAKE)()
        made.__name__, made.__qualname__ = function.__name__, function.__qualname__
        return made

    def replace_hook(self, name: str, hook: Any) -> None:
        """Let another function be called by the hooks of this name."""
        for namespace in self._namespaces.values():
            namespace[name] = hook


class _Module:
    """A module of the learner's own: its functions are twins when they are asked for."""

    def __init__(self, twins: Twins, real: types.ModuleType) -> None:
        self.__dict__.update(_twins=twins, _real=real)

    def __getattr__(self, name: str) -> Any:
        return self._twins.of(getattr(self._real, name))


def _is_definition(node: ast.FunctionDef | ast.Lambda, function: types.FunctionType) -> bool:
    first = function.__code__.co_firstlineno
    if function.__name__ == "<lambda>":
        names = tuple(a.arg for a in node.args.args) if isinstance(node, ast.Lambda) else None
        return names == function.__code__.co_varnames[: function.__code__.co_argcount] and node.lineno == first
    if not isinstance(node, ast.FunctionDef) or node.name != function.__code__.co_name:
        return False
    return min([node.lineno, *(d.lineno for d in node.decorator_list)]) == first


def _names(code: types.CodeType) -> set[str]:
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= _names(constant)
    return found


def _plain(function: types.FunctionType) -> bool:
    return function.__name__.startswith("__") and function.__name__.endswith("__")
