"""Trains one engine, and measures it after every epoch: in the engine's process."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from comparison.engine_process import Loaded
from comparison.settings import Settings
from comparison.sweep.asked import Asked
from comparison.sweep.reached import Reached
from comparison.training import BLOCK, accuracy, fit_in_blocks, hash_of, mean, warm_up
from data import DataError, Dataset, load
from engines import BinaryClassifier, Parameters, PromiseBroken, initial_weights


def train_as_asked(loaded: Loaded, asked: Asked, folder: Path | None) -> tuple[Reached, ...]:
    """Load the data, and train as asked.

    Args:
        folder: where the data is; None for what ships or is published.

    Raises:
        DataError: the data here is not the one that was asked for.
        PromiseBroken: as ``reached``.
    """
    dataset = load(asked.classes, folder, asked.seed, asked.train_samples)
    if (dataset.fingerprints.images, dataset.fingerprints.labels) != (asked.images, asked.labels):
        raise DataError("the images on this machine are not those of the command")
    initial = initial_weights(dataset.X_train.shape[1], asked.hidden, asked.seed)
    return tuple(reached(loaded, initial, dataset, asked.settings))


def reached(loaded: Loaded, initial: Parameters, dataset: Dataset, settings: Settings) -> Iterator[Reached]:
    """What a training has reached before the first epoch and after each.

    Raises:
        PromiseBroken: the engine returned another dtype or shape than it promises, or wrote into its inputs.
    """
    before = hash_of(dataset)
    X, y = dataset.X_train, dataset.y_train
    warm_up(loaded, initial, X, y, settings)
    engine = loaded.engine(initial, settings.dtype)
    running = fit_in_blocks(engine, X, y, settings, settings.epochs)
    blocks = math.ceil(len(y) / (BLOCK[settings.dtype] * settings.batch_size))  # of an epoch
    seconds = 0.0
    yield _measured(engine, dataset, 0, seconds)
    for epoch in range(1, settings.epochs + 1):
        clock = time.perf_counter()
        for _ in islice(running, blocks):
            pass
        seconds += time.perf_counter() - clock
        yield _measured(engine, dataset, epoch, seconds)
    if hash_of(dataset) != before:
        raise PromiseBroken("the engine wrote into its inputs")


def _measured(engine: BinaryClassifier, dataset: Dataset, epoch: int, seconds: float) -> Reached:
    return Reached(
        epochs=epoch,
        test_accuracy=accuracy(engine.predict(dataset.X_test), dataset.y_test),
        train_accuracy=accuracy(engine.predict(dataset.X_train), dataset.y_train),
        test_loss=mean(engine.loss(dataset.X_test, dataset.y_test)),
        train_loss=mean(engine.loss(dataset.X_train, dataset.y_train)),
        seconds=round(seconds, 3),
    )
