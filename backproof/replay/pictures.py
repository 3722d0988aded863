"""Modules that draw: no gradient depends on what they do, so in a replay they do nothing, installed or not."""

from __future__ import annotations

import types
from typing import Any

DRAWING = frozenset({"matplotlib", "seaborn", "plotly", "IPython", "mpl_toolkits", "pylab"})


class Nothing:
    """Whatever is asked of it, it is there and does nothing."""

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Grid() if name in ("flat", "flatten", "ravel") else self

    def __call__(self, *arguments: Any, **options: Any) -> Nothing:
        return self

    def __getitem__(self, key: Any) -> Nothing:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        """Nothing is kept."""

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *raised: object) -> None:
        """Nothing is left behind."""


class Grid(Nothing):
    """Several axes, in rows and columns."""

    def __init__(self, rows: int = 1, columns: int = 1) -> None:
        self._shape = rows, columns

    def __iter__(self) -> Any:
        rows, columns = self._shape
        inner = [Grid(1, columns) for _ in range(rows)] if min(rows, columns) > 1 else [Nothing()] * (rows * columns)
        return iter(inner)

    def __len__(self) -> int:
        return max(self._shape)


def _subplots(nrows: int = 1, ncols: int = 1, *_: Any, **options: Any) -> tuple[Nothing, Nothing]:
    one = nrows * ncols == 1 and options.get("squeeze", True)
    return Nothing(), Nothing() if one else Grid(nrows, ncols)


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _subplots if name == "subplots" else _Module(f"{self.__name__}.{name}") if name in _PARTS else Nothing()


_PARTS = frozenset({"pyplot", "animation", "display", "cm", "colors", "ticker", "express", "mplot3d"})


def module(name: str) -> types.ModuleType:
    """A module that draws nothing, by its dotted name."""
    return _Module(name)
