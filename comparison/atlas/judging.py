"""What an engine returned against the truth: right digits, and numbers that are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from comparison.atlas.adapters import Numbers
from comparison.atlas.cells import Example, Score
from comparison.atlas.known import Known
from comparison.atlas.truth import Truth
from comparison.atlas.types_of_numbers import FloatType

Pairs = list[tuple[np.ndarray, Known]]  # numbers given, and the true ones


class Judged(NamedTuple):
    """All calls of a cell.

    Attributes:
        worst: the call and the entry of the worst gradient; the entry means something for elementwise formulas alone.
    """

    value: Score | None
    gradient: Score | None
    worst: tuple[int, int] | None


def judged(given: Sequence[Numbers], truths: Sequence[Truth], held: int, kind: FloatType) -> Judged:
    """Scores over all calls; the gradients of the last ``held`` arguments do not count."""
    values = [(value, truth.value) for (value, _), truth in zip(given, truths, strict=True)]
    by_call: list[Pairs] = []
    for (_, gradients), truth in zip(given, truths, strict=True):
        pairs = list(zip(gradients, truth.gradients, strict=True))
        by_call.append(pairs[: len(pairs) - held])
    found = [(_quality(g, known, kind), call) for call, pairs in enumerate(by_call) for g, known in pairs]
    worst, least = None, np.inf
    for quality, call in found:
        if quality.size and quality.min() < least:
            least, worst = float(quality.min()), (call, int(quality.argmin()))
    return Judged(_score(values, kind), _score([pair for pairs in by_call for pair in pairs], kind), worst)


def _quality(given: np.ndarray, known: Known, kind: FloatType) -> np.ndarray:
    """Right digits; below 0 where there is no number, or 0 for another; infinite where it is not judged."""
    quality = known.digits(given, kind)
    quality = np.where((given == 0) & (known.error(given) > 0), -1.0, quality)  # at a kink, 0 may be right
    quality = np.where(np.isfinite(given), quality, -2.0)
    return np.where(known.ordinary(kind), quality, np.inf).ravel()


def _score(pairs: Pairs, kind: FloatType) -> Score | None:
    quality = np.concatenate([_quality(given, known, kind) for given, known in pairs])
    given = np.concatenate([given.ravel() for given, _ in pairs])
    ordinary = np.isfinite(quality)
    if not ordinary.any():
        return None
    digits = np.maximum(quality[ordinary], 0.0)
    return Score(
        judged=int(ordinary.sum()),
        median=round(float(np.median(digits)), 2),
        worst=round(float(digits.min()), 2),
        zeros=int((quality == -1).sum()),
        nans=int((ordinary & np.isnan(given)).sum()),
        infinities=int((ordinary & np.isinf(given)).sum()),
    )


def agreement(a: Sequence[Numbers], b: Sequence[Numbers], kind: FloatType) -> float:
    """The least number of digits to which two engines' values and gradients are the same."""
    least = kind.digits
    for (value, gradients), (other, others) in zip(a, b, strict=True):
        for ours, theirs in zip((value, *gradients), (other, *others), strict=True):
            known = Known(ours, np.zeros_like(ours), np.zeros_like(ours))
            same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
            large = np.maximum(np.abs(ours), np.abs(theirs)) >= kind.tiny
            digits = np.where(
                same | ~(large | np.isnan(ours) | np.isnan(theirs)), kind.digits, known.digits(theirs, kind)
            )
            least = min(least, float(digits.min(initial=kind.digits)))
    return round(least, 2)


def worst_entry(given: Numbers, truth: Truth, held: int, kind: FloatType, entry: int | None = None) -> Example | None:
    """The worst derivative of a call, or that of one entry; None where none is bad."""
    worst, least = None, kind.enough
    gradients = given[1][: len(given[1]) - held]
    for found, known in zip(gradients, truth.gradients, strict=False):
        quality = _quality(found, known, kind)
        for position in range(quality.size) if entry is None else (entry,):
            if quality[position] < least:
                least = quality[position]
                number = float(found.flat[position])
                finite = number if np.isfinite(number) else None
                worst = Example(_kind(number, quality[position]), finite, float(known.hi.flat[position]),
                                round(max(float(quality[position]), 0.0), 2))  # fmt: skip
    return worst


def _kind(number: float, quality: float) -> str:
    if np.isnan(number):
        return "NaN"
    if np.isinf(number):
        return "inf" if number > 0 else "-inf"
    return "0" if quality == -1 else "digits"
