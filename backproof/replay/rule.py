"""A rule: one function of numbers, its value in balls and its partial derivatives.

A rule is written once and works for arrays (``Balls``) and for single numbers (``Ball``): both know ``+ - * /`` and
``map``. At a kink every number between the one-sided derivatives is right, and the partial is the ball of them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, ctx

from backproof.arithmetic import EXACT
from backproof.balls import BITS, Balls, from_arb, to_arb
from backproof.replay.ball import Ball
from backproof.replay.whole import full, picked

Value = Any  # Balls or Ball: the rules are the same for both
Asked = tuple[bool, ...]  # for which inputs a partial derivative is wanted


@dataclass(frozen=True, eq=False)
class Rule:
    """A function of one or more numbers.

    Attributes:
        name: NumPy's, or ``scipy.special.`` and scipy's.
        value: the function in balls.
        slopes: its partial derivatives, given the inputs, the value, and which are asked for; None stands for 0.
        in_floats: the same function on floats, for infinities; NumPy's of that name by default.
    """

    name: str
    value: Callable[..., Value]
    slopes: Callable[..., tuple[Value | None, ...]]
    in_floats: Callable[..., Any] | None = None

    def of(self, inputs: list[Balls]) -> Balls:
        """The values for arrays of one shape."""
        with np.errstate(all="ignore"):
            made = self.value(*inputs)
            if all(math.isfinite(x.hi.sum()) or np.isfinite(x.hi).all() for x in inputs):
                return made if self.name not in _POLES else _at_poles(self, made, inputs)
            return _with_infinities(self, made, inputs)

    def of_one(self, inputs: list[Ball]) -> Ball:
        """The value for single numbers."""
        if not any(math.isinf(x.hi) for x in inputs):
            made = self.value(*inputs)
            if made.radius < math.inf or self.name not in _POLES:
                return made
        return _one(self.of([_array(x) for x in inputs]))

    def partials(self, inputs: list[Value], made: Value, asked: Asked) -> tuple[Value | None, ...]:
        """One factor for each input; None where the derivative is 0 or not asked for."""
        with np.errstate(all="ignore"):
            found = self.slopes(*inputs, made, asked) if self.name in CHOOSY else self.slopes(*inputs, made)
        return tuple(partial if wanted else None for partial, wanted in zip(found, asked, strict=True))


def _array(x: Ball) -> Balls:
    return full(np.array([x.hi]), np.array([x.lo]), np.array([x.radius]))


def _floats(rule: Rule, inputs: list[Balls]) -> np.ndarray:
    function = rule.in_floats or getattr(np, rule.name)
    return np.asarray(function(*(x.hi for x in inputs)), np.float64)


def _with_infinities(rule: Rule, made: Balls, inputs: list[Balls]) -> Balls:
    """Where an input is infinite, the limit that floating point knows: inf, 0, 1; NaN is not known."""
    infinite = np.logical_or.reduce([np.isinf(x.hi) for x in inputs])
    known = np.logical_and.reduce([np.isfinite(x.radius) for x in inputs])
    limits = _floats(rule, inputs)
    exact = infinite & known & ~np.isnan(limits) & (np.isinf(limits) | (limits == np.rint(limits)))
    zeros = np.zeros(made.shape)
    limit = full(np.where(exact, limits, 0.0), zeros, np.where(exact, 0.0, np.inf))
    chosen = rule.name in ("maximum", "minimum", "fmax", "fmin")  # right as they are
    return made if chosen else picked(infinite, limit, made)


_POLES = frozenset({"log", "log2", "log10", "log1p", "divide", "reciprocal", "logaddexp"})


def _at_poles(rule: Rule, made: Balls, inputs: list[Balls]) -> Balls:
    """Where floating point says infinity for exact inputs (log 0, 1/0), the value is that infinity."""
    if made.bounded:
        return made
    exact = np.logical_and.reduce([(x.radius == 0) & (x.lo == 0) for x in inputs])
    limits = _floats(rule, inputs)
    pole = exact & np.isinf(limits) & np.isinf(made.radius)
    zeros = np.zeros(made.shape)
    return picked(pole, full(np.where(pole, limits, 0.0), zeros, zeros), made)


# Of values.


def like(x: Value, hi: Any, radius: Any = 0.0) -> Value:
    """Constants in the kind and shape of ``x``."""
    if isinstance(x, Ball):
        return Ball(float(hi), 0.0, float(radius))
    hi = np.broadcast_to(np.asarray(hi, np.float64), x.shape)
    return full(hi, np.zeros(x.shape), np.broadcast_to(np.asarray(radius, np.float64), x.shape))


def side(x: Value) -> Any:
    """1 above 0, -1 below 0, and 0 where it is 0 or where the ball cannot tell."""
    size = abs(x.hi) if isinstance(x, Ball) else np.abs(x.hi)
    sure = size * (1 - 2.0**-50) > x.radius
    return np.sign(x.hi) * sure


def choose(where: Any, yes: Value, no: Value) -> Value:
    """One or the other, entry by entry."""
    return (yes if where else no) if isinstance(yes, Ball) else picked(where, yes, no)


def arb_of_two(function: Callable[[arb, arb], arb], x: Value, y: Value) -> Value:
    """An Arb function of two numbers, entry by entry."""
    if isinstance(x, Ball):
        return _one(arb_of_two(function, _array(x), _array(y)))
    with ctx.workprec(BITS):
        values = [function(a, b) for a, b in zip(to_arb(x), to_arb(y), strict=True)]
    return from_arb(values, x.shape, EXACT)


def _one(balls: Balls) -> Ball:
    return Ball(float(balls.hi[0]), float(balls.lo[0]), float(balls.radius[0]))


CHOOSY = frozenset({"divide", "power"})  # whose slopes are told which are asked for
