"""Measures contestants at one task: the same loss first, then the time, all of them interleaved."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

import numpy as np

from benchmarks.accuracy import median_ulps, trained_probes
from benchmarks.contestant import Contestant, Task
from benchmarks.interleave import interleave, quartiles
from benchmarks.results import Measurement
from engines import Parameters, initial_weights

FLOOR = "floor (Numba)"
REFERENCE = "numpy engine"  # whose loss the others must reach
LEARNING_RATE = 0.01
REPEAT_SECONDS = 0.03
CHECKED_STEPS = 100
ROUNDING = {"float64": 1e-10, "float32": 1e-4}  # of a mean loss after CHECKED_STEPS steps, relative


def task(X: np.ndarray, y: np.ndarray, dtype: str, hidden: int, batch_size: int, steps: int) -> Task:
    """``steps`` steps of SGD from the initial weights; the samples are visited again where they do not suffice."""
    samples = np.arange(steps * batch_size) % len(y)
    parameters = Parameters(*(p.astype(dtype) for p in initial_weights(X.shape[1], hidden, seed=0)))
    return Task(parameters, X[samples].astype(dtype), y[samples].astype(dtype), LEARNING_RATE, batch_size)


def measure(
    contestants: Mapping[str, Contestant],
    X: np.ndarray,
    y: np.ndarray,
    dtype: str,
    hidden: int,
    batch_size: int,
    repeats: int,
    *,
    table: str = "default",
    steps: int | None = None,
    accuracy: bool = False,
) -> tuple[list[Measurement], dict[str, str]]:
    """Every contestant's measurement, and by name those whose library is not installed.

    FLOOR and REFERENCE have to be among the contestants. A repeat takes ``steps`` steps, or by default as many as fill
    REPEAT_SECONDS; with ``accuracy`` the error of every contestant's gradient is measured too.
    """
    short = task(X, y, dtype, hidden, batch_size, CHECKED_STEPS)
    losses, setup, lengths, calls, missing = {}, {}, {}, {}, {}
    for name, contestant in contestants.items():
        start = perf_counter()
        try:
            train = contestant(short)
        except ModuleNotFoundError as error:
            missing[name] = f"{error.name} is not installed"
            continue
        trained = train()
        losses[name] = None if trained is None else trained.loss
        setup[name] = perf_counter() - start
        start = perf_counter()
        train()
        most = max(CHECKED_STEPS, len(y) // batch_size)
        fitting = int(np.clip(REPEAT_SECONDS / (perf_counter() - start) * CHECKED_STEPS, 20, most))
        lengths[name] = fitting if steps is None else steps
        calls[name] = contestant(task(X, y, dtype, hidden, batch_size, lengths[name]))
    seconds = interleave(calls, repeats)
    times = {name: quartiles([s / lengths[name] * 1e6 for s in seconds[name]]) for name in calls}
    probes = trained_probes(X, y, hidden) if accuracy else None
    measurements = [
        Measurement(
            table=table,
            contestant=name,
            dtype=dtype,
            inputs=X.shape[1],
            hidden=hidden,
            batch_size=batch_size,
            steps=lengths[name],
            setup_seconds=setup[name],
            microseconds=times[name],
            multiple_of_floor=times[name].median / times[FLOOR].median,
            loss=losses[name],
            same_loss=_same(losses[name], losses[REFERENCE], ROUNDING[dtype]),
            ulps=median_ulps(contestants[name], probes, dtype) if probes else None,
        )
        for name in calls
    ]
    return measurements, missing


def _same(loss: float | None, reference: float | None, relative: float) -> bool | None:
    return None if loss is None or reference is None else abs(loss - reference) <= relative * abs(reference)
