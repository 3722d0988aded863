"""Stand-ins for the functions of ``math`` and ``scipy.special``."""

from __future__ import annotations

import types
from typing import Any

from backproof.replay import elementwise
from backproof.replay.creation import lift
from backproof.replay.operands import FUNCTIONS, floats, holds_traced, is_traced, number
from backproof.replay.refusal import NotFollowed
from backproof.replay.rules import rule_of
from backproof.replay.standin import StandIn, refused
from backproof.replay.tape import Tape

MATH = {
    "acos": "arccos", "asin": "arcsin", "atan": "arctan", "atan2": "arctan2", "acosh": "arccosh", "asinh": "arcsinh",
    "atanh": "arctanh", "lgamma": "scipy.special.gammaln", "gamma": "scipy.special.gamma", "erf": "scipy.special.erf",
    "erfc": "scipy.special.erfc",
}  # fmt: skip


def of_math(tape: Tape, name: str, value: Any) -> Any:
    if not callable(value):
        return value
    rule = rule_of(MATH.get(name, name))

    def call(*arguments: Any, **options: Any) -> Any:
        arguments = tuple(_one_number(tape, x) for x in arguments)
        if name in ("floor", "ceil", "trunc"):
            return value(floats(tape, arguments[0]))
        if name == "fsum":
            return FUNCTIONS["sum"](tape, list(arguments[0]))
        if name == "prod":
            return FUNCTIONS["prod"](tape, list(arguments[0]), **options)
        if name == "log" and len(arguments) == 2:
            return call(arguments[0]) / call(arguments[1])
        if name in ("isnan", "isinf", "isfinite", "isclose"):
            return value(*floats(tape, list(arguments)), **options)
        if rule is not None:
            made = value(*floats(tape, list(arguments)))  # raises as math does, on a domain or on overflow
            return elementwise.call(tape, rule.name, *arguments) if isinstance(made, float) else made
        if holds_traced(arguments):
            raise NotFollowed(f"math.{name}")
        return value(*arguments, **options)

    return call


def _one_number(tape: Tape, x: Any) -> Any:
    return number(tape, int(x.ids.reshape(()))) if is_traced(x) and x.ndim and x.size == 1 else x


def scipy_modules(tape: Tape) -> dict[str, types.ModuleType]:
    """scipy.special where scipy is installed; without it, its functions that are in the tables."""
    try:
        import scipy.special as special
    except ImportError:
        special = types.ModuleType("scipy.special")
        for name in [*FUNCTIONS, *(MATH.values())]:
            if name.startswith("scipy.special."):
                setattr(special, name.rpartition(".")[2], refused(name))
    made = StandIn("scipy.special", special, lambda name, value: _special(tape, f"scipy.special.{name}", value))
    scipy = types.ModuleType("scipy")
    scipy.__dict__.update(special=made, __path__=[])
    return {"scipy": scipy, "scipy.special": made}


def _special(tape: Tape, name: str, value: Any) -> Any:
    if not callable(value):
        return value
    if name in FUNCTIONS:
        return lambda *a, **k: FUNCTIONS[name](tape, *a, **k)
    if rule_of(name) is not None:
        return lambda *a, **k: elementwise.call(tape, name, *a, **k)

    def call(*arguments: Any, **options: Any) -> Any:
        if holds_traced(arguments):
            raise NotFollowed(name)
        return lift(tape, value(*arguments, **options))

    return call
