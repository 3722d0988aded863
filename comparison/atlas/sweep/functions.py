"""The functions that are swept, each with its derivative in Arb, written so that it does not cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flint import arb

from comparison.atlas.language import Formulation


class Swept(NamedTuple):
    """A function of one or two numbers.

    Attributes:
        derivative: by its first argument.
    """

    formulation: Formulation
    derivative: Callable[..., arb]

    @property
    def name(self) -> str:
        """As array language writes it."""
        return self.formulation.text


def _logistic(z: arb) -> arb:
    return 1 / (1 + (-z).exp())


def _bell(z: arb) -> arb:
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


def _below(z: arb) -> arb:
    """How much of the normal distribution lies below z."""
    return (-z / arb(2).sqrt()).erfc() / 2


def _gelu_by_tanh(z: arb) -> arb:
    scale = (2 / arb.pi()).sqrt()
    inner = scale * (z + arb("0.044715") * z**3)
    share = _logistic(2 * inner)
    return share + 2 * z * share * _logistic(-2 * inner) * scale * (1 + 3 * arb("0.044715") * z**2)


def _mish(z: arb) -> arb:
    plus = z.exp().log1p()
    return plus.tanh() + z * plus.sech() ** 2 * _logistic(z)


def _inside(low: float, high: float, derivative: Callable[..., arb]) -> Callable[..., arb]:
    """Unknown where the first argument is outside of the function's domain."""
    return lambda z, *others: derivative(z, *others) if low < z < high else arb("nan")


INFINITY = float("inf")


def _step(z: arb) -> arb:
    return arb(1) if z > 0 else arb(0) if z < 0 else arb(0.5, 0.5)


def _signum(z: arb) -> arb:
    return z.sgn() if z != 0 else arb(0, 1)


ONE: dict[str, Callable[[arb], arb]] = {
    "exp(x)": arb.exp,
    "expm1(x)": arb.exp,
    "exp2(x)": lambda z: arb(2) ** z * arb(2).log(),
    "log(x)": _inside(0, INFINITY, lambda z: 1 / z),
    "log1p(x)": _inside(-1, INFINITY, lambda z: 1 / (1 + z)),
    "log2(x)": _inside(0, INFINITY, lambda z: 1 / (z * arb(2).log())),
    "log10(x)": _inside(0, INFINITY, lambda z: 1 / (z * arb(10).log())),
    "sqrt(x)": lambda z: 1 / (2 * z.sqrt()),
    "rsqrt(x)": lambda z: -1 / (2 * z * z.sqrt()),
    "cbrt(x)": lambda z: 1 / (3 * abs(z).root(3) ** 2),
    "square(x)": lambda z: 2 * z,
    "x ** 3": lambda z: 3 * z * z,
    "x ** 0.5": lambda z: 1 / (2 * z.sqrt()),
    "1 / x": lambda z: -1 / (z * z),
    "abs(x)": _signum,
    "sin(x)": arb.cos,
    "cos(x)": lambda z: -z.sin(),
    "tan(x)": lambda z: z.sec() ** 2,
    "arcsin(x)": lambda z: 1 / ((1 - z) * (1 + z)).sqrt(),
    "arccos(x)": lambda z: -1 / ((1 - z) * (1 + z)).sqrt(),
    "arctan(x)": lambda z: 1 / (1 + z * z),
    "sinh(x)": arb.cosh,
    "cosh(x)": arb.sinh,
    "tanh(x)": lambda z: z.sech() ** 2,
    "arcsinh(x)": lambda z: 1 / (1 + z * z).sqrt(),
    "arccosh(x)": _inside(1, INFINITY, lambda z: 1 / ((z - 1) * (z + 1)).sqrt()),
    "arctanh(x)": _inside(-1, 1, lambda z: 1 / ((1 - z) * (1 + z))),
    "erf(x)": lambda z: 2 * (-z * z).exp() / arb.pi().sqrt(),
    "erfc(x)": lambda z: -2 * (-z * z).exp() / arb.pi().sqrt(),
    "erfinv(x)": lambda z: (z.erfinv() ** 2).exp() * arb.pi().sqrt() / 2,
    "gammaln(x)": _inside(0, INFINITY, arb.digamma),
    "sigmoid(x)": lambda z: _logistic(z) * _logistic(-z),
    "log_sigmoid(x)": lambda z: _logistic(-z),
    "softplus(x)": _logistic,
    "logit(x)": _inside(0, 1, lambda z: 1 / (z * (1 - z))),
    "silu(x)": lambda z: _logistic(z) * (1 + z * _logistic(-z)),
    "gelu(x)": lambda z: _below(z) + z * _bell(z),
    "gelu_tanh(x)": _gelu_by_tanh,
    "mish(x)": _mish,
    "elu(x)": lambda z: arb(1) if z > 0 else z.exp(),
    "relu(x)": _step,
    "softsign(x)": lambda z: 1 / (1 + abs(z)) ** 2,
    "tanhshrink(x)": lambda z: z.tanh() ** 2,
    "hard_swish(x)": lambda z: arb(0) if z < -3 else arb(1) if z > 3 else (2 * z + 3) / 6,
}
TWO: dict[str, Callable[[arb, arb], arb]] = {
    "x * y": lambda a, b: b,
    "x / y": lambda a, b: 1 / b,
    "y / x": lambda a, b: -b / (a * a),
    "x ** y": _inside(0, INFINITY, lambda a, b: b * a ** (b - 1)),
    "y ** x": lambda a, b: b.log() * b**a,
    "hypot(x, y)": lambda a, b: a / (a * a + b * b).sqrt(),
    "arctan2(x, y)": lambda a, b: b / (a * a + b * b),
    "arctan2(y, x)": lambda a, b: -b / (a * a + b * b),
    "logaddexp(x, y)": lambda a, b: _logistic(a - b),
    "maximum(x, y)": lambda a, b: _step(a - b),
    "xlogy(x, y)": lambda a, b: b.log(),
    "xlogy(y, x)": _inside(0, INFINITY, lambda a, b: b / a),
}
SWEPT = tuple(
    Swept(Formulation(names, text), derivative)
    for names, table in (("x", ONE), ("x, y", TWO))
    for text, derivative in table.items()
)
