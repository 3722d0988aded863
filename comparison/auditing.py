"""Finished trainings on trial, block by block, and the scale of harmless drift."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

import numpy as np

from comparison.differences import drift, finite_epsilons
from comparison.engine_process import Loaded
from comparison.results import BlockResult, ControlResult
from comparison.settings import Settings
from comparison.training import BLOCK, Training, epoch_ends, fit_in_blocks
from data import Dataset
from engines import Parameters
from proof.audit import AuditedBlock, Block, audit_blocks, choose_blocks

BLOCKS = 20  # audited by default
TOGETHER = 10  # run again side by side, as one array: more would not fit the caches


def audit(
    training: Training, dataset: Dataset, settings: Settings, count: int | None
) -> Iterator[Callable[[], list[AuditedBlock]]]:
    """What is to be run, anywhere, for some blocks of a training, or for all if count is None.

    A training that is no longer finite is audited up to the first block that ends so.
    """
    samples = BLOCK[settings.dtype] * settings.batch_size
    per_epoch = -(-len(dataset.y_train) // samples)
    steps_per_epoch = -(-len(dataset.y_train) // settings.batch_size)

    def block(number: int) -> Block:
        epoch, position = divmod(number, per_epoch)
        part = slice(position * samples, (position + 1) * samples)
        first_step = epoch * steps_per_epoch + position * BLOCK[settings.dtype]
        start, end = training.pauses[number : number + 2]
        losses = training.sample_losses[epoch, part]
        return Block(start, end, dataset.X_train[part], dataset.y_train[part], first_step, losses)

    chosen = choose_blocks(per_epoch * settings.epochs, per_epoch, count, settings.seed)
    finite = [all(np.isfinite(p).all() for p in pause) for pause in training.pauses]
    if False in finite:
        end = finite.index(False)
        chosen = sorted({number for number in chosen if number < end} | {end - 1})
    last = [number for number in chosen if (number + 1) % per_epoch == 0]  # of an epoch: it may be shorter
    for alike in ([number for number in chosen if number not in last], last):
        for first in range(0, len(alike), TOGETHER):
            yield partial(
                audit_blocks,
                [block(number) for number in alike[first : first + TOGETHER]],
                learning_rate=settings.learning_rate,
                batch_size=settings.batch_size,
                dtype=settings.dtype,
            )


def train_reordered(loaded: Loaded, initial: Parameters, dataset: Dataset, settings: Settings) -> list[Parameters]:
    """The same training with pixels and hidden units in another order: its parameters at the start and after every
    epoch, put back in order.
    """
    rng = np.random.default_rng(settings.seed)
    pixels, units = rng.permutation(initial.W1.shape[1]), rng.permutation(settings.hidden)
    W1, b1, W2, b2 = initial
    engine = loaded.engine(Parameters(W1[units][:, pixels], b1[units], W2[:, units], b2), settings.dtype)
    reached = [engine.parameters]
    for _ in fit_in_blocks(engine, dataset.X_train[:, pixels], dataset.y_train, settings, settings.epochs):
        reached.append(engine.parameters)
    pixels, units = np.argsort(pixels), np.argsort(units)
    at = [reached[0], *epoch_ends(reached, settings.epochs)]
    return [Parameters(W1[units][:, pixels], b1[units], W2[:, units], b2) for W1, b1, W2, b2 in at]


def control(engine: str, training: Training, reordered: list[Parameters]) -> ControlResult:
    """How far the two trainings of the engine are apart."""
    pairs = zip(Parameters._fields, training.final, reordered[-1], strict=True)
    return ControlResult(
        engine=engine,
        weights={name: finite_epsilons(p, q) for name, p, q in pairs},
        drift=drift(training.epoch_ends, reordered[1:]),
    )


def block_results(audited: Iterable[list[AuditedBlock]]) -> list[BlockResult]:
    return [
        BlockResult(
            first_step=block.first_step,
            steps=block.steps,
            word=block.word,
            outside=block.outside,
            radius=block.radius if np.isfinite(block.radius) else None,
            blind=block.blind,
            losses_outside=block.losses_outside,
        )
        for block in sorted(chain.from_iterable(audited), key=lambda block: block.first_step)
    ]
