"""Finished trainings on trial, block by block, and the scale of harmless drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

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


class Samples(NamedTuple):
    """The samples of one part of an epoch: X (n, d) and y (n,), in the order in which they are visited."""

    X: np.ndarray
    y: np.ndarray


class Stretch(NamedTuple):
    """A block of a training without its samples.

    Attributes:
        start, end: where the engine's parameters were before it and after it.
        losses: (n,), each sample's before its step.
        first_step: its first step of SGD, counted from 0 at the start of training.
        part: which part of an epoch its samples are, counted from 0.
    """

    start: Parameters
    end: Parameters
    losses: np.ndarray
    first_step: int
    part: int


@dataclass(frozen=True, eq=False)
class Audit:
    """Blocks of a training that are run again side by side: all but their samples, which many audits share.

    Attributes:
        stretches: all of the same number of samples.
        dtype: the engine's, "float64" or "float32".
    """

    stretches: tuple[Stretch, ...]
    learning_rate: float
    batch_size: int
    dtype: str

    @property
    def parts(self) -> tuple[int, ...]:
        """The parts of an epoch whose samples it needs, each once."""
        return tuple(sorted({stretch.part for stretch in self.stretches}))

    def run(self, samples: Mapping[int, Samples]) -> list[AuditedBlock]:
        """What comes of each block.

        Args:
            samples: those of each of ``parts``.

        Raises:
            ProofError: a start holds a number that is not finite, or shapes do not fit.
        """
        blocks = [Block(s.start, s.end, *samples[s.part], s.first_step, s.losses) for s in self.stretches]
        return audit_blocks(blocks, learning_rate=self.learning_rate, batch_size=self.batch_size, dtype=self.dtype)


def samples_of(part: int, dataset: Dataset, settings: Settings) -> Samples:
    """Those that are visited between two looks at the parameters."""
    place = _place(part, settings)
    return Samples(dataset.X_train[place], dataset.y_train[place])


def audits_of(training: Training, settings: Settings, count: int | None) -> Iterator[Audit]:
    """What is to be run, anywhere and in any order, for some blocks of a training, or for all if count is None.

    A training that is no longer finite is audited up to the first block that ends so. Blocks of the same samples go
    together.
    """
    train_samples = training.sample_losses.shape[1]
    per_epoch = -(-train_samples // (BLOCK[settings.dtype] * settings.batch_size))
    steps_per_epoch = -(-train_samples // settings.batch_size)

    def stretch(number: int) -> Stretch:
        epoch, part = divmod(number, per_epoch)
        start, end = training.pauses[number : number + 2]
        losses = training.sample_losses[epoch, _place(part, settings)]
        return Stretch(start, end, losses, epoch * steps_per_epoch + part * BLOCK[settings.dtype], part)

    chosen = choose_blocks(per_epoch * settings.epochs, per_epoch, count, settings.seed)
    finite = [all(np.isfinite(p).all() for p in pause) for pause in training.pauses]
    if False in finite:
        end = finite.index(False)
        chosen = sorted({number for number in chosen if number < end} | {end - 1})
    chosen.sort(key=lambda number: number % per_epoch)
    last = [number for number in chosen if (number + 1) % per_epoch == 0]  # of an epoch: it may be shorter
    for alike in (chosen[: len(chosen) - len(last)], last):
        for first in range(0, len(alike), TOGETHER):
            stretches = tuple(stretch(number) for number in alike[first : first + TOGETHER])
            yield Audit(stretches, settings.learning_rate, settings.batch_size, settings.dtype)


def _place(part: int, settings: Settings) -> slice:
    samples = BLOCK[settings.dtype] * settings.batch_size
    return slice(part * samples, (part + 1) * samples)


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
