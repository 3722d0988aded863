"""A module of another library: its names as they are asked for."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any

Make = Callable[[str], Any]


class Words(types.ModuleType):
    """A module whose names are looked up when they are asked for; what is not known is refused when it is called."""

    def __init__(self, name: str, known: Mapping[str, Any], make: Make) -> None:
        super().__init__(name)
        self.__dict__.update(known, _make=make, __path__=[])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = self.__dict__["_make"](name)
        self.__dict__[name] = made
        return made
