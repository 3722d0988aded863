"""Engines by short names: of a path its last part."""

from __future__ import annotations

from collections import Counter
from typing import Any

from comparison.results import Results


def last(engine: str) -> str:
    """A name's last part: "../mine.py:Mine" is "mine.py:Mine"."""
    return engine.rpartition("/")[2]


def by_short_names(results: Results) -> Results:
    """The same, with every engine called by its name's last part, but where two would have the same name."""
    everyone = {
        *results["engines"],
        *(line["engine"] for line in results["verdicts"]),
        *(reason["engine"] for reason in results["agreement"]["reasons"]),
    }
    same = Counter(map(last, everyone))
    return _renamed(results, {name: last(name) for name in everyone if same[last(name)] == 1})


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value
