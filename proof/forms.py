"""The formulas of each line: equal in exact arithmetic, not in floating point, and correct programs use them all.

Each nonlinear line is a function of one logit z (of Z1 for A1 and dZ1, of Z2 for A2, the loss and dZ2). A form says how
far the number it computes may lie from the exact value of the line at that z. In the bounds u is the unit roundoff, k
the error of a library's exponential or logarithm in units of u, p = sigmoid(z), q = sigmoid(-z) = 1 - p, and t the
probability given to the wrong label: p for y = 0, q for y = 1. Every bound also counts two of the smallest normal
numbers for underflow. First-order sums of roundings are made rigorous by ``Arithmetic.gamma`` (Higham, *Accuracy and
Stability of Numerical Algorithms*, 2nd ed., lemma 3.1).

A form is *sound* if it keeps its digits at every z; one that is not *cancels* where ``loses`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from flint import arb, ctx

from backproof.arithmetic import EXACT, Arithmetic
from backproof.balls import BITS, UP, Balls, from_arb, to_arb

CLIPS = (1e-15, 1e-12, 1e-10, 1e-8, 1e-7, 2.0**-52, 2.0**-23)  # constants at which published losses clip


class Logit:
    """Exact functions of a logit's balls: p and q, and given labels y also t, the probability of the wrong label."""

    def __init__(self, z: Balls, y: np.ndarray | None = None) -> None:
        with ctx.workprec(BITS):
            exponentials = [(-value).exp() for value in to_arb(z)]
            # Each holds its exponential once, so a wide ball does not grow.
            sigmoids = [1 / (1 + e) for e in exponentials] + [1 / (1 + 1 / e) for e in exponentials]
        both = from_arb(sigmoids, (2, *z.shape), EXACT)
        self.z, self.p, self.q = z, both[0], both[1]
        self.size, (self.p_size, self.q_size) = z.size, both.size
        if y is not None:
            self.one = (y == 1).reshape(z.shape)
            self.t, self.t_size = _choose(self.one, self.q, self.p), np.where(self.one, self.q_size, self.p_size)

    def softplus(self) -> Balls:
        """The loss: ``log(1 + exp((1 - 2y) z))``, the logarithm of the right label's probability, negated."""
        signed = to_arb(_choose(self.one, -self.z, self.z))
        with ctx.workprec(BITS):
            losses = [z + (-z).exp().log1p() if z > 0 else z.exp().log1p() for z in signed]
        return from_arb(losses, self.z.shape, EXACT)


Radius = Callable[[Logit, Balls, Arithmetic], np.ndarray]  # the logit, the line's exact value there: the bound
Given = Callable[[Balls, np.ndarray], Balls]  # an activation, and where y = 1: the line by this formula


@dataclass(frozen=True)
class Form:
    """One formula of a line.

    Attributes:
        name: as printed in a verdict.
        sound: whether it keeps its digits at every logit.
        bound: how far it may be from the exact value, in the letters above.
        source: the derivation, or who derived it.
        loses: where it loses digits; empty if sound.
        radius: the bound as a function; None if it has none of its own.
        given: the same formula from the activation (A1, or A2) that an engine shows; None if it uses the logit.
    """

    name: str
    sound: bool
    bound: str
    source: str
    loses: str = ""
    radius: Radius | None = field(default=None, repr=False)
    given: Given | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Line:
    """One line of Algorithm 1: its formula, its shape, and the forms that a correct program may compute it by."""

    name: str
    formula: str
    shape: str
    forms: tuple[Form, ...]


def _choose(where: np.ndarray, a: Balls, b: Balls) -> Balls:
    hi, lo, radius = (np.where(where, x, y) for x, y in ((a.hi, b.hi), (a.lo, b.lo), (a.radius, b.radius)))
    return Balls(hi, lo, radius, a.arithmetic)


def _relative(roundings: Callable[[Logit, float], np.ndarray | float]) -> Radius:
    """A bound of so many roundings (given the logit and k) relative to the line's value."""
    return lambda at, value, arithmetic: arithmetic.gamma(roundings(at, arithmetic.exp_error)) * value.size


def _sigmoid_error(p: np.ndarray, q: np.ndarray, arithmetic: Arithmetic) -> np.ndarray:
    """The error of 1/(1 + exp(-z)), whose value is p: (k q + 4) u p, one rounding in hand."""
    return arithmetic.gamma(arithmetic.exp_error * q + 4) * p


SIGMOID = (
    Form(
        "1/(1 + exp(-z))",
        True,
        "(k q + 4) u p",
        "the exponential's k u moves the sum by k q u; a sum, a quotient, one in hand; also exp(z)/(1 + exp(z))",
        radius=lambda at, _, arithmetic: _sigmoid_error(at.p_size, at.q_size, arithmetic),
    ),
    Form(
        "exp(-softplus(-z))",
        True,
        "k (1 + |z|) u p",
        "an error in a logarithm of size |z| becomes a relative one when exponentiated; also exp(z - softplus(z))",
        radius=_relative(lambda at, k: k * (1 + at.size)),
    ),
    Form(
        "1 - 1/(1 + exp(z))",
        False,
        "k u",
        "the absolute error of a number up to 1, kept by the subtraction; also (1 + tanh(z/2))/2",
        "z < 0: the result is small and the subtraction leaves the error of a number near 1",
        radius=lambda at, _, arithmetic: arithmetic.gamma(arithmetic.exp_error) * np.ones(at.z.shape),
    ),
)

LOSS = (
    Form(
        "logaddexp(0, (1 - 2y) z)",
        True,
        "2 k u loss",
        "an exponential and a logarithm, each k u, well conditioned; also max(z, 0) - y z + log1p(exp(-|z|))",
        radius=_relative(lambda _, k: 2 * k),
    ),
    Form(
        "softplus(z) - y z",
        False,
        "2 k (1 + |z|) u",
        "the absolute error of a number up to 1 + |z|, kept by the subtraction; also (1 - y) z + softplus(-z)",
        "where the label is right and |z| is large: the loss is small, what is subtracted is not",
        radius=lambda at, _, arithmetic: arithmetic.gamma(2 * arithmetic.exp_error) * (1 + at.size),
    ),
    Form(
        "-log(A2) or -log(1 - A2)",
        False,
        "(k q + 4) u p / (1 - t) + 2 u + k u loss",
        "the error of A2 relative to the right label's probability 1 - t, of the subtraction, and of the logarithm",
        "where the label is right, 1 - t is near 1 and its logarithm small; y = 0 and A2 near 1: 1 - A2 has few digits",
        radius=lambda at, value, arithmetic: (
            _logarithm_error(
                (_sigmoid_error(at.p_size, at.q_size, arithmetic) + 2 * arithmetic.tiny)
                / np.where(at.one, at.p_size, at.q_size)
                + arithmetic.gamma(2)
            )
            + arithmetic.gamma(arithmetic.exp_error) * value.size
        ),
        given=lambda A2, one: -_right(A2, one).log(),
    ),
    Form(
        "softplus cut off at 20",
        False,
        "exp(-20) where (1 - 2y) z > 20",
        "torch.nn.functional.softplus returns z itself above its threshold of 20",
        "where the label is wrong and |z| > 20: nine digits after the point, whatever the type",
        radius=lambda _, value, arithmetic: np.where(
            value.size > 20, np.exp(-20.0) + arithmetic.gamma(4) * value.size, 0.0
        ),
    ),
    *(
        Form(
            f"-log({changed.format(clip=f'{clip:.3g}')}) of the right label's probability",
            False,
            "that of -log(A2) at the changed probability",
            "the constant belongs to the formula: it is the loss of a probability that is changed before its logarithm",
            "where the change is felt: near 0, or near 1, where the loss is itself no larger than the constant",
            given=lambda A2, one, change=change, clip=clip: -change(_right(A2, one), clip).log(),  # type: ignore[misc]
        )
        for changed, change in (
            ("clip(p, {clip}, 1 - {clip})", lambda p, clip: _clipped(p, clip, 1)),
            ("max(p, {clip})", lambda p, clip: _clipped(p, clip, 0)),
            ("p + {clip}", lambda p, clip: p + _in_type(clip, p.arithmetic)),
        )
        for clip in CLIPS
    ),
)

ERROR = (
    Form(
        "(1 - 2y) sigmoid((1 - 2y) z)",
        True,
        "(k (1 - t) + 4) u t",
        "the sigmoid's bound; the signs are exact; also (1 - 2y)/(1 + exp(-(1 - 2y) z))",
        radius=lambda at, _, arithmetic: _sigmoid_error(at.t_size, np.where(at.one, at.p_size, at.q_size), arithmetic),
    ),
    Form(
        "(1 - 2y) exp((1 - 2y) z - loss)",
        True,
        "k (1 + |z|) u t",
        "a logarithm exponentiated, as automatic differentiation writes the derivative of logaddexp",
        radius=_relative(lambda at, k: k * (1 + at.size)),
    ),
    Form(
        "A2 - y",
        False,
        "(k q + 4) u p + 8 u t",
        "the error of A2, kept by the subtraction, and eight roundings for ((1 - y)/(1 - A2) - y/A2) A2 (1 - A2)",
        "y = 1 and z > 0: A2 is near 1, and about log10(1 + exp(z)) digits cancel",
        radius=lambda at, value, arithmetic: (
            _sigmoid_error(at.p_size, at.q_size, arithmetic) + arithmetic.gamma(8) * value.size
        ),
        given=lambda A2, one: A2 - one.astype(np.float64),
    ),
    Form(
        "(1 - y) - sigmoid(-z)",
        False,
        "(k p + 4) u q + 8 u t",
        "the error of sigmoid(-z), kept by the subtraction; torch.func.grad of binary_cross_entropy_with_logits",
        "y = 0 and z < 0: sigmoid(-z) is near 1, and about log10(1 + exp(-z)) digits cancel",
        radius=lambda at, value, arithmetic: (
            _sigmoid_error(at.q_size, at.p_size, arithmetic) + arithmetic.gamma(8) * value.size
        ),
    ),
    Form(
        "exp(z - softplus(z)) - y",
        False,
        "k (1 + |z|) u p + 8 u t",
        "a logarithm exponentiated, then the subtraction; automatic differentiation of softplus(z) - y z",
        "y = 1 and z > 0, as A2 - y, and by a factor of |z| more",
        radius=lambda at, value, arithmetic: (
            arithmetic.gamma(arithmetic.exp_error * (1 + at.size)) * at.p_size + arithmetic.gamma(8) * value.size
        ),
    ),
)

SLOPE = (
    Form(
        "sigmoid(z) sigmoid(-z)",
        True,
        "(k + 8) u p q",
        "two sigmoids, (k q + 4) u and (k p + 4) u, with p + q = 1",
        radius=_relative(lambda _, k: k + 8),
    ),
    Form(
        "exp(-softplus(-z) - softplus(z))",
        True,
        "(2 k (1 + |z|) + 4) u p q",
        "two logarithms exponentiated: automatic differentiation of exp(-softplus(-z))",
        radius=_relative(lambda at, k: 2 * k * (1 + at.size) + 4),
    ),
    Form(
        "exp(-z)/(1 + exp(-z))^2",
        False,
        "(k + 8) u p q + min(2 tiny/p, p q)",
        "well conditioned, but for the square's overflow; also automatic differentiation of 1/(1 + exp(-z))",
        "z < -44 in float32, z < -354 in float64: the square overflows and the result is 0",
        radius=lambda at, value, arithmetic: (
            arithmetic.gamma(arithmetic.exp_error + 8) * value.size
            + np.minimum(2 * arithmetic.tiny / at.p_size, value.size)
        ),
    ),
    Form(
        "A1 (1 - A1)",
        False,
        "(k q + 5) u p + 4 u p q",
        "the error of A1, kept by the subtraction from 1",
        "z > 0: A1 is near 1, and about log10(1 + exp(z)) digits of 1 - A1 cancel",
        radius=lambda at, value, arithmetic: (
            arithmetic.gamma(arithmetic.exp_error * at.q_size + 5) * at.p_size + arithmetic.gamma(4) * value.size
        ),
        given=lambda A1, _: A1 * (1 - A1),
    ),
    Form(
        "A1 - A1 * A1",
        False,
        "(k + 6) u",
        "the absolute error of an A1 that cancels, such as 1 - 1/(1 + exp(z)); also A1 (1 - A1), (1 - tanh(z/2)^2)/4",
        "|z| is large: the slope is small, and the error of a number up to 1 is not",
        radius=lambda at, _, arithmetic: arithmetic.gamma(arithmetic.exp_error + 6) * np.ones(at.z.shape),
        given=lambda A1, _: A1 - A1 * A1,
    ),
)


def _dot(bound: str) -> tuple[Form, ...]:
    return (
        Form(
            "a sum of products in any order",
            True,
            bound,
            "Higham, section 3.1: any order of summation, with fused multiply-adds or without; "
            "m is the number of products that are not exactly 0, gamma(m) = m u/(1 - m u)",
        ),
    )


_PRODUCT = "gamma(m) sum over the samples of |{}||{}|; for one sample a single rounding"

LINES = {
    line.name: line
    for line in (
        Line("Z1", "X @ W1.T + b1", "(n, h)", _dot("gamma(m) (sum |X||W1| + |b1|)")),
        Line("A1", "sigmoid(Z1)", "(n, h)", SIGMOID),
        Line("Z2", "A1 @ W2.T + b2", "(n, 1)", _dot("gamma(m) (sum |A1||W2| + |b2|)")),
        Line("A2", "sigmoid(Z2)", "(n, 1)", SIGMOID),
        Line("loss", "logaddexp(0, (1 - 2*y) * Z2)", "(n,)", LOSS),
        Line("dZ2", "(A2 - y) / n", "(n, 1)", ERROR),
        Line("dW2", "dZ2.T @ A1", "(1, h)", _dot(_PRODUCT.format("dZ2", "A1"))),
        Line("db2", "dZ2.sum(0)", "(1,)", _dot(_PRODUCT.format("dZ2", "1"))),
        Line("dA1", "dZ2 @ W2", "(n, h)", _dot("u |dZ2||W2|")),
        Line("dZ1", "dA1 * A1 * (1 - A1)", "(n, h)", SLOPE),
        Line("dW1", "dZ1.T @ X", "(h, d)", _dot(_PRODUCT.format("dZ1", "X"))),
        Line("db1", "dZ1.sum(0)", "(h,)", _dot(_PRODUCT.format("dZ1", "1"))),
    )
}


def _right(A2: Balls, one: np.ndarray) -> Balls:
    """The probability of the right label."""
    return _choose(one, A2, 1 - A2)


def _logarithm_error(relative: np.ndarray) -> np.ndarray:
    """How much a relative error moves a logarithm; unbounded from 1 on."""
    return np.where(relative < 1, relative / np.where(relative < 1, 1 - relative, 1), np.inf)


def _in_type(constant: float, arithmetic: Arithmetic) -> float:
    """A constant as a program in this type has it."""
    return constant if arithmetic.is_exact else float(np.asarray(constant, arithmetic.name))


def _clipped(probability: Balls, clip: float, top: int) -> Balls:
    """The probability moved to at least ``clip``, and if ``top`` is 1 to at most 1 - ``clip``."""
    low = _in_type(clip, probability.arithmetic)
    high = _in_type(1 - top * low, probability.arithmetic)
    return probability.map(lambda value: value.max(arb(low)).min(arb(high)))


def widening(radius: np.ndarray, arithmetic: Arithmetic) -> np.ndarray:
    """A form's bound with its underflow: two of the smallest normal numbers."""
    return radius * UP + 2 * arithmetic.tiny


def largest_bound(forms: Iterable[Form], at: Logit, value: Balls, arithmetic: Arithmetic) -> np.ndarray:
    """The largest bound of some forms; one that cancels and loses everything at an entry explains nothing there."""
    bounds = [np.zeros(at.z.shape)]
    for form in forms:
        if form.radius:
            bound = form.radius(at, value, arithmetic)
            bounds.append(bound if form.sound else np.where(np.isfinite(bound), bound, 0.0))
    return np.max(bounds, axis=0)
