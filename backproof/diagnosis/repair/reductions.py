"""Products and sums of the learner's values that give what an expression has to be: ``a.T @ b``, ``a.sum(0)``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

_CLOSE = 1e-8
_MOST_ENTRIES = 20_000  # of a value


class Reduction(NamedTuple):
    """A formula, and the number that it is to be multiplied by."""

    text: str
    factor: float


def reductions(values: Mapping[str, Sequence[np.ndarray]], targets: Sequence[np.ndarray]) -> Iterator[Reduction]:
    """The products of two values, and the sums of one, that are the targets but for a factor.

    Args:
        values: by the text of each; one for each target, as in a loop.
        targets: what is wanted; NaN where any number will do.
    """
    known = {text: rows for text, rows in values.items() if all(row.size <= _MOST_ENTRIES for row in rows)}
    for text, rows in known.items():
        if rows[0].ndim == 2:
            for form in ("{}.sum(0)", "{}.sum(1)", "{}.sum(0, keepdims=True)", "{}.sum(1, keepdims=True)"):
                keep, axis = "keep" in form, 0 if "(0" in form else 1
                yield from _fits(form.format(text), [row.sum(axis, keepdims=keep) for row in rows], targets)
    for a, left in known.items():
        for b, right in known.items():
            for form, turn_a, turn_b in (
                ("{} @ {}", False, False),
                ("{}.T @ {}", True, False),
                ("{} @ {}.T", False, True),
            ):
                pairs = [(x.T if turn_a else x, y.T if turn_b else y) for x, y in zip(left, right, strict=True)]
                if all(_give(x, y, t.shape) for (x, y), t in zip(pairs, targets, strict=True)):
                    yield from _fits(form.format(a, b), [x @ y for x, y in pairs], targets)
            if all(
                x.ndim == y.ndim == 1 and (x.size, y.size) == t.shape
                for x, y, t in zip(left, right, targets, strict=True)
            ):
                made = [np.outer(x, y) for x, y in zip(left, right, strict=True)]
                yield from _fits(f"np.outer({a}, {b})", made, targets)


def _give(x: np.ndarray, y: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Whether the product of two matrices has this shape."""
    return x.ndim == y.ndim == 2 and x.shape[1] == y.shape[0] and (x.shape[0], y.shape[1]) == shape


def _fits(text: str, made: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> Iterator[Reduction]:
    """Whether all are the targets times one number."""
    if [m.shape for m in made] != [t.shape for t in targets]:
        return
    ours, wanted = (np.concatenate([np.ravel(part) for part in parts]) for parts in (made, targets))
    factor = factor_between(ours, wanted)
    if factor is not None:
        yield Reduction(text, factor)


def factor_between(ours: np.ndarray, wanted: np.ndarray) -> float | None:
    """The number by which one row is the other; None where there is none, or it is 0.

    Where a number is not known (NaN) in the second row, any will do.
    """
    if np.isnan(wanted).any():
        known = ~np.isnan(wanted)
        ours, wanted = ours[known], wanted[known]
    with np.errstate(all="ignore"):  # what the learner has may not be finite
        size = float(ours @ ours)
        factor = float(ours @ wanted) / size if size > 0 else 0.0
        close = np.abs(factor * ours - wanted).max(initial=0.0) <= _CLOSE * np.abs(wanted).max(initial=0.0)
    return factor if factor and np.isfinite(factor) and close else None
