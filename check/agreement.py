"""How far engines are apart, two at a time: lines, epoch losses, final weights, predictions.

Until a proof judges them, engines *agree* within 2**20 epsilons of the larger array's largest entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from check.results import Agreement, PairDifference, StepsDifference
from check.training import Training
from engines import Parameters, Steps

TOLERANCE = 2.0**20  # epsilons


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
    return float(np.abs(a - b).max() / (largest * np.finfo(a.dtype).eps)) if largest > 0 else 0.0


def steps_differences(
    weights: str, probes: Mapping[str, list[Steps]], shapes: list[dict[str, tuple[int, ...]]], dtype: str
) -> Iterator[StepsDifference]:
    """Each line of each two engines, the largest difference over the probes.

    Args:
        weights: where the probes were taken, "initial" or "trained".
        probes: by engine, the Steps of each probe.
        shapes: for each probe, the shape that each line must have.
    """
    for line in Steps._fields:
        arrays = {name: [getattr(steps, line) for steps in probes[name]] for name in probes}
        flaws = {
            name: next((f for a, s in zip(arrays[name], shapes, strict=True) if (f := flaw(a, s[line], dtype))), None)
            for name in probes
        }
        for pair in combinations(probes, 2):
            reason = "; ".join(f"{name}: {flaws[name]}" for name in pair if flaws[name]) or None
            largest = None if reason else max(map(epsilons, *(arrays[name] for name in pair)))
            yield StepsDifference(weights=weights, line=line, engines=list(pair), epsilons=largest, reason=reason)


def training_differences(trainings: Mapping[str, Training]) -> Iterator[PairDifference]:
    """Each two engines' epoch losses, final weights and predictions."""
    for pair in combinations(trainings, 2):
        a, b = (trainings[name] for name in pair)
        weights = {}
        for field, p, q in zip(Parameters._fields, a.final, b.final, strict=True):
            weights[field] = epsilons(p, q) if np.isfinite(p).all() and np.isfinite(q).all() else None
        yield PairDifference(
            engines=list(pair),
            loss=_largest_relative(a.result["losses"], b.result["losses"]),
            weights=weights,
            disagreements=np.flatnonzero(a.predictions != b.predictions).tolist(),
        )


def _largest_relative(a: list[float | None], b: list[float | None]) -> float | None:
    largest = 0.0
    for x, y in zip(a, b, strict=True):
        if x is None or y is None:
            return None
        if x != y:
            largest = max(largest, abs(x - y) / max(abs(x), abs(y)))
    return largest


def agreement(
    steps: list[StepsDifference], training: list[PairDifference], trainings: Mapping[str, Training], dtype: str
) -> Agreement:
    """The differences with the reasons, if any, why they are no agreement. Trained weights are shown, not judged."""
    reasons = []
    for name, finished in trainings.items():
        if None in finished.result["losses"]:
            reasons.append(f"{name}: a loss is not finite")
        if not all(np.isfinite(p).all() for p in finished.final):
            reasons.append(f"{name}: a final weight is not finite")
    for difference in steps:
        at = f"{' and '.join(difference['engines'])}: {difference['line']} at {difference['weights']} weights"
        if difference["reason"]:
            reasons.append(f"{at}: {difference['reason']}")
        elif difference["weights"] == "initial" and not (difference["epsilons"] or 0.0) <= TOLERANCE:
            reasons.append(f"{at} differs by {difference['epsilons']:.1e} epsilons")
    for pair in training:
        names = " and ".join(pair["engines"])
        if pair["loss"] is not None and not pair["loss"] <= TOLERANCE * np.finfo(dtype).eps:
            reasons.append(f"{names}: an epoch's mean loss differs by a relative {pair['loss']:.1e}")
        if pair["disagreements"]:
            reasons.append(f"{names}: {len(pair['disagreements'])} test images are classified differently")
    return Agreement(steps=steps, training=training, reasons=reasons)
