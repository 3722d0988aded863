"""What a training of the sweep has reached after each epoch."""

from __future__ import annotations

import msgspec

from comparison.sweep.asked import Asked


class Reached(msgspec.Struct, frozen=True):
    """After so many epochs.

    Attributes:
        test_accuracy, train_accuracy: the part of the samples that is right, from 0 to 1.
        test_loss, train_loss: the mean over the samples, in nats; None where it is not finite.
        seconds: of training so far; what compiling and measuring took is left out.
    """

    epochs: int
    test_accuracy: float
    train_accuracy: float
    test_loss: float | None
    train_loss: float | None
    seconds: float


class Run(msgspec.Struct, frozen=True):
    """What came of one training.

    Attributes:
        reached: from before the first epoch to after the last; nothing where it failed.
        failure: then one sentence.
    """

    asked: Asked
    reached: tuple[Reached, ...] = ()
    failure: str = ""
