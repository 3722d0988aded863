"""The programs in ``tests/programs``: found, loaded, called; their gradients beside differences of their loss."""

from __future__ import annotations

import copy
import inspect
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from backproof.replay.operands import is_traced

PROGRAMS = Path(__file__).parent / "programs"
Where = tuple[str | int, ...]


class Compared(NamedTuple):
    """One returned gradient beside the differences of the returned loss; ``apart`` is relative to the larger."""

    name: str
    apart: float


def programs(folder: str) -> list[Path]:
    """The files that define ``backprop``: ``NAME.py``, or ``NAME/program.py`` with its modules beside it."""
    found = [*(PROGRAMS / folder).glob("*.py"), *(PROGRAMS / folder).glob("*/program.py")]
    return sorted(found, key=name_of)


def name_of(path: Path) -> str:
    return path.parent.name if path.name == "program.py" else path.stem


def load(path: Path, texts: Mapping[str, str] | None = None) -> ModuleType:
    """The program as a module, its own modules loaded afresh; ``texts`` replaces the text of files by their names.

    Every ``float32`` is read as ``float64``, so that differences have digits enough.
    """
    texts = dict(texts or {})
    known = set(sys.modules)
    loader = _Loader(path.parent, texts)
    sys.meta_path.insert(0, loader)
    try:
        return _module("program", path, texts.get(path.name, path.read_text()))
    finally:
        sys.meta_path.remove(loader)
        for name in set(sys.modules) - known:
            if (path.parent / name.partition(".")[0]).exists() or (path.parent / f"{name}.py").exists():
                del sys.modules[name]


class _Loader:
    """Finds the modules beside a program, in their replaced text."""

    def __init__(self, folder: Path, texts: Mapping[str, str]) -> None:
        self.folder, self.texts = folder, texts

    def find_spec(self, name: str, *_: Any) -> Any:
        from importlib.machinery import ModuleSpec

        inner = Path(*name.split("."))
        if len(inner.parts) == 1 and self.folder.parent.name != "programs" and not (self.folder / inner).is_dir():
            file = inner.with_suffix(".py")
        else:
            file = inner / "__init__.py" if (self.folder / inner).is_dir() else inner.with_suffix(".py")
        if not (self.folder / file).is_file() or self.folder.name in {"correct", "faulty", "right"}:
            return None
        return ModuleSpec(name, self, origin=str(file), is_package=file.name == "__init__.py")

    def create_module(self, spec: Any) -> None:  # noqa: ARG002 (the loader's signature)
        return None

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        file = str(module.__spec__.origin)
        text = self.texts.get(file, (self.folder / file).read_text())
        exec(compile(text.replace("float32", "float64"), file, "exec"), module.__dict__)


def _module(name: str, path: Path, text: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = str(path)
    kept = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(compile(text.replace("float32", "float64"), str(path), "exec"), module.__dict__)
    finally:
        if kept is not None:
            sys.modules[name] = kept
    return module


def arguments(module: ModuleType) -> dict[str, Any]:
    """The arguments of the example, by name."""
    given = module.example()
    if isinstance(given, dict):
        return given
    return dict(zip(inspect.signature(module.backprop).parameters, given, strict=False))


def call(module: ModuleType, given: dict[str, Any]) -> tuple[float, Any]:
    """One call on copies of the arguments."""
    loss, gradients = module.backprop(**copy.deepcopy(given))
    return float(np.squeeze(loss)), gradients


def leaves(thing: Any, where: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Every array of floats and every float, with the way to it."""
    if is_traced(thing) or isinstance(thing, float | np.floating) or _is_floats(thing):
        yield where, thing
    elif hasattr(thing, "_asdict"):
        yield from leaves(thing._asdict(), where)
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from leaves(value, (*where, key))
    elif isinstance(thing, list | tuple):
        for place, value in enumerate(thing):
            yield from leaves(value, (*where, place))
    elif hasattr(thing, "__dict__") and not callable(thing):
        yield from leaves(vars(thing), where)


def _is_floats(thing: Any) -> bool:
    return isinstance(thing, np.ndarray) and thing.dtype.kind == "f"


def pairs(given: dict[str, Any], gradients: Any) -> list[tuple[Where, Any]]:
    """(the way to the parameter, its gradient): by name where the gradients have names, else in their order."""
    there, returned = dict(leaves(given)), list(leaves(gradients))
    assert returned, "no gradients"
    if any(isinstance(step, str) for where, _ in returned for step in where):
        return [(_named(where, list(there)), gradient) for where, gradient in returned]
    ways, shapes = list(there), [np.shape(gradient) for _, gradient in returned]
    windows = [ways[at : at + len(shapes)] for at in range(len(ways) - len(shapes), -1, -1)]
    fits = [w for w in windows if [np.shape(there[way]) for way in w] == shapes]
    return [(way, gradient) for way, (_, gradient) in zip((fits or windows)[0], returned, strict=True)]


def _named(where: Where, ways: list[Where]) -> Where:
    for bare in (str, _bare):
        wanted = [bare(step) if isinstance(step, str) else step for step in where]
        found = [way for way in ways if list(way[-len(wanted) :]) == wanted]
        if len(found) == 1:
            return found[0]
    raise AssertionError(f"the gradient {where} finds no parameter among {ways}")


def _bare(name: str) -> str:
    for before in ("grad_", "delta_", "d_", "d", "g_", "g"):
        if name.startswith(before) and len(name) > len(before):
            return name.removeprefix(before)
    return name.removesuffix("_grad")


def differences(module: ModuleType, given: dict[str, Any], way: Where, step: float) -> np.ndarray:
    """The derivative of the returned loss by differences of fourth order."""
    value = np.asarray(_at(given, way), float)
    slope = np.empty(value.shape)
    for at in np.ndindex(value.shape):
        losses = []
        for times in (-2, -1, 1, 2):
            moved = value.copy()
            moved[at] += times * step
            losses.append(call(module, _with(given, way, moved if value.ndim else float(moved)))[0])
        slope[at] = (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * step)
    return slope


def _at(thing: Any, way: Where) -> Any:
    for step in way:
        thing = (
            thing[step]
            if isinstance(thing, Mapping | list | tuple) and not _named_tuple(thing, step)
            else getattr(thing, str(step))
        )
    return thing


def _named_tuple(thing: Any, step: str | int) -> bool:
    return isinstance(thing, tuple) and isinstance(step, str)


def _with(given: dict[str, Any], way: Where, value: Any) -> dict[str, Any]:
    new = copy.deepcopy(given)
    parent = _at(new, way[:-1])
    old = _at(parent, way[-1:])
    if isinstance(old, np.ndarray):
        old[...] = value
    elif isinstance(parent, Mapping | list):
        parent[way[-1]] = value
    else:
        setattr(parent, str(way[-1]), value)
    return new


def compared(module: ModuleType, step: float = 1e-3) -> list[Compared]:
    """Every returned gradient beside its differences; a gradient of another shape is infinitely far."""
    given = arguments(module)
    _, gradients = call(module, given)
    found = []
    for way, gradient in pairs(given, gradients):
        slope = differences(module, given, way, step)
        size = max(np.abs(slope).max(initial=0), np.abs(gradient).max(initial=0), 1e-3)
        apart = np.abs(slope - gradient).max(initial=0) / size if np.shape(gradient) == slope.shape else math.inf
        found.append(Compared(".".join(map(str, way)), float(apart)))
    return found
