"""The results of a comparison, as written by ``--json``: one schema, from which tables and pages are made.

Numbers that are not finite are written as null.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

Confusion = list[list[int]]  # [[true negatives, false positives], [false negatives, true positives]]


class Experiment(TypedDict):
    """What was run: enough to run it again and to know that it was the same."""

    classes: list[str]  # of label 0 and of label 1
    train_samples: int
    test_samples: int
    inputs: int
    hidden: int
    epochs: int
    learning_rate: float  # a float32 value
    batch_size: int
    dtype: str
    seed: int
    fingerprints: dict[str, str]  # SHA-256 of images, labels, split and initial weights
    versions: dict[str, str]  # of Python and the libraries
    machine: str


class Seconds(TypedDict):
    setup: float  # importing the library, building the engine, compiling its first block
    train: float


class EngineResult(TypedDict):
    """One engine's training: losses in nats, accuracies as fractions."""

    loop: str  # "compiled" or "plain loop"
    losses: list[float | None]  # mean loss of every epoch, each sample's taken before its step
    accuracy: float  # on the test set
    train_accuracy: float
    test_loss: float | None
    train_loss: float | None  # after training, to hold against test_loss
    confusion: Confusion  # on the test set
    misclassified: list[int]  # positions in the test set
    seconds: Seconds


class LineDifference(TypedDict):
    """How far one line of two engines is apart: a number of epsilons of the array's largest entry, or a reason."""

    weights: str  # "initial", "trained" or "saturated"
    line: str
    engines: list[str]
    epsilons: float | None
    reason: str | None  # why there is no number: another dtype or shape, not finite, not shown


class PairDifference(TypedDict):
    """How far the trainings of two engines are apart."""

    engines: list[str]
    loss: float | None  # largest relative difference of an epoch's mean loss
    weights: dict[str, float | None]  # largest difference by parameter, in epsilons of its largest entry
    disagreements: list[int]  # test images that the two classify differently
    drift: list[float | None]  # of the weights at the end of every epoch: the largest of the four, in epsilons


class Reason(TypedDict):
    """Something that no correct engine does."""

    engine: str
    text: str  # a sentence that goes on from the engine's name


class Agreement(TypedDict):
    lines: list[LineDifference]
    training: list[PairDifference]
    reasons: list[Reason]  # for the disagreement


class PowerResult(TypedDict):
    """How small a mistake would be seen: (bound + own error) / |truth| over the entries of a line."""

    median: float
    worst: float | None
    blind: float  # the share of entries in which a sign flip would pass


class Distribution(TypedDict):
    """How the errors of a line are spread: counts of |error| in bins of ulps, from 10^least on, ``per_decade`` each.

    Lists end with their last bin that is not empty. What is smaller than the first bin is counted in it.
    """

    least: float
    per_decade: int
    below: list[int]  # entries that are smaller than the truth
    exact: int  # entries without any error
    above: list[int]
    bounds: list[int]  # how far rounding can take a correct program's entries, from the true inputs on
    median_bound: float | None
    largest_share: float | None  # of its bound that an error takes up


class LineResult(TypedDict):
    """One line of one engine against the truth, over the probes at one setting of the weights in one type."""

    engine: str
    weights: str  # "initial", "trained" or "saturated"
    dtype: str
    line: str
    verdict: str  # rounding, cancels, wrong, follows, shape, not finite, not shown or not observable
    median_ulps: float | None
    largest_ulps: float | None
    form: str  # the formula that explains it, or what makes it cancel
    inherited_from: str  # where it cancels only because an earlier line does, that line, whose form it is; or empty
    digits_lost: float | None
    power: PowerResult | None
    note: str
    distribution: NotRequired[Distribution]  # where anything could be compared
    error_map: NotRequired[list[str]]  # of dW1: where its errors lie, see comparison.pictures.error_map


class RulingResult(TypedDict):
    """Who is right about one line: the median error of each engine over all entries of all probes."""

    weights: str
    dtype: str
    line: str
    median_ulps: dict[str, float]
    closest: list[str]


class BlockResult(TypedDict):
    """One audited block of a training."""

    first_step: int
    steps: int
    word: str  # rounding, wrong, or not observable: a mistake could hide anywhere in it
    outside: int  # parameters that ended where rounding cannot have taken them
    radius: float | None  # what rounding can do, as a fraction of the movement: the median; None: without a bound
    blind: float  # the share of the parameters in which it is all of the movement
    losses_outside: int  # losses that no formula gives at the weights of their step


class ControlResult(TypedDict):
    """The same training with pixels and hidden units in another order: the scale of harmless drift."""

    engine: str
    weights: dict[str, float | None]  # largest difference by parameter, in epsilons of its largest entry
    drift: list[float | None]  # at the end of every epoch: the largest of the four


class Image(TypedDict):
    """An image of 28 by 28 pixels as published."""

    label: int
    pixels: str  # base64 of 784 bytes, row by row, 0 the background


class TestImage(Image):
    position: int  # in the test set
    probabilities: dict[str, float | None]  # of label 1, by engine


class UnitPicture(TypedDict):
    """The weights of a hidden unit as an image."""

    largest: float  # the largest |weight| of all units shown together
    pixels: str  # base64 of 784 bytes: 128 + 127 weight / largest
    output_weight: float | None  # the unit's weight in W2


class Pictures(TypedDict):
    samples: list[Image]  # the first training samples of both classes
    weights: dict[str, list[UnitPicture]]  # "initial", and after training by engine
    misclassified: list[TestImage]  # by any engine
    borderline: list[TestImage]  # the nearest to a probability of one half that all engines get right


class CertificateResult(TypedDict):
    """The trainings against the whole run in exact arithmetic."""

    bits: int
    seconds: float  # that computing the certificate took
    losses: list[str]  # the true mean loss of every epoch, to 20 digits
    proven: int  # test images whose class is proven
    drift: dict[str, list[dict[str, float]]]  # by engine, epoch and parameter: ulps of the largest entry
    wrong_predictions: dict[str, list[int]]  # by engine: test images whose proven class it misses


class CheckerSettings(TypedDict):
    name: str
    settings: str


class ProgramTried(TypedDict):
    """What each checker said of one backward pass: for each checker a letter for each setting of the weights.

    Of a wrong one: x reported, . missed, - not observable on what this checker was given, + reported all the same. Of a
    correct one: ! accused, . spared.
    """

    program: str
    correct: bool
    letters: list[str]


class KillMatrix(TypedDict):
    """Checkers tried: wrong backward passes and correct programs before each of them, in one type."""

    dtype: str
    weights: list[str]  # "initial", "trained", "saturated"
    checkers: list[CheckerSettings]
    programs: list[ProgramTried]


class Kills(TypedDict):
    """The judge and other checkers, as ``make kills`` measured them."""

    versions: dict[str, str]  # of Python and the libraries
    caption: str  # what is counted, and what is unequal
    matrices: list[KillMatrix]


class Floor(TypedDict):
    """The same step of SGD as plain loops compiled by Numba, measured in the same run."""

    microseconds: float  # a step


class Results(TypedDict):
    version: Literal[2]
    experiment: Experiment
    engines: dict[str, EngineResult]
    missing: dict[str, str]  # engines that could not be loaded and how to install them, a certificate that is damaged
    agreement: Agreement
    verdicts: list[LineResult]  # in both types, whatever the training was in
    rulings: list[RulingResult]
    audit: dict[str, list[BlockResult]]  # by engine
    control: NotRequired[ControlResult]
    certificate: NotRequired[CertificateResult]  # where the user's cache has it
    pictures: NotRequired[Pictures]  # where the inputs are images of 28 by 28 pixels
    floor: NotRequired[Floor]  # where Numba is installed
    kills: NotRequired[Kills]
    verdict: Literal["agree", "disagree"]
    seconds: NotRequired[float]  # from the start of the command to the verdict
