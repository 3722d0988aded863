"""A learner's training on trial: every step audited from the engine's own parameters, and a wrong one named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproof.arithmetic import ProofError, arithmetic_of
from backproof.balls import Balls
from check.catalogue import MISTAKES
from check.catalogue.update import UPDATE
from check.learner_run import LearnerRun, TrainingRequest
from check.learner_run import Probe as Inputs
from check.mistakes import Mistake, holds
from check.own_lines import Formula, OwnLines
from check.own_step import OwnStep, StepFormula
from engines.interface import Parameters
from proof.audit import Block, audit_blocks
from proof.judgement import WRONG
from proof.probes import Probe

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
        self.losses = [np.asarray(block.losses, np.float64).ravel() for block in run.blocks]
        self.wrong = [step for step in range(len(reached)) if not self._right(step)]
        self.false_losses = self._false_losses()

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

    def goes_astray(self, right: Sequence[str]) -> bool:
        """Whether a step takes a parameter astray whose gradient, one of these, is right in the engine's steps."""
        return any(self._astray(step, right) for step in self.wrong)

    def _astray(self, step: int, right: Sequence[str]) -> bool:
        own = self.own(step)
        try:
            gradient = own.gradient()
        except (ProofError, ValueError):
            return False
        moves = zip(Parameters._fields, own.start, gradient, self.points[step + 1], strict=True)
        return any(f"d{name}" in right and not holds(p - dp * own.rate, end) for name, p, dp, end in moves)

    def before(self, step: int) -> OwnLines:
        """The right lines of a step's samples, at the parameters before it."""
        batch = slice(self.own_first(step), self.own_first(step) + self.training.batch_size)
        inputs = Inputs(self.points[step], self.training.X[batch], self.training.y[batch])
        return OwnLines(inputs, {}, self.arithmetic, mean_last=False)

    def _false_losses(self) -> list[int]:
        """The steps whose losses are not those of their samples before them, where every step has one for each."""
        samples = [self.training.y[self.own_first(s) :][: self.training.batch_size] for s in range(len(self.losses))]
        if any(losses.shape != y.shape for losses, y in zip(self.losses, samples, strict=True)):
            return []
        return [step for step in range(len(samples)) if not self._are(step, self.before(step).right("loss"))]

    def _are(self, step: int, expected: Balls) -> bool:
        """Whether a step's losses are these, but for what a small constant inside a logarithm makes of them."""
        close = 1e-3 if self.arithmetic.name == "float32" else 1e-6
        return bool(np.allclose(self.losses[step], expected.hi.ravel(), rtol=close, atol=close))

    def gives(self, formula: Formula) -> bool:
        """Whether the losses of every step are what this formula gives."""
        try:
            with np.errstate(all="ignore"):
                return all(self._are(step, formula(self.before(step))) for step in range(len(self.losses)))
        except (ProofError, ValueError):
            return False

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


def name_the_loss(trained: Trained) -> Sequence[Mistake]:
    """The catalogued losses that those of every step are."""
    return [m for m in MISTAKES if m.line == "loss" and m.wrong and trained.gives(m.wrong)]


def describe_losses(trained: Trained) -> str:
    """What can be seen of the losses that training returns."""
    first = trained.false_losses[0]
    value, right = trained.losses[first][0], trained.before(first).right("loss").hi.ravel()[0]
    return (
        f"It is what training returns: in {len(trained.false_losses)} of {len(trained.losses)} steps it is not the"
        " cross-entropy before the step;"
        f" in step {first + 1} yours begins with {value:.6g}, and should with {right:.6g}."
    )


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
