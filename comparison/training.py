"""Trains one engine on the data and measures what came of it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from comparison.engine_process import Loaded
from comparison.results import Confusion, EngineResult, Seconds
from comparison.settings import Settings
from data import Dataset, sha256
from engines import BinaryClassifier, Parameters, PromiseBroken

BLOCK = {"float64": 300, "float32": 50}  # steps of SGD between two looks at the parameters


@dataclass(frozen=True, eq=False)
class Training:
    """One engine's finished training."""

    result: EngineResult
    pauses: list[Parameters]  # where training stood at the start and after every block
    sample_losses: np.ndarray  # (epochs, n), each before its step
    predictions: np.ndarray  # (n_test,) of 0 and 1
    probabilities: np.ndarray  # (n_test,) of class 1

    @property
    def final(self) -> Parameters:
        return self.pauses[-1]

    @property
    def epoch_ends(self) -> list[Parameters]:
        """Where training stood at the end of every epoch."""
        return epoch_ends(self.pauses, len(self.sample_losses))


def epoch_ends(pauses: list[Parameters], epochs: int) -> list[Parameters]:
    """Of the parameters at the start and after every block, those at the end of every epoch."""
    blocks = (len(pauses) - 1) // epochs if epochs else 1
    return pauses[blocks::blocks]


def fit_in_blocks(
    engine: BinaryClassifier, X: np.ndarray, y: np.ndarray, settings: Settings, epochs: int
) -> Iterator[np.ndarray]:
    """Train an engine as the settings say, with a pause after every BLOCK steps: the losses of each block's samples."""
    return engine.fit_in_blocks(
        X,
        y,
        epochs=epochs,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        block=BLOCK[settings.dtype],
    )


def warm_up(loaded: Loaded, initial: Parameters, X: np.ndarray, y: np.ndarray, settings: Settings) -> float:
    """Run one block of another engine of the class, so that what it compiles is timed apart: the seconds that takes."""
    clock = time.perf_counter()
    first = slice(BLOCK[settings.dtype] * settings.batch_size)
    list(fit_in_blocks(loaded.engine(initial, settings.dtype), X[first], y[first], settings, min(settings.epochs, 1)))
    return time.perf_counter() - clock


def train(loaded: Loaded, initial: Parameters, dataset: Dataset, settings: Settings) -> Training:
    """Train an engine from its initial weights and measure it on both sets.

    Raises:
        PromiseBroken: the engine returned another dtype or shape than it promises, or wrote into its inputs.
    """
    before = hash_of(dataset)
    X, y = dataset.X_train, dataset.y_train
    setup = loaded.seconds + warm_up(loaded, initial, X, y, settings)
    engine = loaded.engine(initial, settings.dtype)

    pauses, losses, seconds = [engine.parameters], [], 0.0
    running = fit_in_blocks(engine, X, y, settings, settings.epochs)
    while True:
        clock = time.perf_counter()
        block_losses = next(running, None)
        seconds += time.perf_counter() - clock
        if block_losses is None:
            break
        pauses.append(engine.parameters)
        losses.append(block_losses)
        loaded.advance(len(block_losses))

    sample_losses = np.concatenate([np.empty(0, settings.dtype), *losses]).reshape(settings.epochs, len(y))
    predictions = engine.predict(dataset.X_test)
    result = EngineResult(
        loop=engine.loop,
        losses=[mean(epoch) for epoch in sample_losses],
        accuracy=accuracy(predictions, dataset.y_test),
        train_accuracy=accuracy(engine.predict(X), y),
        test_loss=mean(engine.loss(dataset.X_test, dataset.y_test)),
        train_loss=mean(engine.loss(X, y)),
        confusion=_confusion(predictions, dataset.y_test),
        misclassified=np.flatnonzero(predictions != dataset.y_test).tolist(),
        seconds=Seconds(setup=setup, train=seconds),
    )
    training = Training(result, pauses, sample_losses, predictions, engine.predict_proba(dataset.X_test))
    if hash_of(dataset) != before:
        raise PromiseBroken("the engine wrote into its inputs")
    return training


def mean(losses: np.ndarray) -> float | None:
    """The correctly rounded mean of these losses, in nats; None where one of them is not finite."""
    return math.fsum(losses.tolist()) / len(losses) if np.isfinite(losses).all() else None


def accuracy(predictions: np.ndarray, y: np.ndarray) -> float:
    """The part of the predicted classes that is right."""
    return float(np.mean(predictions == y))


def _confusion(predictions: np.ndarray, y: np.ndarray) -> Confusion:
    return [[int(np.sum((y == true) & (predictions == predicted))) for predicted in (0, 1)] for true in (0, 1)]


def hash_of(dataset: Dataset) -> str:
    """Changes where anything is written into the data."""
    return sha256(dataset.X_train, dataset.y_train, dataset.X_test, dataset.y_test)
