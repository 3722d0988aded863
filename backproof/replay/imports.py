"""``import`` in a learner's program: stand-ins first, then the modules beside his file, then the real ones."""

from __future__ import annotations

import builtins
import importlib.util
import site
import sys
import sysconfig
import types
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from backproof.replay import pictures

Run = Callable[[str, Path, bool], types.ModuleType]  # the local name, the file, whether it is a package


class Imports:
    """The ``import`` of one loaded program.

    Args:
        folder: where its modules are.
        stand_ins: by dotted name.
        run: runs a module of the program, and enters it among the modules before it does.

    Attributes:
        modules: the program's own, by dotted name below the folder; "" is the file itself.
    """

    def __init__(self, folder: Path, stand_ins: Mapping[str, types.ModuleType], run: Run) -> None:
        self._folder, self._stand_ins, self._run = folder, stand_ins, run
        self.modules: dict[str, types.ModuleType] = {}

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        """What ``__import__`` does; with the same exceptions."""
        if level:
            name = self._absolute(name, globals or {}, level)
        top = name.partition(".")[0]
        if top in pictures.DRAWING:
            return pictures.module(name if fromlist else top)
        if name in self._stand_ins:
            return self._stand_ins[name if fromlist or top not in self._stand_ins else top]
        if name == "importlib":
            return self._importlib()
        if level or (self._found(top) is not None and not _is_library(top)):
            leaf = self._local(name, fromlist)
            return leaf if fromlist else self.modules[top]
        real = builtins.__import__(name, {}, {}, fromlist, 0)
        if fromlist or top not in self._stand_ins:
            return real
        # ``import scipy.optimize``: the name that it binds is the stand-in's all the same.
        stand_in, part = self._stand_ins[top], name.split(".")[1]
        if not hasattr(stand_in, part):
            setattr(stand_in, part, getattr(real, part))
        return stand_in

    def _absolute(self, name: str, namespace: Mapping[str, Any], level: int) -> str:
        package = str(namespace.get("__package__", "")).split(".")[1:]
        if level - 1 > len(package):
            raise ImportError("attempted relative import beyond top-level package")
        kept = package[: len(package) - (level - 1)]
        return ".".join(part for part in (*kept, name) if part)

    def _importlib(self) -> types.ModuleType:
        import importlib

        def import_module(name: str, package: str | None = None) -> Any:
            level = len(name) - len(name.lstrip("."))
            return self.import_(name.lstrip("."), {"__package__": package or ""}, None, ("",), level)

        module = types.ModuleType("importlib")
        module.__dict__.update({**vars(importlib), "import_module": import_module})
        return module

    def _found(self, name: str) -> tuple[Path, bool] | None:
        """The file or folder of a module of the program's own, and whether it is a package."""
        base = self._folder.joinpath(*name.split(".")) if name else self._folder
        if (base / "__init__.py").is_file():
            return base / "__init__.py", True
        if name and base.with_name(base.name + ".py").is_file():
            return base.with_name(base.name + ".py"), False
        return (base, True) if base.is_dir() and any(base.glob("*.py")) else None

    def _local(self, name: str, fromlist: Any) -> types.ModuleType:
        if not name:  # ``from . import layers`` in the file itself
            module = self.modules[""]
        else:
            parts = name.split(".")
            module = self._module(parts[0])
            for count in range(2, len(parts) + 1):
                child = self._module(".".join(parts[:count]))
                setattr(module, parts[count - 1], child)
                module = child
        names = list(fromlist or ())
        if "*" in names:
            names = list(getattr(module, "__all__", ()))
        for part in names:
            inner = f"{name}.{part}" if name else part
            if part and hasattr(module, "__path__") | (not name) and not hasattr(module, part) and self._found(inner):
                setattr(module, part, self._module(inner))
        return module

    def _module(self, name: str) -> types.ModuleType:
        if name in self.modules:
            return self.modules[name]
        found = self._found(name)
        if found is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return self._run(name, *found)


@cache
def _is_library(top: str) -> bool:
    """Whether Python or what is installed has such a module: a file beside the program never takes its place."""
    if top in sys.stdlib_module_names:
        return True
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    places = [*(spec.submodule_search_locations or []), spec.origin or ""] if spec else []
    homes = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()]
    homes.append(site.getusersitepackages())
    return any(Path(place).is_relative_to(home) for place in places for home in homes)
