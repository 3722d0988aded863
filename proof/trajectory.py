"""The exact run of Algorithm 1's SGD, enclosed: a computed run, and a bound on its distance from the true one.

**The computed run.** Pixels are integers times a power of two, and so are W1 and b1: one (h, d + 1) matrix, b1 being
the column of a pixel that is always 1. Products with either are exact. A group of consecutive batches starts from
Z1 = X W1'. Inside it each step moves the logits of the samples to come, through the Gram matrix X X', and W1 moves
once, at the end, by D' X, where D = learning_rate dZ1. The h numbers of a column are fields of one long integer, so
that one product serves all hidden units. Sigmoids, logits, W2 and b2 are balls of Arb (Johansson, IEEE Transactions
on Computers 66, 2017). Two things only are rounded: D, to the unit 2**-bits, and W2 and b2, to their balls' midpoints
at the end of a group.

**Its distance from the true run.** The computed run is therefore SGD from the exact initial weights, disturbed by
known amounts: at most sqrt(xx) times the radius of D in W1 and b1, and the radius of W2 and b2. A step multiplies a
distance r by at most K (``proof.expansion``, K >= 1), so a block of groups leaves at most
(product of K) (r + disturbances).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from flint import arb, arb_mat, ctx, fmpz, fmpz_mat

from engines.interface import Parameters
from proof.binary_numbers import (
    Integers,
    fraction_bits,
    from_mantissa_and_exponent,
    mantissa_and_exponent,
    two_floats,
)
from proof.expansion import UP, expansion, largest_distance, steepness

GROUP = 32  # samples between two moves of W1 where batches are smaller; 24 to 48 take the same time
BLOCK = 8  # groups between two evaluations of the bound
LOGIT_BITS = 32  # a field holds logits up to 2**LOGIT_BITS
MOVE_BITS = 20  # learning_rate dZ1 stays below 2**(MOVE_BITS - 1)


class WeightsTooLargeError(ArithmeticError):
    """The weights grow beyond what a field holds."""


class PrecisionExhaustedError(ArithmeticError):
    """After this many steps of the epoch the computed run may be too far from the true one."""

    def __init__(self, step: int) -> None:
        super().__init__(f"precision ran out by step {step} of the epoch")
        self.step = step


class State(NamedTuple):
    """Where a run stands, exactly. A binary number m * 2**e is the pair (m, e)."""

    inner: list[int]  # (d + 1,), the packed columns of [W1 b1]
    output: list[tuple[int, int]]  # (h + 1,), W2 and b2
    distance: tuple[int, int]


class _Group(NamedTuple):
    """Consecutive batches: what is the same in every epoch. Pixels are integers, the last of each sample is the 1."""

    X: fmpz_mat  # (g, d + 1)
    XT: fmpz_mat  # (d + 1, g)
    gram: list[fmpz_mat]  # g rows (1, g), or none where the group is one batch
    xx: np.ndarray  # (g,), 1 + |x|**2
    signs: list[int]  # (g,), 1 - 2y
    sizes: list[int]  # of its batches


class _Shown(NamedTuple):
    """What the steps of a group show: A1 and W2 (g, h) and s = A2 - y (g,) as floats, and two balls."""

    A1: list[list[float]]
    W2: list[list[float]]
    s: list[float]
    odds: arb  # the product over the samples of 1/p, p the probability given to the right class
    disturbance: arb  # a bound on the 2-norm of all that was rounded


class Trajectory:
    """The run of SGD from these parameters over these samples, in the same order in every epoch.

    Args:
        initial: float64, finite: W1 (h, d), b1 (h,), W2 (1, h), b2 (1,).
        X, y: (n, d) float64, finite, and (n,) of exactly 0 and 1; n is at least 1.
        learning_rate: taken at its exact float64 value.
        batch_size: samples a step; the last batch of an epoch may be smaller.
        bits: the unit of a move of W1 is 2**-bits, or finer where the initial weights need it.
    """

    def __init__(
        self, initial: Parameters, X: np.ndarray, y: np.ndarray, learning_rate: float, batch_size: int, bits: int
    ) -> None:
        self._h, self._d = initial.W1.shape
        weights = np.column_stack([initial.W1, initial.b1])
        self._shift = fraction_bits(X)
        self.bits = max(bits, fraction_bits(weights) - self._shift)
        width = self.bits + 2 * self._shift + LOGIT_BITS + 2
        self._offsets = [j * width for j in range(self._h)]
        self._mask, self._half = fmpz((1 << width) - 1), fmpz(1 << (width - 1))
        self._halves = sum((self._half << offset for offset in self._offsets), fmpz(0))
        self._precision = self.bits + MOVE_BITS + 1
        self._wide_precision = self._precision + self._h * width
        self._rate = learning_rate

        integers = Integers(self.bits + self._shift)
        columns = [integers.of(column) for column in weights.T]
        packed = [sum(w << offset for w, offset in zip(c, self._offsets, strict=True)) for c in columns]
        self._inner = fmpz_mat(1, self._d + 1, packed)
        self._W2 = [arb(w) for w in initial.W2[0].tolist()]
        self._b2 = arb(float(initial.b2[0]))
        self._distance = arb(0)
        self._reach = _longest_row(initial)  # and since then: no row of [W1 b1] is longer

        length = max(1, GROUP // batch_size) * batch_size
        parts = [slice(start, start + length) for start in range(0, len(y), length)]
        pixels = Integers(self._shift)
        self._groups = [_group(X[part], y[part], batch_size, pixels) for part in parts]
        self._samples = len(y)
        self._nu = math.sqrt(max(group.xx.max() for group in self._groups)) * UP

    @property
    def state(self) -> State:
        """Where the run stands; assigning one that was read earlier goes back there."""
        inner = [int(w) for w in self._inner.entries()]
        output = [mantissa_and_exponent(w) for w in [*self._W2, self._b2]]
        return State(inner, output, mantissa_and_exponent(self._distance))

    @state.setter
    def state(self, state: State) -> None:
        self._inner = fmpz_mat(1, self._d + 1, state.inner)
        *self._W2, self._b2 = [from_mantissa_and_exponent(*w) for w in state.output]
        self._distance = from_mantissa_and_exponent(*state.distance)
        self._reach = _longest_row(self.parameters()[0])

    @property
    def distance(self) -> arb:
        """A bound on the distance from the true run: the 2-norm over all parameters, hence over each of them."""
        return self._distance

    def parameters(self) -> tuple[Parameters, Parameters]:
        """The computed parameters, each the sum of two float64 (``two_floats``): the first terms, and the second."""
        inner = [(int(w), -self.bits - self._shift) for column in self._inner.entries() for w in self._fields(column)]
        output = [mantissa_and_exponent(w) for w in [*self._W2, self._b2]]
        high, low = np.array([two_floats(*w) for w in inner + output]).T
        return _parameters(high, self._h), _parameters(low, self._h)

    def epoch(self, progress: Callable[[int, arb], None]) -> arb:
        """Train for one epoch: a ball around the true mean of the samples' losses, each taken before its step.

        ``progress`` is called after every block with the number of steps done and the distance from the true run.

        Raises:
            PrecisionExhaustedError: the two runs may be so far apart that the bound on their distance does not hold.
            WeightsTooLargeError: the weights grow beyond what a field holds.
        """
        steps, odds, error = 0, arb(1), arb(0)
        with ctx.workprec(self._precision):
            for first in range(0, len(self._groups), BLOCK):
                block = self._groups[first : first + BLOCK]
                shown = [self._advance(group) for group in block]
                A1, W2, s = (np.concatenate(lists) for lists in list(zip(*shown, strict=True))[:3])
                W2_norm = float(np.linalg.norm(W2, axis=1).max()) * UP
                self._reach += float(np.abs(s).sum()) * self._rate * W2_norm / 4 * self._nu * UP
                if not (self._reach * self._nu <= 2**LOGIT_BITS and self._rate * W2_norm / 4 <= 2 ** (MOVE_BITS - 1)):
                    raise WeightsTooLargeError
                xx = np.concatenate([group.xx for group in block])
                sizes = np.concatenate([group.sizes for group in block])
                factor = expansion(A1, W2, s, xx, sizes, self._rate, W2_norm, self._nu)
                disturbance = sum((group.disturbance for group in shown), arb(0))
                self._distance = ((self._distance + disturbance) * factor).upper()
                steps += len(sizes)
                if not self._distance <= largest_distance(W2_norm, self._nu, self._h):
                    raise PrecisionExhaustedError(steps)
                for group in shown:
                    odds *= group.odds
                error += self._distance * steepness(W2_norm + 1, self._nu, self._h) * len(s)
                progress(steps, self._distance)
            return (odds.log() + arb(0, error.upper())) / self._samples

    def logits(self, X: np.ndarray) -> list[arb]:
        """A ball around Z2 of each row of X (n, d), finite, at the true parameters of this moment."""
        shift = fraction_bits(X)
        pixels = Integers(shift)
        W1 = fmpz_mat([self._fields(column) for column in self._inner.entries()])
        balls = []
        with ctx.workprec(self._precision):
            scale = -(arb(2) ** -(self.bits + self._shift + shift))
            W2_norm = float(np.linalg.norm([float(w) for w in self._W2])) * UP
            for row in X:
                Z1 = fmpz_mat(1, self._d + 1, [*pixels.of(row), pixels[1.0]]) * W1
                A1 = [1 / (1 + (z * scale).exp()) for z in Z1.entries()]
                Z2 = sum((w * a for w, a in zip(self._W2, A1, strict=True)), self._b2)
                slope = steepness(W2_norm + 1, math.sqrt(1 + math.fsum(row * row)) * UP, self._h)
                balls.append(Z2 + arb(0, (self._distance * slope).upper()))
        return balls

    def _fields(self, packed: fmpz) -> list[fmpz]:
        """The h signed integers packed in one."""
        mask, half, packed = self._mask, self._half, packed + self._halves
        return [((packed >> offset) & mask) - half for offset in self._offsets]

    def _advance(self, group: _Group) -> _Shown:
        """Train on one group."""
        h, precision, wide_precision = self._h, self._precision, self._wide_precision
        one, scale = arb(1), -(arb(2) ** -(self.bits + 2 * self._shift))
        # Balls lifted into [2**MOVE_BITS, 2**(MOVE_BITS + 1)): at this precision their midpoints are multiples of
        # the unit, and integers once multiplied by its reciprocal.
        lift = arb_mat(1, h, [3 << (MOVE_BITS - 1)] * h)
        lifted = sum((fmpz(3) << (MOVE_BITS - 1 + self.bits + offset) for offset in self._offsets), fmpz(0))
        pack = arb_mat(h, 1, [arb(2) ** (self.bits + offset) for offset in self._offsets])
        rounded = arb_mat(1, h)

        W2, b2 = self._W2, self._b2
        Z1 = self._inner * group.XT
        odds = one
        D: list[fmpz] = []
        shown: list[tuple[list[float], list[float], float]] = []
        end = 0
        for size in group.sizes:
            start, end = end, end + size
            rate = arb(self._rate) / size
            moves = []
            for i in range(start, end):
                A1 = [one / (one + (z * scale).exp()) for z in self._fields(Z1[0, i])]
                terms = [w * a for w, a in zip(W2, A1, strict=True)]
                odd = (sum(terms, b2) * group.signs[i]).exp()
                inverse = one + odd
                odds *= inverse
                s = odd / inverse * group.signs[i]
                move = s * rate
                ball = arb_mat(1, h, [v - v * a for v, a in zip(terms, A1, strict=True)]) * move + lift
                ctx.prec = wide_precision
                rounded += ball
                packed = (ball.mid() * pack)[0, 0].unique_fmpz()
                ctx.prec = precision
                if packed is None:
                    raise WeightsTooLargeError
                D.append(packed - lifted)
                moves.append((move, A1))
                shown.append(([float(a) for a in A1], [float(w) for w in W2], float(s)))
            for move, A1 in moves:
                W2 = [w - move * a for w, a in zip(W2, A1, strict=True)]
                b2 = b2 - move
            if end < len(group.signs):
                for i in range(start, end):
                    Z1 -= group.gram[i] * D[i]
        self._inner -= fmpz_mat(1, len(D), D) * group.X
        self._W2, self._b2 = [w.mid() for w in W2], b2.mid()
        disturbance = sum(ball.rad() for ball in rounded.entries()) * self._nu + sum(w.rad() for w in [*W2, b2])
        values, weights, errors = (list(column) for column in zip(*shown, strict=True))
        return _Shown(values, weights, errors, odds, disturbance.upper())


def _group(X: np.ndarray, y: np.ndarray, batch_size: int, pixels: Integers) -> _Group:
    n, d = X.shape
    exact = fmpz_mat(n, d + 1, pixels.of(np.column_stack([X, np.ones(n)])))
    transposed = exact.transpose()
    sizes = [min(batch_size, n - start) for start in range(0, n, batch_size)]
    gram = [fmpz_mat(1, n, row) for row in (exact * transposed).tolist()] if len(sizes) > 1 else []
    xx = np.array([1 + math.fsum(row) for row in (X * X).tolist()])
    return _Group(exact, transposed, gram, xx, [1 - 2 * int(label) for label in y], sizes)


def _longest_row(parameters: Parameters) -> float:
    """More than the largest norm of a row of [W1 b1]."""
    with np.errstate(over="ignore"):
        rows = np.hypot(np.linalg.norm(parameters.W1, axis=1), parameters.b1)
    return float(rows.max()) * 1.01


def _parameters(numbers: np.ndarray, hidden: int) -> Parameters:
    inner, output = numbers[: -hidden - 1].reshape(-1, hidden).T, numbers[-hidden - 1 :]
    return Parameters(inner[:, :-1].copy(), inner[:, -1].copy(), output[None, :-1].copy(), output[-1:].copy())
