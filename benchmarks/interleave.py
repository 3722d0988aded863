"""Fair times: the contestants take turns, so that whatever the machine does meanwhile falls on all of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np


class Quartiles(NamedTuple):
    lower: float
    median: float
    upper: float


def interleave(contestants: Mapping[str, Callable[[], Any]], repeats: int) -> dict[str, list[float]]:
    """Seconds of every call: one untimed round, then ``repeats`` rounds in which each contestant is called once.

    The garbage collector waits meanwhile, as it does in ``timeit``.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for call in contestants.values():
        call()
    gc.collect()
    gc.disable()
    try:
        for _ in range(repeats):
            for name, call in contestants.items():
                start = perf_counter()
                call()
                seconds[name].append(perf_counter() - start)
    finally:
        gc.enable()
    return seconds


def quartiles(numbers: list[float]) -> Quartiles:
    return Quartiles(*(float(q) for q in np.quantile(numbers, (0.25, 0.5, 0.75))))
