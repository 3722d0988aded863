"""Every rule's value and partial derivatives enclose what mpmath computes to 50 digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from backproof.replay.ball import Ball
from backproof.replay.rule import Rule
from backproof.replay.rules import RULES
from backproof.replay.whole import full

mpmath.mp.dps = 50
ANY = (-2.7, -0.6, -1e-3, 0.3, 1.9, 12.5)
ABOVE_0 = (1e-6, 0.3, 1.0, 2.5, 700.0)
INSIDE_1 = (-0.9, -0.2, 0.1, 0.75)
MP: dict[str, tuple[Callable[..., Any], tuple[float, ...]]] = {
    "add": (lambda x, y: x + y, ANY),
    "subtract": (lambda x, y: x - y, ANY),
    "multiply": (lambda x, y: x * y, ANY),
    "divide": (lambda x, y: x / y, ANY),
    "negative": (lambda x: -x, ANY),
    "reciprocal": (lambda x: 1 / x, ANY),
    "square": (lambda x: x * x, ANY),
    "power": (lambda x, y: x**y, ABOVE_0[:4]),
    "sqrt": (mpmath.sqrt, ABOVE_0),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), ANY),
    "exp": (mpmath.exp, ANY),
    "exp2": (lambda x: 2**x, ANY),
    "expm1": (mpmath.expm1, ANY),
    "log": (mpmath.log, ABOVE_0),
    "log2": (lambda x: mpmath.log(x, 2), ABOVE_0),
    "log10": (mpmath.log10, ABOVE_0),
    "log1p": (mpmath.log1p, ABOVE_0),
    "tanh": (mpmath.tanh, ANY),
    "sinh": (mpmath.sinh, ANY),
    "cosh": (mpmath.cosh, ANY),
    "sin": (mpmath.sin, ANY),
    "cos": (mpmath.cos, ANY),
    "tan": (mpmath.tan, ANY),
    "arcsin": (mpmath.asin, INSIDE_1),
    "arccos": (mpmath.acos, INSIDE_1),
    "arctan": (mpmath.atan, ANY),
    "arcsinh": (mpmath.asinh, ANY),
    "arccosh": (mpmath.acosh, (1.2, 3.0, 40.0)),
    "arctanh": (mpmath.atanh, INSIDE_1),
    "absolute": (abs, ANY),
    "sign": (mpmath.sign, ANY),
    "heaviside": (lambda x, y: mpmath.mpf(x > 0), ANY),
    "floor": (mpmath.floor, ANY),
    "ceil": (mpmath.ceil, ANY),
    "trunc": (lambda x: mpmath.sign(x) * mpmath.floor(abs(x)), ANY),
    "rint": (mpmath.nint, ANY[:5]),
    "maximum": (max, ANY),
    "minimum": (min, ANY),
    "logaddexp": (lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)), ANY),
    "logaddexp2": (lambda x, y: mpmath.log(2**x + 2**y, 2), ANY),
    "deg2rad": (mpmath.radians, ANY),
    "rad2deg": (mpmath.degrees, ANY),
    "hypot": (mpmath.hypot, ANY),
    "arctan2": (mpmath.atan2, ANY),
    "scipy.special.expit": (lambda x: 1 / (1 + mpmath.exp(-x)), ANY),
    "scipy.special.log_expit": (lambda x: -mpmath.log1p(mpmath.exp(-x)), ANY),
    "scipy.special.logit": (lambda x: mpmath.log(x / (1 - x)), (0.01, 0.5, 0.8)),
    "scipy.special.erf": (mpmath.erf, ANY),
    "scipy.special.erfc": (mpmath.erfc, ANY[:5]),
    "scipy.special.gammaln": (mpmath.loggamma, ABOVE_0[1:]),
    "scipy.special.gamma": (mpmath.gamma, ABOVE_0[1:4]),
    "scipy.special.xlogy": (lambda x, y: x * mpmath.log(y), ABOVE_0),
    "scipy.special.xlog1py": (lambda x, y: x * mpmath.log1p(y), ABOVE_0),
}
CASES = [
    (name, (x,) if count == 1 else (x, y))
    for name, (function, points) in MP.items()
    for count in [2 if RULES[name].slopes.__code__.co_argcount > 2 and name not in ("cbrt",) else 1]
    for x in points
    for y in (points[::-1][:2] if count == 2 else (0,))
    if count == 1 or x != y
]


def test_every_rule_is_tried() -> None:
    assert set(MP) == set(RULES)


def holds(ball: Ball, value: Any, digits: float = 24) -> bool:
    away = abs(mpmath.mpf(ball.hi) + mpmath.mpf(ball.lo) - value)
    tight = ball.radius <= max(10.0**-digits * abs(ball.hi), 1e-280)
    return bool(away <= ball.radius + mpmath.mpf(10) ** -44 * (1 + abs(value))) and tight


def slopes_of(rule: Rule, inputs: list[Ball]) -> tuple[Ball | None, ...]:
    return rule.partials(inputs, rule.of_one(inputs), (True,) * len(inputs))


@pytest.mark.parametrize(("name", "point"), CASES, ids=lambda part: str(part))
def test_a_rule_encloses_the_value_and_the_derivatives(name: str, point: tuple[float, ...]) -> None:
    rule, (function, _) = RULES[name], MP[name]
    inputs = [Ball(x) for x in point]
    exact = [mpmath.mpf(x) for x in point]
    assert holds(rule.of_one(inputs), function(*exact))
    for place, slope in enumerate(slopes_of(rule, inputs)):
        direction = tuple(int(k == place) for k in range(len(point)))
        with mpmath.workdps(90):
            true = mpmath.diff(function, tuple(exact), direction)
        if slope is None:
            assert true == 0
        else:
            assert holds(slope, true, 22)


@pytest.mark.parametrize(("name", "point"), CASES[::3], ids=lambda part: str(part))
def test_arrays_and_single_numbers_have_the_same_rules(name: str, point: tuple[float, ...]) -> None:
    rule = RULES[name]
    arrays = [full(np.array([x, x]), np.zeros(2), np.zeros(2)) for x in point]
    value, one = rule.of(arrays), rule.of_one([Ball(x) for x in point])
    assert np.all(np.abs((value.hi - one.hi) + (value.lo - one.lo)) <= value.radius + one.radius)
    slopes = rule.partials(arrays, value, (True,) * len(point))
    for many, single in zip(slopes, slopes_of(rule, [Ball(x) for x in point]), strict=True):
        assert (many is None) == (single is None)
        if many is not None and single is not None:
            assert np.all(np.abs((many.hi - single.hi) + (many.lo - single.lo)) <= many.radius + single.radius)


def test_a_wrong_derivative_would_be_seen() -> None:
    wrong = Rule("tanh", RULES["tanh"].value, lambda x, made: (made,))
    (slope,) = slopes_of(wrong, [Ball(0.3)])
    assert slope is not None
    assert not holds(slope, mpmath.diff(mpmath.tanh, mpmath.mpf(0.3)))


@pytest.mark.parametrize(("name", "point", "low", "high"), [
    ("maximum", (0.5, 0.5), 0, 1), ("minimum", (0.0, 0.0), 0, 1), ("absolute", (0.0,), -1, 1),
])  # fmt: skip
def test_at_a_kink_every_one_sided_derivative_is_enclosed(
    name: str, point: tuple[float, ...], low: float, high: float
) -> None:
    for slope in slopes_of(RULES[name], [Ball(x) for x in point]):
        assert slope is not None
        assert slope.hi - slope.radius <= low
        assert slope.hi + slope.radius >= high


@pytest.mark.parametrize(("name", "point", "value"), [
    ("exp", (-np.inf,), 0.0), ("add", (np.inf, 1.0), np.inf), ("maximum", (-np.inf, 3.0), 3.0),
    ("log", (0.0,), -np.inf), ("tanh", (np.inf,), 1.0), ("divide", (1.0, np.inf), 0.0), ("divide", (1.0, 0.0), np.inf),
])  # fmt: skip
def test_infinities_are_what_floating_point_makes_of_them(name: str, point: tuple[float, ...], value: float) -> None:
    assert RULES[name].of_one([Ball(x) for x in point]) == Ball(value)


@pytest.mark.parametrize(
    ("name", "point"), [("log", (-1.0,)), ("multiply", (0.0, np.inf)), ("exp", (1e5,)), ("sqrt", (-1.0,))]
)
def test_what_is_no_number_is_not_known(name: str, point: tuple[float, ...]) -> None:
    assert RULES[name].of_one([Ball(x) for x in point]).radius == np.inf
