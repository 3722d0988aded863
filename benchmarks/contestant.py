"""What the benchmark times: a training run that always starts from the same weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engines import BinaryClassifier, Parameters


class Task(NamedTuple):
    """SGD once over these samples in their order; every array has the dtype that is measured."""

    parameters: Parameters
    X: np.ndarray  # (n, d)
    y: np.ndarray  # (n,)
    learning_rate: float
    batch_size: int


class Trained(NamedTuple):
    """What a training ends with."""

    loss: float  # the mean of the samples' losses, each before its step
    parameters: Parameters  # NumPy arrays of shapes (h, d), (h,), (1, h), (1,)


Training = Callable[[], Trained | None]  # trains from the start; None where nothing is trained
Contestant = Callable[[Task], Training]  # what comes before the first step, building and converting, is not timed


def engine_contestant(engine: type[BinaryClassifier]) -> Contestant:
    """The engine through its own ``run``, from its own arrays; losses and weights come back to NumPy on the clock."""

    def prepare(task: Task) -> Training:
        model = engine(task.parameters, task.X.dtype.name)
        parameters = Parameters(*map(model.from_numpy, task.parameters))
        X, y = model.from_numpy(task.X), model.from_numpy(task.y)
        rate = model.from_numpy(np.asarray(task.learning_rate, task.X.dtype))

        def train() -> Trained:
            reached, losses = model.run(parameters, X, y, rate, task.batch_size)
            return Trained(float(model.to_numpy(losses).mean()), Parameters(*map(model.to_numpy, reached)))

        return train

    return prepare
