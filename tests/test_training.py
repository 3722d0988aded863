"""One engine's training: where it stood, what it cost, and that its measures are what they are called."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from small_data import small_dataset

from comparison.engine_process import Loaded
from comparison.settings import Settings
from comparison.training import BLOCK, mean, train
from data import Dataset
from engines import BinaryClassifier, EngineError, PromiseBroken, initial_weights
from engines.numpy_engine import NumpyEngine

INITIAL = initial_weights(10, 3, 0)


def loaded(engine: type[BinaryClassifier], advance: Callable[[int], None] = lambda _: None) -> Loaded:
    return Loaded(engine, 0.25, advance)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"epochs": -1}, "epochs is -1"),
        ({"hidden": 0}, "hidden is 0"),
        ({"batch_size": 0}, "batch size is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"dtype": "float16"}, "float16"),
        ({"learning_rate": -1e-9}, "learning rate"),
        ({"learning_rate": math.nan}, "learning rate"),
        ({"learning_rate": math.inf}, "learning rate"),
        ({"learning_rate": 1e39}, "learning rate is 1e+39"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_settings_out_of_range(bad: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError) as error:
        Settings(**bad)
    assert words in str(error.value)


def test_the_learning_rate_is_a_float32_number() -> None:
    assert Settings(learning_rate=0.01).learning_rate == float(np.float32(0.01)) != 0.01


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("batch_size", [1, 7])
def test_training_is_fit_with_pauses(dtype: str, batch_size: int) -> None:
    dataset = small_dataset(train=2 * BLOCK[dtype] * batch_size + 5)
    settings = Settings(epochs=3, hidden=3, learning_rate=0.25, dtype=dtype, batch_size=batch_size)
    visited: list[int] = []
    training = train(loaded(NumpyEngine, visited.append), INITIAL, dataset, settings)

    engine = NumpyEngine(INITIAL, dtype)
    how: dict[str, Any] = {"learning_rate": 0.25, "batch_size": batch_size, "block": BLOCK[dtype]}
    blocks = engine.fit_in_blocks(dataset.X_train, dataset.y_train, epochs=3, **how)
    losses = np.concatenate(list(blocks)).reshape(3, -1)
    assert training.sample_losses.dtype == dtype
    assert np.array_equal(training.sample_losses, losses)
    assert all(map(np.array_equal, training.final, engine.parameters))
    assert len(training.pauses) == 1 + 3 * 3
    assert all(map(np.array_equal, training.pauses[0], NumpyEngine(INITIAL, dtype).parameters))
    assert sum(visited) == 3 * len(dataset.y_train)
    ends = training.epoch_ends
    assert len(ends) == 3
    assert ends[-1] is training.final
    assert training.result["losses"] == [mean(epoch) for epoch in losses]
    assert training.result["seconds"]["setup"] >= 0.25
    assert training.result["seconds"]["train"] > 0


def test_measures_are_what_they_are_called() -> None:
    dataset = small_dataset(test=50)
    training = train(loaded(NumpyEngine), INITIAL, dataset, Settings(epochs=4, hidden=3, learning_rate=1))
    engine = NumpyEngine(training.final)
    (tn, fp), (fn, tp) = training.result["confusion"]
    true, said = dataset.y_test == 1, engine.predict(dataset.X_test) == 1
    assert [tn, fp, fn, tp] == [np.sum(a & b) for a, b in ((~true, ~said), (~true, said), (true, ~said), (true, said))]
    assert min(tn, fp + fn, tp) > 0  # so that a mistake in any of them shows
    assert training.result["accuracy"] == (tn + tp) / 50
    assert training.result["misclassified"] == [i for i in range(50) if true[i] != said[i]]
    assert training.result["train_accuracy"] == np.mean(engine.predict(dataset.X_train) == dataset.y_train)
    assert training.result["test_loss"] == mean(engine.loss(dataset.X_test, dataset.y_test))
    assert training.result["train_loss"] == mean(engine.loss(dataset.X_train, dataset.y_train))
    assert np.array_equal(training.predictions, said)
    assert np.array_equal(training.probabilities, engine.predict_proba(dataset.X_test))


def test_no_epochs() -> None:
    training = train(loaded(NumpyEngine), INITIAL, small_dataset(), Settings(epochs=0, hidden=3))
    assert training.result["losses"] == []
    assert training.epoch_ends == []
    assert all(map(np.array_equal, training.final, INITIAL))


def test_a_mean_is_correctly_rounded_or_nothing() -> None:
    losses = np.array([1e16, 1.0, -1e16, 0.1])
    assert mean(losses) == float(sum(Fraction(x) for x in losses.tolist())) / 4
    assert mean(np.array([1.0, np.nan])) is None
    assert mean(np.array([1.0, np.inf])) is None


@pytest.mark.parametrize("which", ["X", "y", "X_at_the_end"])
def test_an_engine_that_writes_into_its_inputs_is_caught(which: str) -> None:
    class Vandal(NumpyEngine):
        def run(self, parameters: Any, X: np.ndarray, y: np.ndarray, *rest: Any) -> Any:
            result = super().run(parameters, X, y, *rest)
            if which == "X":
                X[0, 0] = 0.5
            elif which == "y":
                y[:] = 0
            return result

        def predict_proba(self, X: np.ndarray) -> np.ndarray:
            if which == "X_at_the_end":
                X[0, 0] = 0.5
            return super().predict_proba(X)

    dataset: Dataset = small_dataset()
    with pytest.raises(PromiseBroken, match="wrote into its inputs"):
        train(loaded(Vandal), INITIAL, dataset, Settings(epochs=1, hidden=3))


def test_losses_that_are_not_finite_are_nothing() -> None:
    class Diverges(NumpyEngine):
        def loss_and_gradient(self, *args: Any) -> Any:
            losses, gradient = super().loss_and_gradient(*args)
            return losses * np.nan, gradient

        def run(self, *args: Any) -> Any:
            return BinaryClassifier.run(self, *args)

    result = train(loaded(Diverges), INITIAL, small_dataset(), Settings(epochs=1, hidden=3, batch_size=5)).result
    assert result["losses"] == [None]
    assert result["test_loss"] is None
