"""The learner's own earlier lines as balls, for wrong formulas and right ones to be evaluated on.

A line that is shown is taken at its word; one that is not is computed, rightly or by a formula under suspicion, from
the last shown ones. Everything is in the learner's own arithmetic, so a ball contains what rounding can make of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from functools import cache, cached_property

import numpy as np

from backproof.arithmetic import Arithmetic
from backproof.balls import Balls
from check.learner_run import Probe
from engines.interface import Lines
from proof.enclosure import EQUATIONS, OPERANDS, Problem
from proof.forms import LINES, SIGMOID, Logit, widening

Formula = Callable[["OwnLines"], Balls]


class OwnLines:
    """One call of the learner's program: ``X`` (n, d), ``y`` (n, 1), ``W1`` ... ``b2`` and the twelve lines by name.

    Args:
        inputs: what the program was given.
        shown: the lines that it shows, in their own shapes and finite.
        arithmetic: the one it computes in.
        mean_last: whether it divides by n at the end.
        given: whether nonlinear lines are computed from the activations A1 and A2, instead of from the logits.
    """

    def __init__(
        self,
        inputs: Probe,
        shown: Mapping[str, np.ndarray],
        arithmetic: Arithmetic,
        mean_last: bool,
        given: bool = False,
    ) -> None:
        self.problem = Problem(*inputs, arithmetic, mean_last)
        self.shown, self.mean_last, self.given, self.arithmetic = shown, mean_last, given, arithmetic
        self.suspected: dict[str, Formula] = {}
        self.n, self.d = inputs.X.shape
        self.h = len(inputs.parameters.b1)
        self.y = inputs.y.astype(np.float64)[:, None]
        self._known: dict[str, Balls] = dict(self.problem.inputs)
        self._known |= {line: Balls.of(values, arithmetic) for line, values in shown.items()}

    def suspecting(self, line: str, formula: Formula) -> OwnLines:
        """The same call, if a line that it does not show were computed by this formula."""
        other = copy(self)
        for derived in ("error", "slope", "output_logit"):
            other.__dict__.pop(derived, None)
        other.suspected = {**self.suspected, line: formula}
        other._known = {
            name: balls
            for name, balls in self._known.items()
            if name not in OPERANDS or name in self.shown or not (name == line or line in earlier(name))
        }
        return other

    def __getattr__(self, name: str) -> Balls:
        """A line of the learner's, or one of its inputs."""
        if name not in OPERANDS and name not in ("X", "W1", "b1", "W2", "b2"):
            raise AttributeError(name)
        if name not in self._known:
            self._known[name] = self.suspected.get(name, lambda own: own.right(name))(self)
        return self._known[name]

    def right(self, line: str) -> Balls:
        """What the line should be, given the lines before it."""
        if line in EQUATIONS:
            operands = {name: getattr(self, name) for name in OPERANDS[line]}
            return self.problem.linear(line, self.problem.inputs | operands)
        if line in ("A1", "A2"):
            return self.sigmoid(getattr(self, OPERANDS[line][0]))
        if line == "dZ2":
            return self.error if self.mean_last else self.error / self.n
        return self.dA1 * self.slope if line == "dZ1" else self.loss_by("")

    @cached_property
    def error(self) -> Balls:
        """(n, 1): A2 - y, which is dZ2 before any 1/n."""
        return self.A2 - self.y if self.given else self._by_any_form("dZ2", self.output_logit)

    @cached_property
    def slope(self) -> Balls:
        """(n, h): the sigmoid's derivative at Z1."""
        return self.A1 * (1 - self.A1) if self.given else self.slope_at(self.Z1)

    @cached_property
    def output_logit(self) -> Logit:
        """Exact functions of Z2 and the labels."""
        return self.problem.logit("Z2", self.Z2)

    def loss_by(self, form: str) -> Balls:
        """(n,): the cross-entropy by the form of this name, or from Z2 by any form."""
        for known in LINES["loss"].forms:
            if known.name == form and known.given:
                return known.given(self.A2, self.problem.one).reshape(-1)
        return self._by_any_form("loss", self.output_logit).reshape(-1)

    def sigmoid(self, z: Balls) -> Balls:
        """1/(1 + exp(-z)), computed in any of the ways."""
        at = Logit(z)
        bounds = [form.radius(at, at.p, self.arithmetic) for form in SIGMOID if form.radius]
        return at.p.within(self.arithmetic).widened(widening(np.max(np.broadcast_arrays(*bounds), 0), self.arithmetic))

    def slope_at(self, z: Balls) -> Balls:
        """The sigmoid's derivative at z, computed in any of the ways."""
        return self._by_any_form("dZ1", Logit(z))

    def mean(self, total: Balls) -> Balls:
        """A gradient from a sum over the samples: divided by n where this program takes its mean last."""
        return total / self.n if self.mean_last else total

    def _by_any_form(self, line: str, at: Logit) -> Balls:
        value = self.problem.exact_at(line, at)
        bounds = [form.radius(at, value, self.arithmetic) for form in LINES[line].forms if form.radius]
        largest = np.max(np.broadcast_arrays(*bounds), axis=0)
        return value.within(self.arithmetic).widened(widening(largest, self.arithmetic))


def ones(own: OwnLines, *shape: int) -> Balls:
    """An array of ones, exactly."""
    return Balls.of(np.ones(shape), own.arithmetic)


@cache
def earlier(line: str) -> tuple[str, ...]:
    """All lines that a line is computed from, directly or not, in the order of computation."""
    found = {name for operand in OPERANDS[line] for name in (operand, *earlier(operand))}
    found |= {"dZ2": {"A2"}, "dZ1": {"A1"}, "loss": {"A2"}}.get(line, set())
    return tuple(sorted(found, key=Lines._fields.index))
