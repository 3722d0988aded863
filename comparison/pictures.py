"""The parts of the results that are to be looked at: images, weights, and where the errors of a line lie.

Arrays that become pictures are packed: a byte for each pixel, row by row from the top, in base64.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

import numpy as np

from comparison.results import Image, Pictures, TestImage, UnitPicture
from comparison.training import Training
from data import Dataset
from engines import Parameters

PIXELS = 28 * 28
SAMPLES = 8  # of each class
UNITS = 12  # hidden units whose weights are shown
MISCLASSIFIED, BORDERLINE = 24, 8  # test images at most


def pictures(initial: Parameters, dataset: Dataset, trainings: Mapping[str, Training]) -> Pictures:
    """Sample images, the hidden units before and after training, and the test images that were hard."""
    weights = {"initial": initial} | {name: training.final for name, training in trainings.items()}
    hard = _misclassified(dataset, trainings)
    easy = [position for position in _nearest(trainings) if position not in set(hard)]
    return Pictures(
        samples=[_image(dataset.X_train[i], int(label)) for label in (0, 1) for i in _first(dataset.y_train, label)],
        weights={name: _units(parameters) for name, parameters in weights.items()},
        misclassified=[_test_image(dataset, trainings, i) for i in hard[:MISCLASSIFIED]],
        borderline=[_test_image(dataset, trainings, i) for i in easy[:BORDERLINE]],
    )


def error_map(errors: list[np.ndarray]) -> list[str]:
    """A picture for each of the first hidden units: the largest error in ulps over the probes, entry by entry.

    Args:
        errors: of dW1 on each probe, (h, d) in ulps, NaN where the truth is exactly 0.

    Returns:
        Packed levels. Level 0 is where the truth is exactly 0 on every probe; level k from 1 to 255 is an error of
        about 10^(k/16 - 3) ulps, and whatever is smaller or larger has the first or the last of them.
    """
    largest = np.fmax.reduce(np.abs(errors))
    with np.errstate(all="ignore"):
        levels = np.clip(np.round(16 * (np.log10(largest) + 3)), 1, 255)
    levels[np.isnan(largest)] = 0
    return [_packed(unit) for unit in levels[:UNITS]]


def _first(y: np.ndarray, label: int) -> np.ndarray:
    return np.flatnonzero(y == label)[:SAMPLES]


def _misclassified(dataset: Dataset, trainings: Mapping[str, Training]) -> list[int]:
    """Test images that any engine gets wrong: those that fewest of them do first, and of these the surest."""
    if not trainings:
        return []
    wrong = np.sum([training.predictions != dataset.y_test for training in trainings.values()], axis=0)
    sure = np.max([np.abs(training.probabilities - 0.5) for training in trainings.values()], axis=0)
    order = np.lexsort((-sure, wrong))
    return order[wrong[order] > 0].tolist()


def _nearest(trainings: Mapping[str, Training]) -> list[int]:
    """Test images, the one whose probability is nearest to one half in any engine first."""
    if not trainings:
        return []
    distances = [np.abs(training.probabilities - 0.5) for training in trainings.values()]
    return np.argsort(np.min(distances, axis=0), kind="stable").tolist()


def _image(pixels: np.ndarray, label: int) -> Image:
    return Image(label=label, pixels=_packed(np.round(pixels * 255)))


def _test_image(dataset: Dataset, trainings: Mapping[str, Training], position: int) -> TestImage:
    return TestImage(
        position=position,
        **_image(dataset.X_test[position], int(dataset.y_test[position])),
        probabilities={name: float(training.probabilities[position]) for name, training in trainings.items()},
    )


def _units(parameters: Parameters) -> list[UnitPicture]:
    """The first hidden units; 255 is a weight as large as any of them, 1 the same below zero, 128 zero."""
    W1, W2 = (np.nan_to_num(np.asarray(p, np.float64), posinf=0, neginf=0) for p in (parameters.W1, parameters.W2))
    largest = float(np.abs(W1[:UNITS]).max()) or 1.0
    return [
        UnitPicture(
            largest=largest, pixels=_packed(np.round(128 + 127 * (unit / largest))), output_weight=float(weight)
        )
        for unit, weight in zip(W1[:UNITS], W2[0], strict=False)
    ]


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.astype(np.uint8).tobytes()).decode()
