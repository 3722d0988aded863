"""One step of SGD from the engine's own parameters, in balls, for wrong updates to be evaluated on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from backproof.arithmetic import Arithmetic
from backproof.balls import Balls
from check.learner_run import TrainingRequest
from engines.interface import Parameters
from proof.enclosure import enclose
from proof.forms import Logit

Balls4 = tuple[Balls, Balls, Balls, Balls]
StepFormula = Callable[["OwnStep"], Balls4]


class OwnStep:
    """One step: ``start`` are the parameters before it.

    Args:
        training: what was asked.
        starts: the parameters before each step so far, this one's last.
        arithmetic: the engine's.
    """

    def __init__(self, training: TrainingRequest, starts: Sequence[Parameters], arithmetic: Arithmetic) -> None:
        self.training, self.starts, self.arithmetic = training, starts, arithmetic
        self.batch_size, self.rate = training.batch_size, training.learning_rate
        self.start = Parameters(*(Balls.of(p, arithmetic) for p in starts[-1]))
        self.first = self._first(len(starts) - 1)
        self.n = len(training.y[self._batch(self.first)])

    def ball(self, value: float) -> Balls:
        """A number, exactly."""
        return Balls.of(np.full((1,), value), self.arithmetic)

    def gradient(self) -> Balls4:
        """The right gradient of this step."""
        return self._gradient

    @cached_property
    def _gradient(self) -> Balls4:
        return self.gradient_of(self._batch(self.first))

    @property
    def mirrored(self) -> slice:
        """The samples of this step, if an epoch began with the last."""
        total = len(self.training.y)
        return slice(max(total - self.first - self.batch_size, 0), total - self.first)

    def gradient_of(self, samples: slice, start: Parameters | None = None) -> Balls4:
        """The gradient of other samples, or from other parameters."""
        X, y = self.training.X[samples], self.training.y[samples]
        steps = enclose(self.start if start is None else start, X, y, self.arithmetic)
        return steps.dW1, steps.db1, steps.dW2, steps.db2

    def accumulated_gradient(self) -> Balls4:
        """The sum of the gradients of this step and all before it."""
        total = self.gradient()
        for number, start in enumerate(self.starts[:-1]):
            each = self.gradient_of(self._batch(self._first(number)), start)
            total = total[0] + each[0], total[1] + each[1], total[2] + each[2], total[3] + each[3]
        return total

    def gradient_with_moved_output(self) -> Balls4:
        """The gradient if dA1 is computed from W2 after its step."""
        samples = self._batch(self.first)
        X, y = self.training.X[samples], self.training.y[samples]
        steps = enclose(self.start, X, y, self.arithmetic)
        at = Logit(steps.Z1)
        slope = (at.p * at.q).within(self.arithmetic)
        slope = slope.widened(64 * self.arithmetic.unit_roundoff * slope.size)
        dZ1 = (steps.dZ2 * (self.start.W2 - steps.dW2 * self.rate)) * slope
        return dZ1.T @ Balls.of(X, self.arithmetic), dZ1.sum(0), steps.dW2, steps.db2

    def _first(self, number: int) -> int:
        """The first sample of the step of this number."""
        per_epoch = -(-len(self.training.y) // self.batch_size)
        return number % per_epoch * self.batch_size

    def _batch(self, first: int) -> slice:
        return slice(first, first + self.batch_size)
