"""Algorithm 1 in balls: the truth, and what rounding can do to it.

``enclose`` computes all twelve lines from exact inputs. Each line is one entry of EQUATIONS, a function of the earlier
lines, and the very same functions judge a single line from an engine's own earlier ones (``proof.local``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property

import numpy as np

from backproof.arithmetic import Arithmetic, ProofError
from backproof.balls import Balls, stack
from engines.interface import Lines, Parameters, shapes
from proof.forms import LINES, Form, Logit, largest_bound, widening

Values = Mapping[str, Balls]  # the earlier lines by name, with W1, b1, W2, b2 and X among them


def affine(inputs: Balls, weights: Balls, biases: Balls) -> Balls:
    """``inputs @ weights.T + biases``, one sum of products: the bias is a weight of an input that is 1."""
    ones = Balls.of(np.ones((inputs.shape[0], 1)), inputs.arithmetic)
    return stack([inputs, ones], 1) @ stack([weights, biases.reshape(-1, 1)], 1).T


def _mean(total: Balls, divisor: int) -> Balls:
    return total if divisor == 1 else total / divisor


# The lines that are sums of products. The divisor is n where a program divides by n at the end, and otherwise 1.
EQUATIONS: dict[str, Callable[[Values, int], Balls]] = {
    "Z1": lambda at, _: affine(at["X"], at["W1"], at["b1"]),
    "Z2": lambda at, _: affine(at["A1"], at["W2"], at["b2"]),
    "dW2": lambda at, divisor: _mean(at["dZ2"].T @ at["A1"], divisor),
    "db2": lambda at, divisor: _mean(at["dZ2"].sum(0), divisor),
    "dA1": lambda at, _: at["dZ2"] * at["W2"],  # a sum of one product
    "dW1": lambda at, divisor: _mean(at["dZ1"].T @ at["X"], divisor),
    "db1": lambda at, divisor: _mean(at["dZ1"].sum(0), divisor),
}

# What each line is computed from. The other lines are functions of the logit named first.
OPERANDS = {
    "Z1": (),
    "A1": ("Z1",),
    "Z2": ("A1",),
    "A2": ("Z2",),
    "loss": ("Z2",),
    "dZ2": ("Z2",),
    "dW2": ("dZ2", "A1"),
    "db2": ("dZ2",),
    "dA1": ("dZ2",),
    "dZ1": ("Z1", "dA1"),
    "dW1": ("dZ1",),
    "db1": ("dZ1",),
}

# What some forms of a line use instead of the logit.
ACTIVATION = {"loss": "A2", "dZ2": "A2", "dZ1": "A1"}


@cache
def before(line: str) -> tuple[str, ...]:
    """The lines that a line is computed from, directly or not, in the order of computation."""
    direct = (*OPERANDS[line], *([ACTIVATION[line]] if line in ACTIVATION else ()))
    return tuple(sorted({name for operand in direct for name in (operand, *before(operand))}, key=Lines._fields.index))


class Problem:
    """One probe in one arithmetic: parameters, samples and labels, and how a program takes the mean.

    Args:
        parameters: W1 (h, d), b1 (h,), W2 (1, h), b2 (1,): floats, taken exactly, or Balls of this arithmetic.
        X: (n, d), floats, taken exactly.
        y: (n,), exactly 0 or 1.
        arithmetic: EXACT, FLOAT64 or FLOAT32.
        mean_last: the program leaves 1/n out of dZ2, dA1 and dZ1, and divides the four gradients by n.

    Raises:
        ProofError: shapes that do not fit, labels other than 0 and 1, no samples, or a number that is not finite.
    """

    def __init__(
        self, parameters: Parameters, X: np.ndarray, y: np.ndarray, arithmetic: Arithmetic, mean_last: bool = False
    ) -> None:
        self.arithmetic, self.mean_last = arithmetic, mean_last
        self.inputs = {"X": _balls("X", X, arithmetic)} | {
            name: _balls(name, array, arithmetic) for name, array in parameters._asdict().items()
        }
        if len(self.inputs["X"].shape) != 2 or len(self.inputs["W1"].shape) != 2 or not self.inputs["X"].shape[0]:
            raise ProofError(f"X has shape {np.shape(X)}, but at least one sample of shape (n, d) is needed")
        self.n = self.inputs["X"].shape[0]
        h, d = self.inputs["W1"].shape
        self.shapes = shapes(self.n, d, h)
        expected = {"X": (self.n, d)} | {name: self.shapes[name] for name in Parameters._fields}
        for name, shape in expected.items():
            if self.inputs[name].shape != shape:
                raise ProofError(f"{name} has shape {self.inputs[name].shape}, but {shape} was expected")
        self.y = np.asarray(y, np.float64)
        if self.y.shape != (self.n,) or not np.isin(self.y, (0, 1)).all():
            raise ProofError(f"y must be {self.n} labels, each exactly 0 or 1")
        self.one = (self.y == 1)[:, None]

    def linear(self, line: str, at: Values) -> Balls:
        """A sum of products, from earlier lines."""
        if line == "Z1":
            return self._Z1
        divisor = self.n if self.mean_last and line in ("dW1", "db1", "dW2", "db2") else 1
        return EQUATIONS[line](at, divisor)

    @cached_property
    def _Z1(self) -> Balls:
        return EQUATIONS["Z1"](self.inputs, 1)  # from the inputs alone, so the same for an engine and for the truth

    def logit(self, line: str, z: Balls) -> Logit:
        """What the forms of nonlinear lines need of their logit, "Z1" or "Z2"."""
        return Logit(z) if line == "Z1" else Logit(z, self.y)

    def exact_at(self, line: str, at: Logit) -> Balls:
        """The exact value of a nonlinear line at a logit; of dZ1, its second factor; of dZ2, before any 1/n."""
        if line in ("A1", "A2"):
            return at.p
        if line == "loss":
            return at.softplus()
        if line == "dZ2":
            return at.t * (1 - 2 * at.one.astype(np.float64))
        return at.p * at.q

    def finish(self, line: str, value: Balls, dA1: Balls | None = None) -> Balls:
        """From a form's value to the line: the loss has shape (n,), dZ2 its 1/n, and dZ1 its first factor."""
        value = value.within(self.arithmetic)
        if line == "loss":
            return value.reshape(-1)
        if line == "dZ2" and not self.mean_last:
            return _mean(value, self.n)
        return value if dA1 is None else dA1 * value

    def nonlinear(
        self, line: str, at: Logit, dA1: Balls | None, forms: Iterable[Form], activation: Balls | None = None
    ) -> Balls:
        """The line by any of these forms: its exact value at the logit, widened by the largest of their bounds.

        If the activation is given, dZ2 and dZ1 may also have been computed from anything in it.
        """
        value = self.exact_at(line, at)
        if not self.arithmetic.is_exact:
            radius = widening(largest_bound(forms, at, value, self.arithmetic), self.arithmetic)
            for form in forms if activation is not None and line != "loss" else ():
                if form.given is not None:
                    assert activation is not None
                    radius = np.maximum(radius, (form.given(activation, self.one) - value).size)
            value = value.widened(radius)
        return self.finish(line, value, dA1)


def enclose(
    parameters: Parameters,
    X: np.ndarray,
    y: np.ndarray,
    arithmetic: Arithmetic,
    *,
    mean_last: bool = False,
    sound_only: bool = False,
) -> Lines:
    """All twelve lines of Algorithm 1 as Balls, for a batch of n samples of shape (n, d).

    In EXACT they are the truth, balls about 1e-30 wide. In FLOAT64 or FLOAT32 they contain whatever a correct program
    can have computed in that type, through any form of each line, or (``sound_only``) any sound one. The other
    arguments and what is raised are those of Problem; besides, where a weight is so large that a ball is not bounded
    or a number of that type may overflow, a ProofError says so.
    """
    return enclosure(Problem(parameters, X, y, arithmetic, mean_last), sound_only=sound_only)


def enclosure(problem: Problem, *, sound_only: bool = False) -> Lines:
    """``enclose`` for a problem that stands already."""
    at = dict(problem.inputs)
    logits: dict[str, Logit] = {}
    with np.errstate(all="ignore"):
        for line in Lines._fields:
            if line in EQUATIONS:
                at[line] = problem.linear(line, at)
            else:
                forms = [form for form in LINES[line].forms if form.sound or not sound_only]
                activation = None if sound_only else at.get(ACTIVATION.get(line, ""))
                at[line] = problem.nonlinear(line, logits[OPERANDS[line][0]], at.get("dA1"), forms, activation)
            if not at[line].bounded and line != "loss":
                raise ProofError(
                    f"the weights are so large that {line} cannot be bounded in {problem.arithmetic.name} arithmetic"
                )
            if line in ("Z1", "Z2"):
                logits[line] = problem.logit(line, at[line])
    return Lines(*(at[line] for line in Lines._fields))


def _balls(name: str, array: np.ndarray | Balls, arithmetic: Arithmetic) -> Balls:
    if isinstance(array, Balls):
        return array.within(arithmetic)
    try:
        return Balls.of(array, arithmetic)
    except ProofError:
        raise ProofError(f"{name} holds a number that is not finite") from None
