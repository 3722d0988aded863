"""A module in the place of another: its attributes are made when they are asked for."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from backproof.replay.refusal import NotFollowed


class StandIn(types.ModuleType):
    """A module whose attributes are made when they are asked for."""

    def __init__(self, name: str, real: types.ModuleType, make: Callable[[str, Any], Any]) -> None:
        super().__init__(name, real.__doc__)
        self.__dict__.update(_real=real, _make=make, __all__=getattr(real, "__all__", None) or _public(real))

    def __getattr__(self, name: str) -> Any:
        made = self.__dict__["_make"](name, getattr(self.__dict__["_real"], name))
        self.__dict__[name] = made
        return made

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["_real"])


class StandIns(Mapping[str, types.ModuleType]):
    """Stand-ins by dotted name; those of a library are made when one of its modules is asked for.

    Args:
        makers: by the library's name.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Mapping[str, types.ModuleType]]]) -> None:
        self._makers = makers
        self._made: dict[str, Mapping[str, types.ModuleType]] = {}

    def _of(self, name: str) -> Mapping[str, types.ModuleType]:
        library = name.partition(".")[0]
        if library in self._makers and library not in self._made:
            self._made[library] = self._makers[library]()
        return self._made.get(library, {})

    def __getitem__(self, name: str) -> types.ModuleType:
        return self._of(name)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for library in self._makers for name in self._of(library))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _public(module: types.ModuleType) -> list[str]:
    return [name for name in dir(module) if not name.startswith("_")]


class refused:
    """A function, or a module of them, that is refused by its name when it is called."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        raise NotFollowed(self.__name__)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return refused(f"{self.__name__}.{name}")
