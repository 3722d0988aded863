"""Wrong formulas of the four gradients dW2, db2, dW1 and db1: sums over the samples that go astray."""

from __future__ import annotations

import numpy as np

from backproof.balls import Balls
from check.mistakes import BACKWARD, Mistake
from check.own_lines import Formula, OwnLines, ones

UPHILL = "This parameter climbs the loss while the others descend."
RATE = "This parameter learns at another rate than you set, and than the others do."
SOME = "What the other samples could teach this parameter is thrown away."
SWITCH = "A bias that never moves keeps its unit's threshold where chance put it."
SHAPE = "p -= learning_rate * dp then broadcasts: p silently becomes a table of another shape, or the step fails."
MIXED = "The gradient of this parameter is then that of no loss at all."

ERROR_OF = {"dW2": "dZ2", "db2": "dZ2", "dW1": "dZ1", "db1": "dZ1"}
INPUT_OF = {"dW2": "A1", "dW1": "X"}


def _mistake(name: str, formula: str, says: str, why: str, see: str, wrong: Formula | None, cure: str = "") -> Mistake:
    return Mistake(name, name.split("-")[0], formula, says, why, see, BACKWARD, wrong, cure=cure)


def _of_samples(own: OwnLines, line: str, kept: slice) -> Balls:
    """The gradient from some of the samples only."""
    error = getattr(own, ERROR_OF[line])[kept]
    if line not in INPUT_OF:
        return own.mean(error.sum(0))
    return own.mean(error.T @ getattr(own, INPUT_OF[line])[kept])


def _of_every(line: str) -> tuple[Mistake, ...]:
    """What can go wrong with each of the four."""
    error, formula = ERROR_OF[line], {"dW": "{0}.T @ {1}", "db": "{0}.sum(0)"}[line[:2]]
    right = formula.format(error, INPUT_OF.get(line))
    part = formula.format(f"{error}[{{0}}]", f"{INPUT_OF.get(line)}[{{0}}]")
    twice = "Give every sample twice: the gradient of a mean stays as it is; yours {}."
    parameter = line[1:]
    return (
        _mistake(
            f"{line}-sign", f"-{right}", "The sign is the wrong way round.", UPHILL,
            f"Move {parameter} a little against {line}: the loss must fall, and rises.", lambda o: -o.right(line),
        ),
        _mistake(
            f"{line}-mean-again", f"{right} / n", "Divided by n once more: the mean is taken already.", RATE,
            twice.format("halves"), lambda o: o.right(line) / o.n,
        ),
        _mistake(
            f"{line}-mean-missing", f"{right} * n", "The 1/n of the mean is missing here.", RATE,
            twice.format("doubles"), lambda o: o.right(line) * o.n,
        ),
        _mistake(
            f"{line}-last-sample", part.format("-1:"), "Only the last sample counts: overwritten, not added up.", SOME,
            "Change the first sample: this gradient must move, and does not.",
            lambda o: _of_samples(o, line, slice(-1, None)),
        ),
        _mistake(
            f"{line}-first-sample", part.format(":1"), "Only the first sample counts.", SOME,
            "Change the last sample: this gradient must move, and does not.",
            lambda o: _of_samples(o, line, slice(0, 1)),
        ),
        _mistake(
            f"{line}-sample-left-out", part.format(":-1"), "The last sample is left out: the loop ends one too early.",
            SOME, "Change the last sample: this gradient must move, and does not.",
            lambda o: _of_samples(o, line, slice(0, -1)) if o.n > 1 else 0 * o.right(line),
        ),
        _mistake(
            f"{line}-first-left-out", part.format("1:"), "The first sample is left out: the loop starts one too late.",
            SOME, "Change the first sample: this gradient must move, and does not.",
            lambda o: _of_samples(o, line, slice(1, None)) if o.n > 1 else 0 * o.right(line),
        ),
        _mistake(
            f"{line}-zero", f"zeros_like({parameter})", "It is zero: never computed, or overwritten.",
            SWITCH if line[1] == "b" else "These weights never learn: they stay where chance put them.",
            f"Print {line}.", lambda o: 0 * o.right(line),
        ),
        _mistake(
            f"{line}-parameter", parameter, "It is the parameter itself, not its gradient.",
            "A step along the parameter shrinks it, whatever the samples say.",
            f"Compare {line} with {parameter}: they are the same array.", lambda o: 1 * getattr(o, parameter),
        ),
        _mistake(
            f"{line}-factor-2", f"2 * {right}", "A factor 2 too many: added twice, or the derivative of a square.",
            RATE, "Compare with a finite difference of the loss: yours is twice that.", lambda o: 2 * o.right(line),
        ),
    )  # fmt: skip


def _transposed(line: str, formula: str) -> Mistake:
    return _mistake(
        f"{line}-transposed", formula, f"Its shape is not that of {line[1:]}: an axis lies the other way.", SHAPE,
        f"Print {line}.shape and {line[1:]}.shape: they must be the same.", None,
        f"the same numbers in the shape of {line[1:]}",
    )  # fmt: skip


def _products_of_sums(o: OwnLines, line: str) -> Balls:
    error, inputs = getattr(o, ERROR_OF[line]).sum(0), getattr(o, INPUT_OF[line]).sum(0)
    return o.mean(error.reshape(-1, 1) @ inputs.reshape(1, -1))


def _absolute(balls: Balls) -> Balls:
    return balls * np.where(balls.hi < 0, -1.0, 1.0)


OF_WEIGHTS = (
    _transposed("dW2", "(dZ2.T @ A1).T"),
    _transposed("dW1", "(dZ1.T @ X).T"),
    _mistake(
        "dW2-swapped", "db1", "This is db1: the parts of the result are in another order than they are taken.",
        "Both have h entries, so no shape complains, and each parameter learns from the other's gradient.",
        "Return (dW1, db1, dW2, db2), in this order.", lambda o: o.right("db1").reshape(1, -1),
    ),
    _mistake(
        "dW2-before-activation", "dZ2.T @ Z1", "Z1 stands where A1 belongs.",
        "W2 was multiplied with A1 on the way forward, so its derivative has A1 on the way back.",
        "Change b1 by a lot: A1 saturates and dW2 must settle; yours keeps growing.",
        lambda o: o.mean(o.dZ2.T @ o.Z1),
    ),
    _mistake(
        "dW2-slope", "dZ2.T @ (A1 * (1 - A1))", "The slope A1 (1 - A1) stands where A1 belongs.",
        "The path to W2 does not pass through the hidden sigmoid: no slope is due.",
        "Take a unit with A1 near 1: its weight must learn, and does not.",
        lambda o: o.mean(o.dZ2.T @ o.slope),
    ),
    _mistake(
        "dW2-weights", "(dZ2.T @ A1) * W2", "Multiplied by W2.",
        "The derivative of a product A1 W2 by W2 is A1: the weight itself drops out.",
        "Set W2 to zeros: dW2 must not vanish, and does.", lambda o: o.right("dW2") * o.W2,
    ),
    _mistake(
        "dW2-output-for-error", "A2.T @ A1 / n", "The output A2 is used, not the error dZ2.", MIXED,
        "Change a label: dW2 must move, and does not.", lambda o: (o.A2.T @ o.A1) / o.n,
    ),
    _mistake(
        "dW2-products-of-sums", "dZ2.sum(0) * A1.sum(0)", "Sums are multiplied; products should be summed.", MIXED,
        "Compare with a loop over the samples that adds dZ2[i] * A1[i].",
        lambda o: _products_of_sums(o, "dW2"),
    ),
    _mistake(
        "dW2-one-for-all", "(dZ2 * A1).sum() for every unit", "The sum also runs over the hidden units.", MIXED,
        "Look at dW2: all its entries are the same.",
        lambda o: o.right("dW2").sum(1).reshape(1, 1) @ ones(o, 1, o.h),
    ),
    _mistake(
        "dW2-summed-to-one", "(dZ2 * A1).sum()", "The sum also runs over the hidden units: one number is left.", SHAPE,
        "Print dW2.shape: it must be (1, h).", lambda o: o.right("dW2").sum(1),
    ),
    _mistake(
        "dW2-not-summed", "dZ2 * A1", "The samples are not summed: one row for each is left.", SHAPE,
        "Print dW2.shape: it must be (1, h).", lambda o: o.mean(o.dZ2 * o.A1),
    ),
    _mistake(
        "dW2-summed-over-units", "(dZ2 * A1).sum(1)", "Summed along the wrong axis: over the units, not the samples.",
        SHAPE, "Print dW2.shape: it must be (1, h).", lambda o: o.mean(o.dZ2 * o.A1).sum(1),
    ),
    _mistake(
        "dW1-slope-forgotten", "dA1.T @ X", "dA1 stands where dZ1 belongs: the slope A1 (1 - A1) is missing.",
        "W1 feeds Z1, so what comes back to it has passed through the hidden sigmoid.",
        "Take a saturated unit: its row of dW1 must be near 0.", lambda o: o.mean(o.dA1.T @ o.X),
    ),
    _mistake(
        "dW1-slope-twice", "(dZ1 * A1 * (1 - A1)).T @ X", "The slope A1 (1 - A1) is multiplied in again.",
        "dZ1 has passed through the hidden sigmoid already.",
        "Compare with a finite difference of the loss: yours is at most a quarter of that.",
        lambda o: o.mean((o.dZ1 * o.slope).T @ o.X),
    ),
    _mistake(
        "dW1-weights", "(dZ1.T @ X) * W1", "Multiplied by W1.",
        "The derivative of a product X W1 by W1 is X: the weight itself drops out.",
        "Set W1 to zeros: dW1 must not vanish, and does.", lambda o: o.right("dW1") * o.W1,
    ),
    _mistake(
        "dW1-mask", "dZ1.T @ (X > 0)", "The pixels are reduced to 0 and 1.",
        "A bright pixel has more say than a dim one, on the way back as on the way forward.",
        "Halve X: dW1 (for the same dZ1) must halve, and does not.",
        lambda o: o.mean(o.dZ1.T @ Balls.of((o.X.hi > 0).astype(np.float64), o.arithmetic)),
    ),
    _mistake(
        "dW1-products-of-sums", "dZ1.sum(0)[:, None] * X.sum(0)", "Sums are multiplied; products should be summed.",
        MIXED, "Compare with a loop over the samples that adds np.outer(dZ1[i], X[i]).",
        lambda o: _products_of_sums(o, "dW1"),
    ),
    _mistake(
        "dW1-reshaped", "(X.T @ dZ1).reshape(W1.shape)", "Reshaped where it should be transposed.",
        "The shape is right, but each number is at the place of another weight.",
        "Compare dW1[0, 1] with (dZ1[:, 0] * X[:, 1]).sum().",
        lambda o: o.right("dW1").T.reshape(o.h, o.d), "dZ1.T @ X, or (X.T @ dZ1).T",
    ),
    _mistake(
        "dW1-mean-image", "dZ1.sum(0)[:, None] * X.mean(0)", "Every sample is replaced by the mean picture.", MIXED,
        "Compare with a loop over the samples that adds np.outer(dZ1[i], X[i]).",
        lambda o: _products_of_sums(o, "dW1") / o.n,
    ),
)  # fmt: skip

OF_BIASES = (
    _transposed("db1", "dZ1.sum(0)[:, None]"),
    _mistake(
        "db2-not-summed", "dZ2", "The samples are not summed: one entry for each is left.", SHAPE,
        "Print db2.shape: it must be (1,).", lambda o: o.mean(1 * o.dZ2),
    ),
    _mistake(
        "db2-times-weights", "(dZ2 @ W2).sum()", "Multiplied by W2: what is summed is dA1, not dZ2.",
        "b2 is added after W2, so W2 is not on its path.", "Set W2 to zeros: db2 must not vanish, and does.",
        lambda o: o.mean((o.dZ2 @ o.W2).sum(0)).reshape(1, -1).sum(1),
    ),
    _mistake(
        "db2-times-activation", "(dZ2.T @ A1).sum()", "Multiplied by A1: what is summed is dW2, not dZ2.",
        "A bias has the constant input 1, not A1.", "Compare with (A2 - y).mean().",
        lambda o: o.right("dW2").sum(1),
    ),
    _mistake(
        "db2-absolute", "abs(dZ2).sum(0)", "The errors' signs are lost before they are summed.", MIXED,
        "With both labels in a batch db2 may be negative; yours never is.",
        lambda o: o.mean(_absolute(o.dZ2).sum(0)),
    ),
    _mistake(
        "db1-swapped", "dW2", "This is dW2: the parts of the result are in another order than they are taken.",
        "Both have h entries, so no shape complains, and each parameter learns from the other's gradient.",
        "Return (dW1, db1, dW2, db2), in this order.", lambda o: o.right("dW2").reshape(-1),
    ),
    _mistake(
        "db1-slope-forgotten", "dA1.sum(0)", "dA1 stands where dZ1 belongs: the slope A1 (1 - A1) is missing.",
        "b1 feeds Z1, so what comes back to it has passed through the hidden sigmoid.",
        "Take a saturated unit: its entry of db1 must be near 0.", lambda o: o.mean(o.dA1.sum(0)),
    ),
    _mistake(
        "db1-slope-twice", "(dZ1 * A1 * (1 - A1)).sum(0)", "The slope A1 (1 - A1) is multiplied in again.",
        "dZ1 has passed through the hidden sigmoid already.",
        "Compare with a finite difference of the loss: yours is at most a quarter of that.",
        lambda o: o.mean((o.dZ1 * o.slope).sum(0)),
    ),
    _mistake(
        "db1-not-summed", "dZ1", "The samples are not summed: one row for each is left.", SHAPE,
        "Print db1.shape: it must be (h,).", lambda o: o.mean(1 * o.dZ1),
    ),
    _mistake(
        "db1-summed-over-units", "dZ1.sum(1)", "Summed along the wrong axis: over the units, not the samples.", SHAPE,
        "Print db1.shape: it must be (h,).", lambda o: o.mean(o.dZ1.sum(1)),
    ),
    _mistake(
        "db1-summed-to-one", "dZ1.sum()", "Summed over everything: one number for all hidden units.", SHAPE,
        "Print db1.shape: it must be (h,).", lambda o: o.right("db1").reshape(1, -1).sum(1),
    ),
    _mistake(
        "db1-one-for-all", "dZ1.sum() for every unit", "The sum also runs over the hidden units.", MIXED,
        "Look at db1: all its entries are the same.",
        lambda o: (o.right("db1").reshape(1, -1).sum(1).reshape(1, 1) @ ones(o, 1, o.h)).reshape(-1),
    ),
    _mistake(
        "db1-times-inputs", "(dZ1.T @ X).sum(1)", "Multiplied by X: what is summed is dW1, not dZ1.",
        "A bias has the constant input 1, not a pixel.",
        "Set X to zeros: db1 must not vanish, and does.", lambda o: o.right("dW1").sum(1),
    ),
)  # fmt: skip

PARAMETER_GRADIENTS = (*(m for line in ERROR_OF for m in _of_every(line)), *OF_WEIGHTS, *OF_BIASES)
