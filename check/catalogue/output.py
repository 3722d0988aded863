"""Wrong formulas at the output: the loss, and dZ2, where the walk back begins."""

from __future__ import annotations

import numpy as np

from backproof.balls import Balls
from check.mistakes import BACKWARD, FORWARD, Mistake
from check.own_lines import Formula, OwnLines

SCALE = "Every gradient is off by this factor: the learning rate is not the one that you set."
DESCENT = "Gradient descent then climbs: the loss grows with every step."
NOT_THE_LOSS = "It is a number of another problem: it may rise while the cross-entropy falls."
ONE_LABEL = "The network learns to say the same of every picture."
ERROR = "dZ2 is the derivative of the cross-entropy: probability minus label, and nothing else."


def _loss(name: str, formula: str, says: str, see: str, wrong: Formula, why: str = NOT_THE_LOSS) -> Mistake:
    return Mistake(f"loss-{name}", "loss", formula, says, why, see, FORWARD, wrong)


def _dZ2(name: str, formula: str, says: str, why: str, see: str, wrong: Formula, cure: str = "") -> Mistake:
    return Mistake(f"dZ2-{name}", "dZ2", formula, says, why, see, BACKWARD, wrong, cure=cure)


def _cross_entropy(o: OwnLines) -> Balls:
    return o.loss_by("-log(A2) or -log(1 - A2)" if o.given else "")


def _probability(o: OwnLines) -> Balls:
    return o.A2 if o.given else o.sigmoid(o.Z2)


def _flat(column: Balls) -> Balls:
    return column.reshape(-1)


def _label(o: OwnLines) -> np.ndarray:
    return o.y[:, 0]


def _swapped(o: OwnLines) -> Balls:
    if not o.given:  # log(1 + exp(-s)) = log(1 + exp(s)) - s
        return _cross_entropy(o) - _flat(o.Z2) * (1 - 2 * _label(o))
    right = _flat(o.A2) * (2 * _label(o) - 1) + (1 - _label(o))
    return -(1 - right).log()


def _mean(o: OwnLines, column: Balls) -> Balls:
    """1/n where this program has it in dZ2."""
    return column if o.mean_last else column / o.n


def _rounded(o: OwnLines) -> np.ndarray:
    return (o.Z2.hi > 0).astype(np.float64)


LOSS = (
    _loss(
        "only-class-1", "-y * log(A2)", "Only samples of class 1 count: the term (1 - y) log(1 - A2) is missing.",
        "Look at a sample with y = 0: its loss is 0 whatever the network says.",
        lambda o: _cross_entropy(o) * _label(o), ONE_LABEL,
    ),
    _loss(
        "only-class-0", "-(1 - y) * log(1 - A2)", "Only samples of class 0 count: the term y log(A2) is missing.",
        "Look at a sample with y = 1: its loss is 0 whatever the network says.",
        lambda o: _cross_entropy(o) * (1 - _label(o)), ONE_LABEL,
    ),
    _loss(
        "minus-forgotten", "y * log(A2) + (1 - y) * log(1 - A2)", "The minus sign is missing.",
        "A cross-entropy is never negative; this is.", lambda o: -_cross_entropy(o),
    ),
    _loss(
        "labels-swapped", "-(1 - y) * log(A2) - y * log(1 - A2)", "The two classes are swapped.",
        "For y = 1 and A2 near 1 the loss must be near 0; here it is large.", _swapped,
    ),
    _loss(
        "squared-error", "(A2 - y)**2", "The squared error stands for the cross-entropy.",
        "At A2 = 0.5 the cross-entropy is 0.693; this is 0.25.", lambda o: _flat(o.error * o.error),
    ),
    _loss(
        "half-squared-error", "(A2 - y)**2 / 2", "Half the squared error stands for the cross-entropy.",
        "At A2 = 0.5 the cross-entropy is 0.693; this is 0.125.", lambda o: _flat(o.error * o.error) / 2,
    ),
    _loss(
        "absolute-error", "abs(A2 - y)", "The absolute error stands for the cross-entropy.",
        "At A2 = 0.5 the cross-entropy is 0.693; this is 0.5.", lambda o: _flat(o.error) * (1 - 2 * _label(o)),
    ),
    _loss(
        "base-2", "-log2(...)", "The logarithm is to base 2, not the natural one.",
        "At A2 = 0.5 the cross-entropy is 0.693; this is 1.",
        lambda o: _cross_entropy(o) / Balls.of(np.full(1, 2.0), o.arithmetic).log(),
        "Its derivative is 1.44 times the one that you compute.",
    ),
    _loss(
        "base-10", "-log10(...)", "The logarithm is to base 10, not the natural one.",
        "At A2 = 0.5 the cross-entropy is 0.693; this is 0.301.",
        lambda o: _cross_entropy(o) / Balls.of(np.full(1, 10.0), o.arithmetic).log(),
        "Its derivative is 0.43 times the one that you compute.",
    ),
    _loss(
        "summed", "-(...).sum()", "The losses are added up, not averaged.",
        "Give every sample twice: a mean stays as it is; this doubles.", lambda o: _cross_entropy(o) * o.n,
        "Its derivative is n times that of the mean loss.",
    ),
    _loss(
        "mean-twice", "(...) / n", "The loss of each sample is divided by n already: the mean divides again.",
        "Give every sample twice: a mean stays as it is; this halves.", lambda o: _cross_entropy(o) / o.n,
        "Its derivative is an n-th of that of the mean loss.",
    ),
    _loss(
        "sign-of-logit", "softplus(Z2) + y * Z2", "The term y Z2 is added, not subtracted.",
        "For y = 1 and a large Z2 the loss must be near 0; here it is large.",
        lambda o: _cross_entropy(o) + 2 * (_flat(o.Z2) * _label(o)),
    ),
)  # fmt: skip

DZ2 = (
    _dZ2(
        "zero", "zeros_like(Z2)", "It is zero: not written yet, or overwritten.",
        "With dZ2 = 0 every gradient is 0, whatever the lines after it say.", "Print dZ2.", lambda o: 0 * o.Z2,
    ),
    _dZ2(
        "mean-forgotten", "A2 - y", "The 1/n of the mean is missing.", SCALE,
        "Give every sample twice: the gradient of a mean stays as it is; yours doubles.", lambda o: o.error,
    ),
    _dZ2(
        "mean-twice", "(A2 - y) / n / n", "1/n of the mean is there twice.", SCALE,
        "Give every sample twice: the gradient of a mean stays as it is; yours halves.",
        lambda o: _mean(o, o.error) / o.n,
    ),
    _dZ2(
        "mean-over-pixels", "(A2 - y) / d", "Divided by d, the number of pixels, not by n of the samples.", SCALE,
        "Print what you divide by: it must be len(y), not X.shape[1].", lambda o: o.error / o.d,
    ),
    _dZ2(
        "broadcast-averaged", "(A2 - y.T).mean(1, keepdims=True) / n",
        "Labels (n,) are subtracted from A2 (n, 1): a table, of which each row's mean is taken.", ONE_LABEL,
        "Print (A2 - y).shape before the mean: it must be (n, 1).",
        lambda o: _mean(o, _probability(o) - _label_mean(o)),
        "dZ2 = (A2 - y.reshape(-1, 1)) / n, of shape (n, 1)",
    ),
    _dZ2(
        "mean-over-n-minus-1", "(A2 - y) / (n - 1)", "Divided by n - 1, as a variance would be, and not by n.",
        "A mean of losses divides by their number; with one sample this divides by zero.",
        "Give one sample: the gradient is infinite.",
        lambda o: o.error / max(o.n - 1, 0),
    ),
    _dZ2(
        "sign", "(y - A2) / n", "The sign is the wrong way round: y - A2, not A2 - y.", DESCENT,
        "For y = 0 a positive A2 must give a positive dZ2.", lambda o: -o.right("dZ2"),
    ),
    _dZ2(
        "sign-and-mean", "y - A2", "The sign is the wrong way round, and the 1/n of the mean is missing.", DESCENT,
        "For y = 0 a positive A2 must give a positive dZ2.", lambda o: -o.error,
    ),
    _dZ2(
        "label-forgotten", "A2 / n", "The label is not subtracted.", ONE_LABEL,
        "Change a label: dZ2 must move, and does not.", lambda o: _mean(o, _probability(o)),
    ),
    _dZ2(
        "label-added", "(A2 + y) / n", "The label is added, not subtracted.", ERROR,
        "For y = 1 and A2 near 1 nothing is left to learn: dZ2 must be near 0.",
        lambda o: _mean(o, _probability(o) + o.y),
    ),
    _dZ2(
        "labels-swapped", "(A2 - (1 - y)) / n", "The two classes are swapped.",
        "The network learns to call every picture by the other's name.",
        "For y = 1 and A2 near 1 nothing is left to learn: dZ2 must be near 0.",
        lambda o: _mean(o, _probability(o) - (1 - o.y)),
    ),
    _dZ2(
        "half-squared-error", "(A2 - y) * A2 * (1 - A2) / n",
        "The output's slope A2 (1 - A2) is multiplied in, as for half the squared error.",
        "In the cross-entropy the slope cancels; multiplied in, a sample that is confidently wrong teaches nothing.",
        "Take a sample with y = 0 and A2 near 1: dZ2 must be near 1/n, and is near 0.",
        lambda o: o.right("dZ2") * _output_slope(o),
    ),
    _dZ2(
        "squared-error", "2 * (A2 - y) * A2 * (1 - A2) / n",
        "This is the derivative of the squared error, not of the cross-entropy.",
        "In the cross-entropy the slope cancels; multiplied in, a sample that is confidently wrong teaches nothing.",
        "Take a sample with y = 0 and A2 near 1: dZ2 must be near 1/n, and is near 0.",
        lambda o: 2 * (o.right("dZ2") * _output_slope(o)),
    ),
    _dZ2(
        "factor-2", "2 * (A2 - y) / n", "A factor 2 too many, as if something had been squared.", SCALE,
        "Compare with a finite difference of the loss: yours is twice that.", lambda o: 2 * o.right("dZ2"),
    ),
    _dZ2(
        "factor-half", "(A2 - y) / (2 * n)", "Half of what it should be.", SCALE,
        "Compare with a finite difference of the loss: yours is half of that.", lambda o: o.right("dZ2") / 2,
    ),
    _dZ2(
        "chain-stopped", "(A2 - y) / (A2 * (1 - A2)) / n",
        "This is the derivative with respect to A2: the step through the output's sigmoid is missing.",
        "The chain rule multiplies by A2 (1 - A2), which just cancels the denominator.",
        "Look at a confident sample: dZ2 is above 1, and cannot be.",
        lambda o: o.right("dZ2") / _output_slope(o),
    ),
    _dZ2(
        "logit-for-probability", "(Z2 - y) / n", "The label is subtracted from the logit Z2, not from A2.", ERROR,
        "Look for entries of n dZ2 beyond -1 or 1: there can be none.", lambda o: _mean(o, o.Z2 - o.y),
    ),
    _dZ2(
        "only-class-1", "-y * (1 - A2) / n", "Samples of class 0 teach nothing: the term (1 - y) A2 is missing.",
        ONE_LABEL, "Look at the samples with y = 0: their dZ2 is 0.", lambda o: o.right("dZ2") * o.y,
    ),
    _dZ2(
        "only-class-0", "(1 - y) * A2 / n", "Samples of class 1 teach nothing: the term -y (1 - A2) is missing.",
        ONE_LABEL, "Look at the samples with y = 1: their dZ2 is 0.", lambda o: o.right("dZ2") * (1 - o.y),
    ),
    _dZ2(
        "class-for-probability", "((A2 > 0.5) - y) / n", "The label is subtracted from the predicted class.",
        "That is the perceptron's rule: a right answer teaches nothing, however unsure.",
        "Look at n dZ2: it holds only -1, 0 and 1.",
        lambda o: _mean(o, Balls.of(_rounded(o) - o.y, o.arithmetic)),
    ),
    _dZ2(
        "absolute", "abs(A2 - y) / n", "The sign is lost: the absolute error stands there.",
        "Every sample then pushes b2 the same way.", "For y = 1 dZ2 must be negative.",
        lambda o: o.right("dZ2") * (1 - 2 * o.y),
    ),
    _dZ2(
        "broadcast", "(A2 - y) / n with y of shape (n,)",
        "A2 is (n, 1) and y is (n,): NumPy makes an (n, n) table of every probability minus every label.",
        "Nothing warns you: later sums turn the table into numbers that look like gradients.",
        "Print dZ2.shape; write y[:, None], or y.reshape(-1, 1).",
        lambda o: _mean(o, _probability(o) @ Balls.of(np.ones((1, o.n)), o.arithmetic) - o.y.T),
        "dZ2 = (A2 - y[:, None]) / n",
    ),
    _dZ2(
        "label-averaged", "A2 - y.mean()", "The mean of all labels is subtracted from every sample, not its own.",
        "Often (n, 1) - (n,), averaged along the wrong axis: which picture has which label is lost.",
        "Swap two labels: dZ2 must move, and does not.", lambda o: _probability(o) - _label_mean(o),
    ),
    _dZ2(
        "averaged", "(A2 - y).mean() for every sample", "Each sample gets the mean error of the batch, not its own.",
        "Which sample was wrong is forgotten before W2 is reached.",
        "Look at dZ2 for several samples: all entries are the same.",
        lambda o: Balls.of(np.ones((o.n, 1)), o.arithmetic) @ (_mean(o, o.error).sum(0) / o.n).reshape(1, 1),
    ),
    _dZ2(
        "sigmoid-twice", "(sigmoid(A2) - y) / n", "The sigmoid is applied to A2, which is a sigmoid already.", ERROR,
        "For y = 0 and a very negative Z2 dZ2 must be near 0; here it is near 0.5 / n.",
        lambda o: _mean(o, o.sigmoid(o.A2) - o.y),
    ),
)  # fmt: skip


def _label_mean(o: OwnLines) -> Balls:
    return Balls.of(o.y, o.arithmetic).sum(0) / o.n


def _output_slope(o: OwnLines) -> Balls:
    return o.A2 * (1 - o.A2) if o.given else o.slope_at(o.Z2)


OUTPUT_LINES = (*LOSS, *DZ2)
