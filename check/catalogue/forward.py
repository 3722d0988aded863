"""Wrong formulas of the forward pass: Z1, A1, Z2 and A2, with the backward lines that would be right for each."""

from __future__ import annotations

import numpy as np

from backproof.balls import Balls
from check.mistakes import FORWARD, Mistake
from check.own_lines import Formula, OwnLines

BIAS = "A bias shifts the point where a unit switches; without the right shift the network computes another function."
LINEAR = "Two linear layers in a row are one linear layer: no hidden unit bends anything."
RANGE = "The lines that follow count on a number between 0 and 1."
SUM = "A unit adds up what its inputs contribute; another scale moves every sigmoid to another part of its curve."


def _mistake(
    name: str,
    formula: str,
    says: str,
    why: str,
    see: str,
    wrong: Formula,
    **derivative: Formula,
) -> Mistake:
    line = name.split("-")[0]
    return Mistake(name, line, formula, says, why, see, FORWARD, wrong, derivative=derivative)


def _where(balls: Balls, mask: np.ndarray) -> Balls:
    return balls * mask.astype(np.float64)


def _positive(z: Balls) -> np.ndarray:
    return z.hi > 0


def _leaky(balls: Balls, z: Balls) -> Balls:
    return balls * np.where(_positive(z), 1, 0.01)


def _softmax(z: Balls, axis: int) -> Balls:
    e = z.exp()
    total = e.sum(axis)
    return e / total.reshape(*((1, -1) if axis == 0 else (-1, 1)))


def _softplus(z: Balls) -> Balls:
    return (1 + z.exp()).log()


def _clipped(own: OwnLines) -> Balls:
    """The probability kept as far from 0 and 1 as the nearest that is shown."""
    right, shown = own.right("A2"), own.shown["A2"] if "A2" in own.shown else np.array(0.5)
    margin = min(float(shown.min()), float(1 - shown.max()))
    if not 0 < margin < 0.25:
        return right
    low, high = right.hi < margin, right.hi > 1 - margin
    return _where(right, ~(low | high)) + (low * margin + high * (1 - margin))


def _first_only(own: OwnLines) -> Balls:
    first = np.zeros(own.h)
    first[0] = 1
    return own.mean((own.dZ1.sum(1).reshape(-1, 1)).sum(0)) * first


def _without_bias(own: OwnLines, layer: int) -> Balls:
    return own.X @ own.W1.T if layer == 1 else own.A1 @ own.W2.T


Z1 = (
    _mistake(
        "Z1-bias-forgotten", "X @ W1.T", "The hidden layer's bias b1 is left out.", BIAS,
        "Set W1 to zeros: Z1 must then be b1 in every row.",
        lambda o: _without_bias(o, 1), db1=lambda o: 0 * o.b1,
    ),
    _mistake(
        "Z1-bias-subtracted", "X @ W1.T - b1", "The bias b1 is subtracted, not added.", BIAS,
        "Set W1 to zeros: Z1 must then be b1, and is -b1.",
        lambda o: _without_bias(o, 1) - o.b1, db1=lambda o: -o.right("db1"),
    ),
    _mistake(
        "Z1-bias-twice", "X @ W1.T + 2 * b1", "The bias b1 is added twice.", BIAS,
        "Set W1 to zeros: Z1 must then be b1, and is twice that.",
        lambda o: _without_bias(o, 1) + 2 * o.b1, db1=lambda o: 2 * o.right("db1"),
    ),
    _mistake(
        "Z1-one-bias-for-all", "X @ W1.T + b1[0]", "Every hidden unit gets the bias of the first.", BIAS,
        "Change b1[1]: the second column of Z1 must move, and does not.",
        lambda o: _without_bias(o, 1) + o.b1[:1], db1=_first_only,
    ),
    _mistake(
        "Z1-mean-over-inputs", "(X @ W1.T) / d + b1", "The weighted inputs are averaged, not summed.", SUM,
        "With X and W1 all ones and b1 zeros, Z1 must be d.",
        lambda o: _without_bias(o, 1) / o.d + o.b1, dW1=lambda o: o.right("dW1") / o.d,
    ),
    _mistake(
        "Z1-pixels-scaled-again", "(X / 255) @ W1.T + b1", "The pixels are divided by 255 once more.",
        "They are in [0, 1] already; divided again, the network hardly sees them.",
        "Print X.max() where it is used: it must be 1.",
        lambda o: (o.X / 255) @ o.W1.T + o.b1, dW1=lambda o: o.right("dW1") / 255,
    ),
    _mistake(
        "Z1-bias-of-output", "X @ W1.T + b2", "The output's bias b2 is added where b1 belongs.", BIAS,
        "Change b1: Z1 must move, and does not.",
        lambda o: _without_bias(o, 1) + o.b2, db1=lambda o: 0 * o.b1,
    ),
)  # fmt: skip

A1 = (
    _mistake(
        "A1-tanh", "tanh(Z1)", "The hidden units are hyperbolic tangents, not sigmoids.", RANGE,
        "At Z1 = 0 a sigmoid is 0.5; this is 0.",
        lambda o: o.Z1.tanh(), dZ1=lambda o: o.dA1 * (1 - o.A1 * o.A1),
    ),
    _mistake(
        "A1-relu", "maximum(Z1, 0)", "The hidden units are rectified linear, not sigmoids.", RANGE,
        "Look for entries of A1 that are above 1 or exactly 0.",
        lambda o: _where(o.Z1, _positive(o.Z1)), dZ1=lambda o: _where(o.dA1, _positive(o.Z1)),
    ),
    _mistake(
        "A1-leaky-relu", "where(Z1 > 0, Z1, 0.01 * Z1)", "The hidden units are leaky rectified linear, not sigmoids.",
        RANGE, "Look for entries of A1 that are above 1 or negative.",
        lambda o: _leaky(o.Z1, o.Z1), dZ1=lambda o: _leaky(o.dA1, o.Z1),
    ),
    _mistake(
        "A1-activation-forgotten", "Z1", "The activation is forgotten: A1 is Z1 itself.", LINEAR,
        "Compare A1 with Z1: they are the same array.",
        lambda o: o.Z1, dZ1=lambda o: o.dA1,
    ),
    _mistake(
        "A1-sign-in-exp", "1/(1 + exp(Z1))", "The minus sign in exp(-z) is missing: the sigmoid runs downhill.",
        "Every hidden unit says 1 - A1 instead of A1.",
        "Try z = 100: a sigmoid is 1 there; this is 0.",
        lambda o: o.sigmoid(-o.Z1), dZ1=lambda o: -(o.dA1 * o.slope),
    ),
    _mistake(
        "A1-bracket-forgotten", "1 / 1 + exp(-Z1)", "The brackets around 1 + exp(-z) are missing: it is 1 + exp(-z).",
        RANGE, "At z = 0 a sigmoid is 0.5; this is 2.",
        lambda o: 1 + (-o.Z1).exp(), dZ1=lambda o: o.dA1 * o.A1 * (1 - o.A1),
    ),
    _mistake(
        "A1-minus-in-denominator", "1/(1 - exp(-Z1))", "The denominator is 1 - exp(-z), not 1 + exp(-z).", RANGE,
        "At z = 0 a sigmoid is 0.5; this divides by zero.",
        lambda o: 1 / (1 - (-o.Z1).exp()), dZ1=lambda o: o.dA1 * o.A1 * (1 - o.A1),
    ),
    _mistake(
        "A1-sigmoid-twice", "sigmoid(sigmoid(Z1))", "The sigmoid is applied twice.", RANGE,
        "Every entry of A1 lies between 0.5 and 0.732.",
        lambda o: o.sigmoid(o.sigmoid(o.Z1)), dZ1=lambda o: o.dA1 * o.A1 * (1 - o.A1) * o.slope,
    ),
    _mistake(
        "A1-softmax-over-units", "exp(Z1) / exp(Z1).sum(1, keepdims=True)",
        "A softmax over the hidden units stands where each unit has a sigmoid of its own.",
        "The units then compete: one cannot rise without the others falling.",
        "Add up the rows of A1: each is 1.",
        lambda o: _softmax(o.Z1, 1),
        dZ1=lambda o: o.A1 * (o.dA1 - (o.dA1 * o.A1).sum(1).reshape(-1, 1)),
    ),
    _mistake(
        "A1-softmax-over-samples", "exp(Z1) / exp(Z1).sum(0)", "A softmax over the samples stands for the sigmoid.",
        "What the network says of one sample then depends on which others are in the batch.",
        "Add up the columns of A1: each is 1.",
        lambda o: _softmax(o.Z1, 0), dZ1=lambda o: o.A1 * (o.dA1 - (o.dA1 * o.A1).sum(0).reshape(1, -1)),
    ),
    _mistake(
        "A1-softplus", "log(1 + exp(Z1))", "A softplus, the integral of the sigmoid, stands for the sigmoid.", RANGE,
        "At Z1 = 0 a sigmoid is 0.5; this is 0.693.",
        lambda o: _softplus(o.Z1), dZ1=lambda o: o.dA1 * o.sigmoid(o.Z1),
    ),
    _mistake(
        "A1-slope-for-value", "sigmoid(Z1) * (1 - sigmoid(Z1))", "The sigmoid's derivative stands for the sigmoid.",
        "The derivative belongs into dZ1; here it hides on which side of its threshold a unit is.",
        "No entry of A1 is above 0.25.",
        lambda o: o.slope_at(o.Z1),
    ),
    _mistake(
        "A1-step", "Z1 > 0", "The hidden units are 0 or 1, the sign of Z1.",
        "A step has derivative 0 almost everywhere: no gradient can come through it.",
        "Look at A1: it holds only 0 and 1.",
        lambda o: Balls.of(_positive(o.Z1).astype(np.float64), o.arithmetic), dZ1=lambda o: 0 * o.dA1,
    ),
)  # fmt: skip

Z2 = (
    _mistake(
        "Z2-bias-forgotten", "A1 @ W2.T", "The output's bias b2 is left out.", BIAS,
        "Set W2 to zeros: Z2 must then be b2.",
        lambda o: _without_bias(o, 2), db2=lambda o: 0 * o.b2,
    ),
    _mistake(
        "Z2-bias-subtracted", "A1 @ W2.T - b2", "The bias b2 is subtracted, not added.", BIAS,
        "Set W2 to zeros: Z2 must then be b2, and is -b2.",
        lambda o: _without_bias(o, 2) - o.b2, db2=lambda o: -o.right("db2"),
    ),
    _mistake(
        "Z2-bias-twice", "A1 @ W2.T + 2 * b2", "The bias b2 is added twice.", BIAS,
        "Set W2 to zeros: Z2 must then be b2, and is twice that.",
        lambda o: _without_bias(o, 2) + 2 * o.b2, db2=lambda o: 2 * o.right("db2"),
    ),
    _mistake(
        "Z2-bias-per-unit", "(A1 * W2 + b2).sum(1)", "The bias b2 is added once for every hidden unit: h times.", BIAS,
        "Set W2 to zeros: Z2 must then be b2, and is h times that.",
        lambda o: _without_bias(o, 2) + o.h * o.b2, db2=lambda o: o.h * o.right("db2"),
    ),
    _mistake(
        "Z2-before-activation", "Z1 @ W2.T + b2", "The output layer reads Z1, not A1: the activation is bypassed.",
        LINEAR, "Replace A1 by zeros: Z2 must then be b2.",
        lambda o: o.Z1 @ o.W2.T + o.b2, dW2=lambda o: o.mean(o.dZ2.T @ o.Z1), dZ1=lambda o: o.dA1,
    ),
    _mistake(
        "Z2-mean-over-units", "(A1 @ W2.T) / h + b2", "The hidden units' votes are averaged, not summed.", SUM,
        "With A1 and W2 all ones and b2 = 0, Z2 must be h.",
        lambda o: _without_bias(o, 2) / o.h + o.b2,
        dW2=lambda o: o.right("dW2") / o.h, dA1=lambda o: o.right("dA1") / o.h,
    ),
    _mistake(
        "Z2-weights-ignored", "A1.sum(1) + b2", "The hidden units are added up without their weights W2.",
        "W2 then changes nothing in the forward pass, and cannot be learned.",
        "Change W2: Z2 must move, and does not.",
        lambda o: o.A1.sum(1).reshape(-1, 1) + o.b2,
        dW2=lambda o: 0 * o.W2, dA1=lambda o: o.dZ2 @ Balls.of(np.ones((1, o.h)), o.arithmetic),
    ),
)  # fmt: skip

A2 = (
    _mistake(
        "A2-activation-forgotten", "Z2", "The output's sigmoid is forgotten: A2 is the logit Z2 itself.",
        "A logit is no probability: the cross-entropy and the rule A2 - y both need one.",
        "Look for entries of A2 below 0 or above 1.",
        lambda o: o.Z2,
    ),
    _mistake(
        "A2-tanh", "tanh(Z2)", "The output is a hyperbolic tangent, not a sigmoid.",
        "It lies between -1 and 1, and is no probability.",
        "At Z2 = 0 the probability must be 0.5; this is 0.",
        lambda o: o.Z2.tanh(),
    ),
    _mistake(
        "A2-sign-in-exp", "1/(1 + exp(Z2))", "The minus sign in exp(-z) is missing: A2 is the probability of class 0.",
        "The network is then taught the opposite of what its weights say.",
        "Raise b2 by 100: A2 must go to 1, and goes to 0.",
        lambda o: o.sigmoid(-o.Z2), dZ2=lambda o: -o.right("dZ2"),
    ),
    _mistake(
        "A2-bracket-forgotten", "1 / 1 + exp(-Z2)", "The brackets around 1 + exp(-z) are missing: it is 1 + exp(-z).",
        RANGE, "At z = 0 a sigmoid is 0.5; this is 2.",
        lambda o: 1 + (-o.Z2).exp(),
    ),
    _mistake(
        "A2-minus-in-denominator", "1/(1 - exp(-Z2))", "The denominator is 1 - exp(-z), not 1 + exp(-z).", RANGE,
        "At z = 0 a sigmoid is 0.5; this divides by zero.",
        lambda o: 1 / (1 - (-o.Z2).exp()),
    ),
    _mistake(
        "A2-sigmoid-twice", "sigmoid(sigmoid(Z2))", "The sigmoid is applied twice.",
        "The probability can then never leave 0.5 to 0.732: class 0 is never predicted.",
        "Lower b2 by 100: A2 must go to 0, and goes to 0.5.",
        lambda o: o.sigmoid(o.sigmoid(o.Z2)),
    ),
    _mistake(
        "A2-relu", "maximum(Z2, 0)", "The output is rectified linear, not a sigmoid.", RANGE,
        "Look for entries of A2 that are above 1 or exactly 0.",
        lambda o: _where(o.Z2, _positive(o.Z2)),
    ),
    _mistake(
        "A2-softmax-of-one", "exp(Z2) / exp(Z2).sum(1, keepdims=True)",
        "A softmax over a single output is 1 whatever the input.",
        "A softmax needs one output a class; with one output use the sigmoid.",
        "Look at A2: every entry is 1.",
        lambda o: Balls.of(np.ones((o.n, 1)), o.arithmetic),
    ),
    _mistake(
        "A2-softmax-over-samples", "exp(Z2) / exp(Z2).sum(0)", "A softmax over the samples stands for the sigmoid.",
        "What the network says of one sample then depends on which others are in the batch.",
        "Add up A2: the sum over the samples is 1.",
        lambda o: _softmax(o.Z2, 0),
    ),
    _mistake(
        "A2-step", "Z2 > 0", "A2 is the predicted class, 0 or 1, not its probability.",
        "A step has derivative 0 almost everywhere, and a right answer teaches nothing any more.",
        "Look at A2: it holds only 0 and 1.",
        lambda o: Balls.of(_positive(o.Z2).astype(np.float64), o.arithmetic),
    ),
    _mistake(
        "A2-clipped", "clip(sigmoid(Z2), e, 1 - e)", "The probability is kept away from 0 and 1 by far too much.",
        "What is sure already cannot be learned any better, and the error A2 - y of such a sample is wrong.",
        "Print A2.min() and A2.max() at large weights.", _clipped,
    ),
    _mistake(
        "A2-slope-for-value", "sigmoid(Z2) * (1 - sigmoid(Z2))", "The sigmoid's derivative stands for the sigmoid.",
        "No probability above 0.25 can come out.", "No entry of A2 is above 0.25.",
        lambda o: o.slope_at(o.Z2),
    ),
)  # fmt: skip

FORWARD_LINES = (*Z1, *A1, *Z2, *A2)
