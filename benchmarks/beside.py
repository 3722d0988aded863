"""What stands beside a comparison on its page: the floor of its step, and the judge's own trial."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import cast

import numpy as np

from benchmarks.contestant import Task
from benchmarks.interleave import interleave
from comparison.results import Floor, Kills
from comparison.settings import Settings
from data import Dataset
from engines import Parameters

KILLS = Path(__file__).with_name("kills.json")  # written by make kills
REPEATS = 9


def measure_floor(initial: Parameters, dataset: Dataset, settings: Settings) -> Floor | None:
    """The median time of a step of these settings' training as compiled loops; None where Numba cannot be imported."""
    try:
        from benchmarks.floor import floor
    except ImportError:  # or one that does not fit this NumPy
        return None
    start = Parameters(*(p.astype(settings.dtype) for p in initial))
    X, y = dataset.X_train.astype(settings.dtype), dataset.y_train.astype(settings.dtype)
    train = floor(Task(start, X, y, settings.learning_rate, settings.batch_size))
    seconds = interleave({"floor": train}, REPEATS)["floor"]
    steps = int(np.ceil(len(y) / settings.batch_size))
    return Floor(microseconds=median(seconds) / steps * 1e6)


def kills() -> Kills:
    """The kill matrix that ships."""
    return cast(Kills, json.loads(KILLS.read_text()))
