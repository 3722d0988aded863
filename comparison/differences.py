"""How far engines are apart, two at a time: lines, epoch losses, final weights, predictions. Nothing here is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from comparison.results import LineDifference, PairDifference
from comparison.training import Training
from engines import Lines, Parameters
from engines.interface import shapes
from proof.probes import Probe


def flaw(array: np.ndarray | None, shape: tuple[int, ...], dtype: str) -> str | None:
    """Why an array cannot be compared at all: dtype first, then shape, then values; None where it can."""
    if array is None:
        return "not shown"
    if array.dtype != dtype:
        return f"dtype {array.dtype}"
    if array.shape != shape:
        return f"shape {array.shape}"
    return None if np.isfinite(array).all() else "not finite"


def epsilons(a: np.ndarray, b: np.ndarray) -> float:
    """The largest |a - b| in epsilons of the dtype, relative to the largest entry; both without a flaw."""
    largest = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / largest / np.finfo(a.dtype).eps) if largest > 0 else 0.0


def finite_epsilons(a: np.ndarray, b: np.ndarray) -> float | None:
    """``epsilons``, or None where one of the two is not finite."""
    return epsilons(a, b) if np.isfinite(a).all() and np.isfinite(b).all() else None


def lines_differences(
    weights: str, shown: Mapping[str, Sequence[Lines]], probes: Sequence[Probe], dtype: str
) -> Iterator[LineDifference]:
    """Each line of each two engines, the largest difference over the probes.

    Args:
        weights: where the probes were taken: "initial", "trained" or "saturated".
        shown: by engine, its Lines for each probe.
    """
    expected = [shapes(len(probe.y), *probe.parameters.W1.shape[::-1]) for probe in probes]
    for line in Lines._fields:
        arrays = {name: [getattr(steps, line) for steps in shown[name]] for name in shown}
        flaws = {
            name: next((f for a, s in zip(arrays[name], expected, strict=True) if (f := flaw(a, s[line], dtype))), None)
            for name in shown
        }
        for pair in combinations(shown, 2):
            reason = "; ".join(f"{name}: {flaws[name]}" for name in pair if flaws[name]) or None
            largest = None if reason else max(map(epsilons, *(arrays[name] for name in pair)))
            yield LineDifference(weights=weights, line=line, engines=list(pair), epsilons=largest, reason=reason)


def training_differences(trainings: Mapping[str, Training]) -> Iterator[PairDifference]:
    """Each two engines' epoch losses, final weights and predictions."""
    for pair in combinations(trainings, 2):
        a, b = (trainings[name] for name in pair)
        yield PairDifference(
            engines=list(pair),
            loss=_largest_relative(a.result["losses"], b.result["losses"]),
            weights={
                field: finite_epsilons(p, q) for field, p, q in zip(Parameters._fields, a.final, b.final, strict=True)
            },
            disagreements=np.flatnonzero(a.predictions != b.predictions).tolist(),
            drift=drift(*(training.epoch_ends for training in (a, b))),
        )


def drift(a: Sequence[Parameters], b: Sequence[Parameters]) -> list[float | None]:
    """How far two trainings are apart at the end of every epoch: the largest ``epsilons`` of the four parameters."""
    return [_largest(map(finite_epsilons, p, q)) for p, q in zip(a, b, strict=True)]


def _largest(numbers: Iterable[float | None]) -> float | None:
    largest = 0.0
    for number in numbers:
        if number is None:
            return None
        largest = max(largest, number)
    return largest


def _largest_relative(a: list[float | None], b: list[float | None]) -> float | None:
    largest = 0.0
    for x, y in zip(a, b, strict=True):
        if x is None or y is None:
            return None
        if x != y:
            largest = max(largest, abs(x - y) / max(abs(x), abs(y)))
    return largest
