"""Pictures hold the images as published, the weights of both ends of training, and where errors lie."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small_data import small_dataset

from comparison.engine_process import Loaded
from comparison.pictures import error_map, pictures
from comparison.settings import Settings
from comparison.training import Training, train
from data import load
from engines import Parameters, initial_weights
from engines.numpy_engine import NumpyEngine

DATASET = small_dataset(inputs=784)
INITIAL = initial_weights(784, 3, 0)


@pytest.fixture(scope="module")
def training() -> Training:
    return train(Loaded(NumpyEngine, 0.0, lambda _: None), INITIAL, DATASET, Settings(epochs=1, hidden=3))


def unpacked(pixels: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(pixels), np.uint8).astype(int)


def test_samples_are_the_bytes_that_were_published() -> None:
    dataset = load(train_samples=100)
    found = pictures(INITIAL, dataset, {})["samples"]
    assert [image["label"] for image in found] == [0] * 8 + [1] * 8
    for label in (0, 1):
        published = dataset.X_train[dataset.y_train == label][:8] * 255
        shown = [unpacked(image["pixels"]) for image in found if image["label"] == label]
        assert (abs(np.array(shown) - published) < 1e-4).all()


def test_weights_before_and_after_training(training: Training) -> None:
    found = pictures(INITIAL, DATASET, {"numpy": training})["weights"]
    assert list(found) == ["initial", "numpy"]
    for name, parameters in (("initial", INITIAL), ("numpy", training.final)):
        largest = np.abs(parameters.W1).max()
        for picture, unit, weight in zip(found[name], parameters.W1, parameters.W2[0], strict=True):
            assert picture["largest"] == largest
            assert picture["output_weight"] == weight
            assert (abs((unpacked(picture["pixels"]) - 128) / 127 * largest - unit) <= largest / 254).all()


@pytest.mark.filterwarnings("error")
def test_weights_that_are_zero_or_not_finite_have_a_picture() -> None:
    broken = Parameters(np.full((2, 784), np.nan), np.zeros(2), np.full((1, 2), np.inf), np.zeros(1))
    for unit in pictures(broken, DATASET, {})["weights"]["initial"]:
        assert (unpacked(unit["pixels"]) == 128).all()


def test_hard_images(training: Training) -> None:
    probabilities = np.linspace(0, 1, 20)
    first = replace(training, probabilities=probabilities, predictions=(probabilities > 0.5).astype(int))
    wrong_once = first.predictions.copy()
    wrong_once[4] = 1 - wrong_once[4]
    second = replace(first, predictions=wrong_once, probabilities=probabilities + 0.001)
    dataset = replace(DATASET, y_test=first.predictions.astype(float))
    found = pictures(INITIAL, dataset, {"first": first, "second": second})
    assert [image["position"] for image in found["misclassified"]] == [4]
    assert found["misclassified"][0]["probabilities"] == {"first": probabilities[4], "second": probabilities[4] + 0.001}
    assert [image["position"] for image in found["borderline"]] == [9, 10, 8, 11, 7, 12, 6, 13]
    for image in found["borderline"]:
        assert image["label"] == dataset.y_test[image["position"]]
        assert (abs(unpacked(image["pixels"]) - dataset.X_test[image["position"]] * 255) <= 0.5).all()


def test_no_engine_no_hard_images() -> None:
    found = pictures(INITIAL, DATASET, {})
    assert found["misclassified"] == found["borderline"] == []


def test_pictures_of_many_hidden_units_are_those_of_the_first() -> None:
    assert len(pictures(initial_weights(784, 40, 0), DATASET, {})["weights"]["initial"]) == 12
    assert len(error_map([np.ones((40, 784))])) == 12


@pytest.mark.filterwarnings("error")
def test_the_map_has_the_largest_error_of_all_probes() -> None:
    errors = np.full((2, 3, 784), np.nan)
    errors[0, 0, :6] = [1, -10, 0.001, 0, np.inf, -1e30]
    errors[1, 0, :2] = [-100, 1]
    errors[1, 2, 783] = 2.5
    first, second, third = map(unpacked, error_map(list(errors)))
    assert first[:7].tolist() == [16 * 5, 16 * 4, 1, 1, 255, 255, 0]
    assert not second.any()
    assert np.flatnonzero(third).tolist() == [783]
    size: Any = 10 ** (third[783] / 16 - 3)
    assert abs(np.log10(size / 2.5)) <= 1 / 32
