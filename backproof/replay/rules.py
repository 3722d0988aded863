"""Functions of numbers, entry by entry: the value in balls and the partial derivatives, each a line or two.

Derivatives: M. Abramowitz and I. Stegun, *Handbook of Mathematical Functions*, chapters 4, 6 and 7.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb, ctx

from backproof.balls import BITS, Balls
from backproof.replay.ball import Ball
from backproof.replay.rule import Asked, Rule, Value, arb_of_two, choose, like, side
from backproof.replay.whole import full


def _sqrt(x: Value) -> Value:
    return x.map(arb.sqrt)


def _power(x: Value, y: Value) -> Value:
    exponents = np.unique(y.hi) if isinstance(y, Balls) else [y.hi]
    if len(exponents) == 1 and exponents[0] in (0, 1, 2, 3, 4) and not np.any(y.radius) and not np.any(y.lo):
        result = like(x, 1.0)
        for _ in range(int(exponents[0])):
            result = result * x
        return result
    if len(exponents) == 1 and exponents[0] in (0.5, -0.5, -1) and not np.any(y.radius):
        root = x if exponents[0] == -1 else _sqrt(x)
        return root if exponents[0] == 0.5 else like(x, 1.0) / root
    return arb_of_two(lambda a, b: a**b, x, y)


def _power_slopes(x: Value, y: Value, made: Value, asked: Asked) -> tuple[Value | None, ...]:
    of_base = of_exponent = None
    if asked[0]:
        zero = (y.hi == 0) & (y.radius == 0)
        of_base = y * _power(x, y - like(y, 1.0))
        of_base = choose(zero, like(x, 0.0), of_base)
    if asked[1]:
        of_exponent = made * x.map(arb.log)
    return of_base, of_exponent


def order(x: Value, y: Value) -> Any:
    """1 where x is above y, -1 below, and 0 where they are equal or where the balls cannot tell."""
    difference = side(x - y)
    if isinstance(x, Ball):
        return difference if math.isfinite(x.hi - y.hi) else float((x.hi > y.hi) - (x.hi < y.hi))
    infinite = ~np.isfinite(x.hi - y.hi)
    return np.where(infinite, 1.0 * (x.hi > y.hi) - (x.hi < y.hi), difference) if infinite.any() else difference


def _greater(x: Value, y: Value) -> Value:
    return choose(order(x, y) >= 0, x, y)


def _smaller(x: Value, y: Value) -> Value:
    return choose(order(x, y) <= 0, x, y)


def _either(x: Value, y: Value, sign: float) -> tuple[Value, Value]:
    """The partials of a choice: 1 and 0, and at a tie all between."""
    s = sign * order(x, y)
    first, second = (like(x, (1 + t) / 2, 0.5 * (t == 0)) for t in (s, -s))
    return first, second


def _abs(x: Value) -> Value:
    return choose(side(x) < 0, -x, x)


def _log_sum(x: Value, y: Value) -> Value:
    top = choose(x.hi >= y.hi, x, y)
    bottom = choose(x.hi >= y.hi, y, x)
    return top + (bottom - top).map(lambda a: a.exp().log1p())


def _expit(x: Value) -> Value:
    return x.map(lambda a: a.sigmoid() if hasattr(a, "sigmoid") else 1 / (1 + (-a).exp()))


def _xlogy(x: Value, y: Value) -> Value:
    zero = (x.hi == 0) & (x.radius == 0)
    return choose(zero, like(x, 0.0), x * choose(zero, like(y, 1.0), y).map(arb.log))


def _whole(function: Callable[[Any], Any]) -> Callable[[Value], Value]:
    """A function with whole numbers as values; where the ball holds a jump, both sides."""

    def value(x: Value) -> Value:
        low, high = function(x.hi + x.lo - x.radius), function(x.hi + x.lo + x.radius)
        return like(x, (low + high) / 2, (high - low) / 2)

    return value


def _no_slope(*inputs: Value) -> tuple[None, ...]:
    return (None,) * (len(inputs) - 1)


LN2, LN10 = arb(2).log, arb(10).log  # at the precision in force when called


def _unary(name: str, function: Callable[[arb], arb], slope: Callable[[Value, Value], Value], **more: Any) -> Rule:
    return Rule(name, lambda x: x.map(function), lambda x, made: (slope(x, made),), **more)


def _one_over(x: Value) -> Value:
    return like(x, 1.0) / x


def _constant(x: Value, function: Callable[[], arb]) -> Value:
    with ctx.workprec(BITS):
        hi = float(function())
        rest = function() - hi
        ball = Ball(hi, float(rest), 2.0**-100 * abs(hi))
    if isinstance(x, Ball):
        return ball
    return full(*(np.full(x.shape, part) for part in ball))


def _RADIAN() -> arb:
    return arb.pi() / 180


_two_over_root_pi = lambda: 2 / arb.pi().sqrt()  # noqa: E731

_ALL = [
    Rule("add", lambda x, y: x + y, lambda x, y, made: (like(x, 1.0), like(y, 1.0))),
    Rule("subtract", lambda x, y: x - y, lambda x, y, made: (like(x, 1.0), like(y, -1.0))),
    Rule("multiply", lambda x, y: x * y, lambda x, y, made: (y, x)),
    Rule(
        "divide",
        lambda x, y: x / y,
        lambda x, y, made, asked: (_one_over(y), -(made / y) if asked[1] else None),
    ),
    Rule("negative", lambda x: -x, lambda x, made: (like(x, -1.0),)),
    Rule("reciprocal", _one_over, lambda x, made: (-(made * made),)),
    Rule("square", lambda x: x * x, lambda x, made: (x + x,)),
    Rule("power", _power, _power_slopes),
    Rule("sqrt", _sqrt, lambda x, made: (like(x, 0.5) / made,)),
    _unary(
        "cbrt",
        lambda a: a.root(3) if not a < 0 else -(-a).root(3),
        lambda x, made: _one_over(made * made) / like(x, 3.0),
    ),
    _unary("exp", arb.exp, lambda x, made: made),
    _unary("exp2", lambda a: arb(2) ** a, lambda x, made: made * _constant(x, LN2)),
    _unary("expm1", arb.expm1, lambda x, made: x.map(arb.exp)),
    _unary("log", arb.log, lambda x, made: _one_over(x)),
    _unary("log2", lambda a: a.log() / LN2(), lambda x, made: _one_over(x * _constant(x, LN2))),
    _unary("log10", lambda a: a.log() / LN10(), lambda x, made: _one_over(x * _constant(x, LN10))),
    _unary("log1p", arb.log1p, lambda x, made: _one_over(x + like(x, 1.0))),
    _unary("tanh", arb.tanh, lambda x, made: x.map(lambda a: a.sech() ** 2)),
    _unary("sinh", arb.sinh, lambda x, made: x.map(arb.cosh)),
    _unary("cosh", arb.cosh, lambda x, made: x.map(arb.sinh)),
    _unary("sin", arb.sin, lambda x, made: x.map(arb.cos)),
    _unary("cos", arb.cos, lambda x, made: -x.map(arb.sin)),
    _unary("tan", arb.tan, lambda x, made: made * made + like(x, 1.0)),
    _unary("arcsin", arb.asin, lambda x, made: _one_over(_sqrt(like(x, 1.0) - x * x))),
    _unary("arccos", arb.acos, lambda x, made: -_one_over(_sqrt(like(x, 1.0) - x * x))),
    _unary("arctan", arb.atan, lambda x, made: _one_over(x * x + like(x, 1.0))),
    _unary("arcsinh", arb.asinh, lambda x, made: _one_over(_sqrt(x * x + like(x, 1.0)))),
    _unary("arccosh", arb.acosh, lambda x, made: _one_over(_sqrt(x * x - like(x, 1.0)))),
    _unary("arctanh", arb.atanh, lambda x, made: _one_over(like(x, 1.0) - x * x)),
    Rule("absolute", _abs, lambda x, made: (like(x, side(x), 1.0 * (side(x) == 0)),)),
    Rule("sign", lambda x: like(x, side(x)), _no_slope),
    Rule(
        "heaviside",
        lambda x, y: choose(side(x) == 0, y, like(x, side(x) > 0)),
        lambda x, y, made: (None, like(y, side(x) == 0)),
    ),
    Rule("floor", _whole(np.floor), _no_slope),
    Rule("ceil", _whole(np.ceil), _no_slope),
    Rule("trunc", _whole(np.trunc), _no_slope),
    Rule("rint", _whole(np.rint), _no_slope),
    Rule("maximum", _greater, lambda x, y, made: _either(x, y, 1.0)),
    Rule("minimum", _smaller, lambda x, y, made: _either(x, y, -1.0)),
    Rule("logaddexp", _log_sum, lambda x, y, made: ((x - made).map(arb.exp), (y - made).map(arb.exp))),
    Rule(
        "logaddexp2",
        lambda x, y: _log_sum(x * _constant(x, LN2), y * _constant(x, LN2)) / _constant(x, LN2),
        lambda x, y, made: tuple(((z - made) * _constant(z, LN2)).map(arb.exp) for z in (x, y)),
    ),
    Rule("deg2rad", lambda x: x * _constant(x, _RADIAN), lambda x, made: (_constant(x, _RADIAN),)),
    Rule("rad2deg", lambda x: x / _constant(x, _RADIAN), lambda x, made: (_one_over(_constant(x, _RADIAN)),)),
    Rule("hypot", lambda x, y: _sqrt(x * x + y * y), lambda x, y, made: (x / made, y / made)),
    Rule(
        "arctan2",
        lambda y, x: arb_of_two(arb.atan2, y, x),
        lambda y, x, made: (x / (x * x + y * y), -y / (x * x + y * y)),
    ),
    _unary(
        "scipy.special.expit",
        lambda a: 1 / (1 + (-a).exp()),
        lambda x, made: made * _expit(-x),
        in_floats=lambda x: 1 / (1 + np.exp(-x)),
    ),
    _unary(
        "scipy.special.log_expit",
        lambda a: -(-a).exp().log1p(),
        lambda x, made: _expit(-x),
        in_floats=lambda x: -np.log1p(np.exp(-x)),
    ),
    _unary(
        "scipy.special.logit",
        lambda a: (a / (1 - a)).log(),
        lambda x, made: _one_over(x * (like(x, 1.0) - x)),
        in_floats=lambda x: np.log(x / (1 - x)),
    ),
    _unary(
        "scipy.special.erf",
        arb.erf,
        lambda x, made: x.map(lambda a: (-a * a).exp()) * _constant(x, _two_over_root_pi),
        in_floats=np.sign,
    ),
    _unary(
        "scipy.special.erfc",
        arb.erfc,
        lambda x, made: -x.map(lambda a: (-a * a).exp()) * _constant(x, _two_over_root_pi),
        in_floats=lambda x: 1 - np.sign(x),
    ),
    _unary("scipy.special.gammaln", arb.lgamma, lambda x, made: x.map(arb.digamma), in_floats=np.abs),
    _unary("scipy.special.gamma", arb.gamma, lambda x, made: made * x.map(arb.digamma), in_floats=np.abs),
    Rule(
        "scipy.special.xlogy",
        _xlogy,
        lambda x, y, made: (y.map(arb.log), x / y),
        in_floats=lambda x, y: np.where(x == 0, 0.0, x * np.log(y)),
    ),
    Rule(
        "scipy.special.xlog1py",
        lambda x, y: _xlogy(x, y + like(y, 1.0)),
        lambda x, y, made: (y.map(arb.log1p), x / (y + like(y, 1.0))),
        in_floats=lambda x, y: np.where(x == 0, 0.0, x * np.log1p(y)),
    ),
]
RULES = {rule.name: rule for rule in _ALL}

# NumPy's other names for the same functions.
SAME = {
    "true_divide": "divide", "fabs": "absolute", "abs": "absolute", "float_power": "power", "pow": "power",
    "fmax": "maximum", "fmin": "minimum", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh",
    "acosh": "arccosh", "atanh": "arctanh", "atan2": "arctan2", "fix": "trunc", "radians": "deg2rad",
    "degrees": "rad2deg",
}  # fmt: skip


def rule_of(name: str) -> Rule | None:
    """The rule of a NumPy function of this name, if there is one."""
    return RULES.get(SAME.get(name, name))
