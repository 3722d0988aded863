"""The file of finished cells: what was interrupted goes on, and a new version of an engine is surveyed anew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from comparison.atlas.cells import Cell


class Key(NamedTuple):
    """A family in one engine, mode and type."""

    engine: str
    version: str
    mode: str
    family: str
    dtype: str

    @property
    def text(self) -> str:
        """With what else the cells depend on."""
        return "|".join((*self, np.__version__, _atlas()))


class _Line(msgspec.Struct, frozen=True):
    key: str
    cells: list[Cell]


class Kept:
    """Finished cells, in a file that grows by a line at a time; without a file they are kept in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._found: dict[str, list[Cell]] = {}
        if path is not None and path.exists():
            for written in path.read_bytes().splitlines():
                try:
                    line = msgspec.json.decode(written, type=_Line)
                except msgspec.DecodeError:
                    continue  # the line that an interruption cut short
                self._found[line.key] = line.cells

    def of(self, key: Key) -> list[Cell] | None:
        """The cells, if they are there."""
        return self._found.get(key.text)

    def keep(self, key: Key, cells: Sequence[Cell]) -> None:
        """Adds a line.

        Raises:
            OSError: the file cannot be written.
        """
        line = _Line(key.text, list(cells))
        self._found[line.key] = line.cells
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(b"\n" + msgspec.json.encode(line))


# What comes after the cells: a change of these leaves the cells as they are.
_AFTER = {
    "command",
    "engines_apart",
    "findings",
    "growth",
    "kept",
    "page",
    "run",
    "survey",
    "table",
    "time_page",
    "time_table",
    "timing",
}


@cache
def _atlas() -> str:
    """What the cells come from: a change of its code or its formulas begins anew."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    used = [path for path in files if path.parent.name != "sweep" and path.stem not in _AFTER]
    return hashlib.sha256(b"".join(path.read_bytes() for path in used)).hexdigest()[:16]
