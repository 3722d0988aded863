"""Plain numbers that a missing factor or term may come with: 2, a half, the learner's numbers and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np

_MOST = 8  # of the learner's numbers


class Times(NamedTuple):
    """A number times something: how that is written, and the number."""

    form: str
    number: float


def times(values: Mapping[str, Sequence[np.ndarray]], texts: Sequence[str]) -> list[Times]:
    """Numbers and ratios of numbers, each value once, the simplest first.

    Args:
        values: of the texts, for each time that a place was passed.
        texts: those nearest first.
    """
    own: dict[float, str] = {}
    for text in texts:
        number = _number(values.get(text, ()))
        if number is not None and len(own) < _MOST:
            own.setdefault(number, text)
    found: dict[float, str] = {1.0: "", 0.0: ""}  # nothing new
    for form, number in _forms(own):
        found.setdefault(number, form)
    return [Times(form, number) for number, form in found.items() if form]


def _number(values: Sequence[np.ndarray]) -> float | None:
    if not values or any(value.ndim for value in values) or len({float(value) for value in values}) > 1:
        return None
    return float(values[0]) if np.isfinite(values[0]) and values[0] else None


def _forms(own: Mapping[float, str]) -> Iterator[tuple[str, float]]:
    yield "2 * {}", 2.0
    yield "0.5 * {}", 0.5
    for number, text in own.items():
        yield text + " * {}", number
        yield "{} / " + text, 1 / number
        yield "2 / " + text + " * {}", 2 / number
        yield "2 * " + text + " * {}", 2 * number
    for (over, a), (under, b) in permutations(own.items(), 2):
        yield f"{a} / {b} * {{}}", over / under
