"""Wrong steps of SGD, and what a backward pass must not do to its caller."""

from __future__ import annotations

from backproof.balls import Balls
from check.mistakes import TRAINING, Mistake
from check.own_step import OwnStep, StepFormula

Balls4 = tuple[Balls, Balls, Balls, Balls]

RATE = "The learning rate is then not the one that you set, and results cannot be compared."
STUCK = "These parameters stay where chance put them."
WRONG_WAY = "Every step makes the loss larger."
ONE_POINT = "The four gradients belong to one point; taken at different points they are the gradient of nothing."
EACH_ONCE = "An epoch visits every sample once, in the order given."


def _moved(step: OwnStep, factor: Balls | float = 1.0, keep: tuple[str, ...] = ()) -> Balls4:
    """The step with its gradient multiplied, and some parameters left where they were."""
    moved = [
        p if name in keep else p - dp * (factor * step.rate)
        for name, p, dp in zip(step.start._fields, step.start, step.gradient(), strict=True)
    ]
    return moved[0], moved[1], moved[2], moved[3]


def _biases_twice(step: OwnStep) -> Balls4:
    once, twice = _moved(step), _moved(step, 2.0)
    return once[0], twice[1], once[2], twice[3]


def _unmoved(step: OwnStep) -> Balls4:
    return _moved(step, keep=step.start._fields)


def _along(step: OwnStep, gradient: Balls4) -> Balls4:
    moved = [p - dp * step.rate for p, dp in zip(step.start, gradient, strict=True)]
    return moved[0], moved[1], moved[2], moved[3]


def _mistake(name: str, formula: str, says: str, why: str, see: str, wrong: StepFormula | None) -> Mistake:
    return Mistake(f"update-{name}", "update", formula, says, why, see, TRAINING, step=wrong)


UPDATE: tuple[Mistake, ...] = (
    _mistake(
        "biases-forgotten", "W1 and W2 move, b1 and b2 do not", "The biases are never updated.", STUCK,
        "Print b1 and b2 before and after a step.", lambda s: _moved(s, keep=("b1", "b2")),
    ),
    _mistake(
        "hidden-forgotten", "W2 and b2 move, W1 and b1 do not", "The hidden layer is never updated.", STUCK,
        "Print W1 before and after a step.", lambda s: _moved(s, keep=("W1", "b1")),
    ),
    _mistake(
        "output-forgotten", "W1 and b1 move, W2 and b2 do not", "The output layer is never updated.", STUCK,
        "Print W2 before and after a step.", lambda s: _moved(s, keep=("W2", "b2")),
    ),
    _mistake(
        "b1-forgotten", "b1 does not move", "b1 is never updated.", STUCK, "Print b1 before and after a step.",
        lambda s: _moved(s, keep=("b1",)),
    ),
    _mistake(
        "b2-forgotten", "b2 does not move", "b2 is never updated.", STUCK, "Print b2 before and after a step.",
        lambda s: _moved(s, keep=("b2",)),
    ),
    _mistake(
        "sign", "p += learning_rate * dp", "The gradient is added: this climbs the loss.", WRONG_WAY,
        "Take one step on one sample: its loss must fall, and rises.", lambda s: _moved(s, -1.0),
    ),
    _mistake(
        "rate-twice", "p -= learning_rate**2 * dp", "The learning rate is multiplied in twice.", RATE,
        "Halve the learning rate: the first step must halve, and becomes a quarter.",
        lambda s: _moved(s, s.rate),
    ),
    _mistake(
        "rate-forgotten", "p -= dp", "The learning rate is not used.", RATE,
        "Set the learning rate to 0: nothing may move.", lambda s: _moved(s, 1 / s.rate),
    ),
    _mistake(
        "step-twice", "p -= learning_rate * dp, twice", "Every gradient is subtracted twice.", RATE,
        "Set the learning rate to 1 and compare p before minus p after with dp.", lambda s: _moved(s, 2.0),
    ),
    _mistake(
        "biases-twice", "b -= learning_rate * db, twice", "The biases are moved twice in every step.", RATE,
        "Set the learning rate to 1 and compare b1 before minus b1 after with db1.", _biases_twice,
    ),
    _mistake(
        "summed", "p -= learning_rate * n * dp", "The gradients of a batch are added up, not averaged.", RATE,
        "Put the same sample twice into a batch: the step must stay the same, and doubles.",
        lambda s: _moved(s, float(s.n)),
    ),
    _mistake(
        "mean-twice", "p -= learning_rate * dp / n", "The mean over the batch is taken twice.", RATE,
        "Put the same sample twice into a batch: the step must stay the same, and halves.",
        lambda s: _moved(s, s.ball(1.0) / s.n),
    ),
    _mistake(
        "last-batch", "p -= learning_rate * dp * n / batch_size",
        "The last batch of an epoch, which may be smaller, is divided by batch_size.", RATE,
        "Train on 3 samples in batches of 2, and compare the second step with a batch of one.",
        lambda s: _moved(s, s.ball(float(s.n)) / s.batch_size),
    ),
    _mistake(
        "order", "W2 moves before dA1 = dZ2 @ W2 is computed", "dA1 is computed from W2 after W2 has moved.", ONE_POINT,
        "Compute all four gradients first, then move the four parameters.",
        lambda s: _along(s, s.gradient_with_moved_output()),
    ),
    _mistake(
        "accumulated", "dp is never set back to zero", "The gradients of earlier steps are still in dp.",
        "Old gradients belong to old parameters; their sum grows with every step.",
        "Compare the second step with a first step taken from the same parameters.",
        lambda s: _along(s, s.accumulated_gradient()),
    ),
    _mistake(
        "reversed", "for i in reversed(range(n))", "The samples are visited from the last to the first.", EACH_ONCE,
        "Train for one step and look which sample's gradient was used.",
        lambda s: _along(s, s.gradient_of(s.mirrored)),
    ),
    _mistake(
        "first-only", "X[0] in every step", "Every step uses the first samples again.", EACH_ONCE,
        "Train for one epoch and count how often each sample is used.",
        lambda s: _along(s, s.gradient_of(slice(0, s.batch_size))),
    ),
    _mistake(
        "one-of-batch", "X[i:i + 1] of each batch", "Of every batch only the first sample is used.", EACH_ONCE,
        "Change the last sample of a batch: the step must change, and does not.",
        lambda s: _along(s, s.gradient_of(slice(s.first, s.first + 1))),
    ),
    _mistake(
        "none", "nothing moves", "The parameters are the same after every step.",
        "Perhaps the step changes copies: p = p - ... inside a function binds a new local array.",
        "Print W1 before and after a step.", _unmoved,
    ),
    _mistake(
        "skipped", "some steps are left out", "Some steps leave every parameter where it was.", EACH_ONCE,
        "Print W1 before and after each step of an epoch.", None,
    ),
    _mistake(
        "kept", "something is kept between steps",
        "The first step is right and a later one is not: something is kept between them.",
        "SGD has no memory: a step depends on the parameters and on its samples alone.",
        "Look for what is changed in place, added to, or shuffled between two steps.", None,
    ),
)  # fmt: skip

CALL: tuple[Mistake, ...] = (
    Mistake(
        "call-inputs-changed", "call", "X -= ..., W1 -= ...", "The arrays that were handed over are changed in place.",
        "Whoever called it goes on with other numbers than they think.",
        "Compare copies of X, y and the parameters, made before the call, with what they are after it.", TRAINING,
    ),
    Mistake(
        "call-not-repeatable", "call", "something is kept between calls",
        "The same inputs give other numbers the second time.",
        "A gradient is a function: it may depend on nothing but what it is given.",
        "Call it twice. Look for global variables, default arguments that are arrays, and random numbers.", TRAINING,
    ),
)  # fmt: skip
