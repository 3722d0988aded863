"""Probes: the example's own numbers, and parameters drawn anew, ordinary and large. Data and labels stay."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from backproof.diagnosis.calls.case import Probe
from backproof.diagnosis.calls.leaves import Where

DRAWN = (1.0, 3.0)  # times the size of the example's parameters
SATURATED = 30.0


def drawn(example: Probe, parameters: Collection[Where], times: float, seed: int = 0) -> Probe:
    """The example with other parameters: each of the size of the example's own, times a factor.

    A parameter of zeros is drawn as well; one that is positive everywhere stays so.
    """
    generator = np.random.default_rng(seed)
    return {
        where: _drawn(generator, value, times) if where in parameters else value for where, value in example.items()
    }


def _drawn(generator: np.random.Generator, value: np.ndarray, times: float) -> np.ndarray:
    size = float(np.sqrt(np.mean(np.square(value)))) if value.size else 0.0
    made = generator.normal(size=value.shape) * (size or 0.5) * times
    positive = value.size > 0 and bool((value > 0).all()) and value.size > 1
    return np.asarray(np.abs(made) if positive else made)
