"""A learner's training on trial: every step audited from the engine's own parameters, and a wrong one named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from check.catalogue.update import UPDATE
from check.learner_run import LearnerRun, TrainingRequest
from check.mistakes import Mistake, holds
from check.own_step import OwnStep, StepFormula
from engines.interface import Parameters
from proof.arithmetic import ProofError, arithmetic_of
from proof.audit import Block, audit_blocks
from proof.probes import Probe
from proof.verdict import WRONG

RATE, EPOCHS, BATCH = 0.375, 2, 2  # a rate of which neither the square nor the inverse is a simple factor


def training_request(probe: Probe) -> TrainingRequest:
    """Two epochs in batches of two, the last batch of each a single sample, with a look after every step."""
    parameters, X, y = probe[1:]
    odd = slice(0, len(y) - (len(y) + 1) % 2)
    return TrainingRequest(parameters, X[odd], y[odd], EPOCHS, RATE, BATCH, block=1)


class Trained:
    """The steps of a training: where each began and ended, and which of them rounding cannot explain."""

    def __init__(self, training: TrainingRequest, run: LearnerRun, dtype: str) -> None:
        self.training, self.arithmetic = training, arithmetic_of(dtype)
        reached = [Parameters(*(np.asarray(p, np.float64) for p in block.parameters)) for block in run.blocks]
        self.points = [Parameters(*(np.asarray(p, np.float64) for p in training.parameters)), *reached]
        self.wrong = [step for step in range(len(reached)) if not self._right(step)]

    def own(self, step: int) -> OwnStep:
        """The step in balls."""
        return OwnStep(self.training, self.points[: step + 1], self.arithmetic)

    def _right(self, step: int) -> bool:
        first = self.own_first(step)
        batch = slice(first, first + self.training.batch_size)
        block = Block(self.points[step], self.points[step + 1], self.training.X[batch], self.training.y[batch])
        try:
            (audited,) = audit_blocks(
                [block],
                learning_rate=self.training.learning_rate,
                batch_size=self.training.batch_size,
                dtype=self.arithmetic.name,
            )
        except ProofError:
            return False
        return audited.word != WRONG

    def own_first(self, step: int) -> int:
        """The first sample of a step."""
        per_epoch = -(-len(self.training.y) // self.training.batch_size)
        return step % per_epoch * self.training.batch_size

    def matches(self, formula: StepFormula) -> bool:
        """Whether every step ended where this formula ends."""
        return all(self._is(step, formula) for step in range(len(self.points) - 1))

    def _is(self, step: int, formula: StepFormula) -> bool:
        try:
            with np.errstate(all="ignore"):
                expected = formula(self.own(step))
        except (ProofError, ValueError):
            return False
        return all(
            p.shape == balls.shape and holds(balls, p) for p, balls in zip(self.points[step + 1], expected, strict=True)
        )

    def stands_still(self, step: int) -> bool:
        """Whether a step left every parameter where it was."""
        return all(np.array_equal(p, q) for p, q in zip(self.points[step], self.points[step + 1], strict=True))


def name_the_mistake(trained: Trained) -> Sequence[Mistake]:
    """The catalogued updates that every step of the training fits; those known by their course if none does."""
    found = [mistake for mistake in UPDATE if mistake.step and trained.matches(mistake.step)]
    if found:
        return found
    by_id = {mistake.id: mistake for mistake in UPDATE}
    if all(trained.stands_still(step) for step in trained.wrong):
        return [by_id["update-skipped"]]
    return [by_id["update-kept"]] if trained.wrong[0] > 0 else []


def describe(trained: Trained) -> str:
    """What can be seen of the wrong steps."""
    total, wrong = len(trained.points) - 1, len(trained.wrong)
    first = trained.wrong[0]
    moved = [
        name
        for name, p, q in zip(Parameters._fields, trained.points[first], trained.points[first + 1], strict=True)
        if not np.array_equal(p, q)
    ]
    what = f"{', '.join(moved)} moved in it" if moved else "nothing moved in it"
    return f"{wrong} of {total} steps end where rounding cannot have taken them, the first is step {first + 1}; {what}."
