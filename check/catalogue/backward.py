"""Wrong formulas on the way back through the hidden layer: dA1 and dZ1."""

from __future__ import annotations

import numpy as np

from check.mistakes import BACKWARD, Mistake
from check.own_lines import Formula, ones

BLAME = "A hidden unit's share of the error is what its weight W2 passed on: unit by unit, sample by sample."
CHAIN = "The chain rule multiplies by the derivative of every step on the way, each once, each where it was taken."
UPHILL = "The hidden layer then learns the opposite of what the output needs."
SCALE = "W1 and b1 learn at another rate than W2 and b2."


def _dA1(name: str, formula: str, says: str, see: str, wrong: Formula, why: str = BLAME) -> Mistake:
    return Mistake(f"dA1-{name}", "dA1", formula, says, why, see, BACKWARD, wrong)


def _dZ1(name: str, formula: str, says: str, see: str, wrong: Formula, why: str = CHAIN) -> Mistake:
    return Mistake(f"dZ1-{name}", "dZ1", formula, says, why, see, BACKWARD, wrong)


DA1 = (
    _dA1(
        "zero", "zeros_like(A1)", "It is zero: not written yet, or overwritten.", "Print dA1.", lambda o: 0 * o.A1,
        "No error reaches the hidden layer, and W1 and b1 never learn.",
    ),
    _dA1(
        "weights-forgotten", "dZ2, the same for every hidden unit", "The weights W2 are left out.",
        "Set W2 to zeros: dA1 must be zeros, and is not.",
        lambda o: o.dZ2 @ ones(o, 1, o.h),
    ),
    _dA1(
        "sign", "-dZ2 @ W2", "The sign is the wrong way round.",
        "Compare the signs of dA1 and dZ2 where W2 is positive.",
        lambda o: -o.right("dA1"), UPHILL,
    ),
    _dA1(
        "weights-squared", "dZ2 @ W2**2", "The weights W2 are multiplied in twice.",
        "Double W2: dA1 (for the same dZ2) must double, and becomes four times as large.",
        lambda o: o.right("dA1") * o.W2,
    ),
    _dA1(
        "weights-summed", "dZ2 * W2.sum()", "The weights W2 are summed: every hidden unit gets the same blame.",
        "Look at one row of dA1: all entries are the same.",
        lambda o: o.dZ2 @ (ones(o, 1, o.h) * o.W2.sum(1)),
    ),
    _dA1(
        "weights-reversed", "dZ2 @ W2[:, ::-1]", "The weights W2 are taken in the reverse order of the units.",
        "Set W2[0, 0] to 0: the first column of dA1 must vanish, and the last one does.",
        lambda o: o.dZ2 @ o.W2[:, ::-1],
    ),
    _dA1(
        "mean-again", "dZ2 @ W2 / n", "Divided by n, although the mean is taken elsewhere.",
        "Compare dA1[0, 0] with dZ2[0, 0] * W2[0, 0].", lambda o: o.right("dA1") / o.n, SCALE,
    ),
    _dA1(
        "mean-undone", "(A2 - y) @ W2", "The error without its 1/n is used, in place of dZ2.",
        "Compare dA1[0, 0] with dZ2[0, 0] * W2[0, 0].", lambda o: o.right("dA1") * o.n, SCALE,
    ),
    _dA1(
        "mean-over-units", "dZ2 @ W2 / h", "Divided by the number of hidden units.",
        "Compare dA1[0, 0] with dZ2[0, 0] * W2[0, 0].", lambda o: o.right("dA1") / o.h, SCALE,
    ),
    _dA1(
        "output-for-error", "A2 @ W2", "The output A2 is sent back, not the error dZ2.",
        "Set the label to the probability's side: dA1 must shrink, and does not move.", lambda o: o.A2 @ o.W2,
    ),
    _dA1(
        "logit-for-error", "Z2 @ W2", "The logit Z2 is sent back, not the error dZ2.",
        "Change a label: dA1 must move, and does not.", lambda o: o.Z2 @ o.W2,
    ),
    _dA1(
        "slope-already", "dZ2 @ W2 * A1 * (1 - A1)", "The slope A1 (1 - A1) is in it already: that is dZ1.",
        "Compare dA1[0, 0] with dZ2[0, 0] * W2[0, 0].", lambda o: o.right("dA1") * o.slope, CHAIN,
    ),
    _dA1(
        "output-slope", "dZ2 @ W2 * A2 * (1 - A2)", "The output's slope A2 (1 - A2) is multiplied in once more.",
        "Compare dA1[0, 0] with dZ2[0, 0] * W2[0, 0].",
        lambda o: o.right("dA1") * (o.A2 * (1 - o.A2) if o.given else o.slope_at(o.Z2)), CHAIN,
    ),
    _dA1(
        "times-activation", "(dZ2 @ W2) * A1", "Multiplied by A1, which belongs into dW2.",
        "Compare dA1[0, 0] with dZ2[0, 0] * W2[0, 0].", lambda o: o.right("dA1") * o.A1, CHAIN,
    ),
    _dA1(
        "summed", "dZ2.sum(0) @ W2 for every sample", "The samples' errors are added up before they are sent back.",
        "Give two samples of different labels: their rows of dA1 are the same.",
        lambda o: ones(o, o.n, 1) @ (o.dZ2.sum(0).reshape(1, 1) * o.W2),
    ),
)  # fmt: skip

DZ1 = (
    _dZ1(
        "zero", "zeros_like(Z1)", "It is zero: not written yet, or overwritten.", "Print dZ1.", lambda o: 0 * o.Z1,
        "No error reaches W1 and b1, and they never learn.",
    ),
    _dZ1(
        "slope-square", "dA1 * A1 * (1 - A1**2)", "The derivatives of sigmoid and tanh are mixed up.",
        "At A1 = 0.5 the slope must be 0.25; this one is 0.375.", lambda o: o.dA1 * o.A1 * (1 - o.A1 * o.A1),
    ),
    _dZ1(
        "slope-forgotten", "dA1", "The sigmoid's derivative A1 (1 - A1) is missing.",
        "Compare dZ1 with dA1: they are the same array.", lambda o: 1 * o.dA1,
    ),
    _dZ1(
        "slope-half-a", "dA1 * A1", "Half of the derivative: the factor (1 - A1) is missing.",
        "Take a unit with A1 near 1: it is saturated, so dZ1 must be near 0.", lambda o: o.dA1 * o.A1,
    ),
    _dZ1(
        "slope-half-b", "dA1 * (1 - A1)", "Half of the derivative: the factor A1 is missing.",
        "Take a unit with A1 near 0: it is saturated, so dZ1 must be near 0.", lambda o: o.dA1 * (1 - o.A1),
    ),
    _dZ1(
        "slope-of-tanh", "dA1 * (1 - A1**2)", "This is the derivative of tanh, not of the sigmoid.",
        "At A1 = 0.5 the slope must be 0.25; this one is 0.75.", lambda o: o.dA1 * (1 - o.A1 * o.A1),
    ),
    _dZ1(
        "slope-at-activation", "dA1 * s * (1 - s), s = sigmoid(A1)",
        "The derivative is taken at A1, not at Z1: the sigmoid is applied twice.",
        "Divide dZ1 by dA1: every ratio lies between 0.196 and 0.25.", lambda o: o.dA1 * o.slope_at(o.A1),
    ),
    _dZ1(
        "slope-of-logit", "dA1 * Z1 * (1 - Z1)", "The derivative is written with Z1 where A1 belongs.",
        "Divide dZ1 by dA1: no ratio may be negative or above 0.25.", lambda o: o.dA1 * o.Z1 * (1 - o.Z1),
    ),
    _dZ1(
        "slope-twice", "dA1 * (A1 * (1 - A1))**2", "The slope A1 (1 - A1) is multiplied in twice.",
        "Divide dZ1 by dA1: at A1 = 0.5 the ratio must be 0.25.",
        lambda o: o.dA1 * o.slope * o.slope,
    ),
    _dZ1(
        "slope-of-output", "dA1 * A2 * (1 - A2)", "The slope is the output's, A2 (1 - A2), not the hidden units'.",
        "Divide dZ1 by dA1: within one sample every unit has the same ratio.",
        lambda o: o.dA1 * (o.A2 * (1 - o.A2) if o.given else o.slope_at(o.Z2)),
    ),
    _dZ1(
        "slope-of-relu", "dA1 * (Z1 > 0)", "This is the derivative of relu, not of the sigmoid.",
        "Divide dZ1 by dA1: every ratio is 0 or 1.", lambda o: o.dA1 * (o.Z1.hi > 0).astype(np.float64),
    ),
    _dZ1(
        "slope-sign", "dA1 * A1 * (A1 - 1)", "The sign is the wrong way round: A1 - 1, not 1 - A1.",
        "Divide dZ1 by dA1: every ratio must be positive.", lambda o: -o.right("dZ1"), UPHILL,
    ),
    _dZ1(
        "slope-plus", "dA1 * A1 * (1 + A1)", "The derivative has 1 + A1 where 1 - A1 belongs.",
        "At A1 = 0.5 the slope must be 0.25; this one is 0.75.", lambda o: o.dA1 * o.A1 * (1 + o.A1),
    ),
    _dZ1(
        "slope-inverted", "dA1 / (A1 * (1 - A1))", "Divided by the slope A1 (1 - A1), not multiplied.",
        "Take a saturated unit: dZ1 must be near 0, and is huge.", lambda o: o.dA1 / o.slope,
    ),
    _dZ1(
        "slope-sum", "dA1 + A1 * (1 - A1)", "The slope is added, not multiplied.",
        "Set W2 to zeros: dZ1 must be zeros, and is not.", lambda o: o.dA1 + o.slope,
    ),
    _dZ1(
        "slope-alone", "A1 * (1 - A1)", "Only the slope: the error dA1 that comes from the output is missing.",
        "Change a label: dZ1 must move, and does not.", lambda o: 1 * o.slope,
    ),
    _dZ1(
        "slope-value", "dA1 * sigmoid(A1)", "The sigmoid of A1 stands where its derivative belongs.",
        "Divide dZ1 by dA1: every ratio lies between 0.5 and 0.731.", lambda o: o.dA1 * o.sigmoid(o.A1),
    ),
    _dZ1(
        "weights-forgotten", "dZ2 * A1 * (1 - A1)", "dZ2 is used in place of dA1: the weights W2 are missing.",
        "Set W2 to zeros: dZ1 must be zeros, and is not.", lambda o: (o.dZ2 @ ones(o, 1, o.h)) * o.slope,
    ),
    _dZ1(
        "weights-twice", "dA1 * W2 * A1 * (1 - A1)", "The weights W2 are multiplied in again; dA1 has them.",
        "Double W2: dZ1 (for the same dZ2) must double, and becomes four times as large.",
        lambda o: o.dA1 * o.W2 * o.slope,
    ),
    _dZ1(
        "mean-again", "dA1 * A1 * (1 - A1) / n", "Divided by n, although the mean is taken elsewhere.",
        "At A1 = 0.5, dZ1 must be dA1 / 4.", lambda o: o.right("dZ1") / o.n, SCALE,
    ),
    _dZ1(
        "mean-undone", "dA1 * A1 * (1 - A1) * n", "Multiplied by n: the 1/n of the mean is undone.",
        "At A1 = 0.5, dZ1 must be dA1 / 4.", lambda o: o.right("dZ1") * o.n, SCALE,
    ),
    _dZ1(
        "factor-2", "2 * dA1 * A1 * (1 - A1)", "A factor 2 too many.",
        "At A1 = 0.5, dZ1 must be dA1 / 4.", lambda o: 2 * o.right("dZ1"), SCALE,
    ),
    _dZ1(
        "zero-below", "dA1 * A1 * (1 - A1) * (Z1 > 0)", "Units with a negative Z1 are switched off, as relu would.",
        "Look at a unit with Z1 below 0: its dZ1 is exactly 0.",
        lambda o: o.right("dZ1") * (o.Z1.hi > 0).astype(np.float64),
    ),
    _dZ1(
        "averaged", "dZ1.mean(0) for every sample", "Each sample gets the mean of the batch, not its own row.",
        "Look at dZ1 for several samples: all rows are the same.",
        lambda o: ones(o, o.n, 1) @ (o.right("dZ1").sum(0).reshape(1, -1) / o.n),
    ),
)  # fmt: skip

BACKWARD_LINES: tuple[Mistake, ...] = (*DA1, *DZ1)
