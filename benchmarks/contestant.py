"""What the benchmark times: a training run that always starts from the same weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engines import BinaryClassifier, Parameters

# Trains from the start and returns the mean loss, each sample's before its step; None where nothing is trained.
Training = Callable[[], float | None]


class Task(NamedTuple):
    """SGD once over these samples in their order; every array has the dtype that is measured."""

    parameters: Parameters
    X: np.ndarray  # (n, d)
    y: np.ndarray  # (n,)
    learning_rate: float
    batch_size: int


Contestant = Callable[[Task], Training]  # what comes before the first step, building and converting, is not timed


def engine_contestant(engine: type[BinaryClassifier]) -> Contestant:
    """The engine through its own ``run``, from its own arrays; the losses come back to NumPy on the clock."""

    def prepare(task: Task) -> Training:
        model = engine(task.parameters, task.X.dtype.name)
        parameters = Parameters(*map(model.from_numpy, task.parameters))
        X, y = model.from_numpy(task.X), model.from_numpy(task.y)
        rate = model.from_numpy(np.asarray(task.learning_rate, task.X.dtype))
        return lambda: float(model.to_numpy(model.run(parameters, X, y, rate, task.batch_size)[1]).mean())

    return prepare
