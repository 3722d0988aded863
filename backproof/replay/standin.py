"""A module in the place of another: its attributes are made when they are asked for."""

from __future__ import annotations

import types
from collections.abc import Callable
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


def _public(module: types.ModuleType) -> list[str]:
    return [name for name in dir(module) if not name.startswith("_")]


def refused(name: str) -> Callable[..., Any]:
    """A function that is refused by its name."""

    def refuse(*arguments: Any, **options: Any) -> Any:
        raise NotFollowed(name)

    return refuse
