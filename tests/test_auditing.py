"""The control is the same training in another order, epoch by epoch: harmless, and not nothing."""

from __future__ import annotations

import numpy as np
import pytest
from small_data import small_dataset

from comparison.auditing import audits_of, control, samples_of, train_reordered
from comparison.differences import epsilons
from comparison.engine_process import Loaded
from comparison.settings import Settings
from comparison.training import Training, train
from engines import Parameters, initial_weights
from engines.numpy_engine import NumpyEngine

DATASET = small_dataset(train=700, inputs=30)  # more than two blocks an epoch
INITIAL = initial_weights(30, 5, 0)
LOADED = Loaded(NumpyEngine, 0.0, lambda _: None)


def both(epochs: int) -> tuple[Training, list[Parameters]]:
    settings = Settings(epochs=epochs, hidden=5)
    return train(LOADED, INITIAL, DATASET, settings), train_reordered(LOADED, INITIAL, DATASET, settings)


def test_it_is_the_same_training_up_to_rounding() -> None:
    training, reordered = both(3)
    assert all(np.array_equal(p, q) for p, q in zip(reordered[0], INITIAL, strict=True))
    for ended, other in zip(training.epoch_ends, reordered[1:], strict=True):
        assert all(epsilons(p, q) <= 1000 for p, q in zip(ended, other, strict=True))
    result = control("numpy", training, reordered)
    assert len(result["drift"]) == 3
    assert result["drift"][-1] == max(result["weights"].values(), key=lambda distance: distance or 0.0)
    assert result["drift"][-1]


def test_drift_is_seen_in_the_epoch_in_which_it_starts() -> None:
    training, reordered = both(3)
    for place in (2, 3):
        reordered[place] = reordered[place]._replace(b2=reordered[place].b2 + 1)
    first, second, third = control("numpy", training, reordered)["drift"]
    assert first is not None
    assert second is not None
    assert third is not None
    assert first <= 1000 < 1e12 < min(second, third)


def test_drift_of_what_is_not_finite_is_unknown() -> None:
    training, reordered = both(2)
    reordered[1] = reordered[1]._replace(W2=reordered[1].W2 * np.nan)
    first, second = control("numpy", training, reordered)["drift"]
    assert first is None
    assert second is not None


def test_a_training_that_is_no_longer_finite_is_audited_up_to_there() -> None:
    settings = Settings(epochs=3, hidden=5)
    training = train(LOADED, INITIAL, DATASET, settings)
    for pause in training.pauses[4:]:  # from inside the second epoch on
        pause.W2[:] = np.nan
    words = {
        block.first_step: block.word
        for audit in audits_of(training, settings, None)
        for block in audit.run({part: samples_of(part, DATASET, settings) for part in audit.parts})
    }
    assert words == {0: "rounding", 300: "rounding", 600: "rounding", 700: "wrong"}


@pytest.mark.parametrize("epochs", [0, 1])
def test_few_epochs(epochs: int) -> None:
    training, reordered = both(epochs)
    assert len(reordered) == epochs + 1
    assert len(control("numpy", training, reordered)["drift"]) == epochs
