"""How far engines are apart is measured right, and what cannot be compared says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_data import small_dataset

from comparison.differences import epsilons, finite_epsilons, flaw, lines_differences, training_differences
from comparison.engine_process import Loaded
from comparison.settings import Settings
from comparison.training import train
from engines import Lines, Parameters, initial_weights
from engines.numpy_engine import NumpyEngine
from proof.probes import probe

DATASET = small_dataset()
INITIAL = initial_weights(10, 3, 0)
PROBES = [probe("one", INITIAL, DATASET.X_train[:n], DATASET.y_train[:n]) for n in (1, 8)]


def shown(**changes: Any) -> list[Lines]:
    """The Lines of the engine by hand, in the last of them some lines changed."""
    found = [NumpyEngine(p.parameters).lines(p.X, p.y) for p in PROBES]
    found[-1] = found[-1]._replace(**{line: change(getattr(found[-1], line)) for line, change in changes.items()})
    return found


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.filterwarnings("error")
def test_epsilons_are_relative_to_the_largest_entry(dtype: Any) -> None:
    eps = np.finfo(dtype).eps
    a = np.array([1, -4, 0.5], dtype)
    assert epsilons(a, a) == 0
    assert epsilons(a, a + np.array([0, 0, 8 * eps], dtype)) == 2
    assert epsilons(np.array([0, 1], dtype), np.array([0, -1], dtype)) == 2 / eps
    assert epsilons(np.zeros(3, dtype), np.zeros(3, dtype)) == 0
    tiny = np.array([np.finfo(dtype).smallest_subnormal])
    assert epsilons(tiny, tiny) == 0
    assert epsilons(tiny, 2 * tiny) == 0.5 / eps


def test_what_is_not_finite_has_no_epsilons() -> None:
    assert finite_epsilons(np.ones(2), np.array([1, np.nan])) is None
    assert finite_epsilons(np.array([1, np.inf]), np.ones(2)) is None
    assert finite_epsilons(np.ones(2), np.ones(2)) == 0


def test_dtype_comes_before_shape_and_shape_before_values() -> None:
    bad = np.full((3, 1), np.nan, np.float32)
    assert flaw(None, (3,), "float64") == "not shown"
    assert flaw(bad, (3,), "float64") == "dtype float32"
    assert flaw(bad, (3,), "float32") == "shape (3, 1)"
    assert flaw(bad, (3, 1), "float32") == "not finite"
    assert flaw(np.ones(3), (3,), "float64") is None


def test_every_line_of_every_two_engines() -> None:
    found = list(lines_differences("initial", {"a": shown(), "b": shown(), "c": shown()}, PROBES, "float64"))
    assert [d["line"] for d in found] == [line for line in Lines._fields for _ in range(3)]
    assert [d["engines"] for d in found[:3]] == [["a", "b"], ["a", "c"], ["b", "c"]]
    assert all(d["epsilons"] == 0 and d["reason"] is None and d["weights"] == "initial" for d in found)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda line: line.astype(np.float32), "b: dtype float32"),
        (lambda line: line.T, "b: shape (3, 8)"),
        (lambda line: line[:1], "b: shape (1, 3)"),  # would broadcast
        (lambda line: line * np.nan, "b: not finite"),
        (lambda _: None, "b: not shown"),
    ],
)
def test_a_line_that_cannot_be_compared_says_why(change: Any, reason: str) -> None:
    found = list(lines_differences("initial", {"a": shown(), "b": shown(dZ1=change)}, PROBES, "float64"))
    assert {d["line"]: d["reason"] for d in found if d["reason"]} == {"dZ1": reason}
    assert next(d for d in found if d["line"] == "dZ1")["epsilons"] is None


def test_the_largest_difference_over_the_probes_counts() -> None:
    found = list(lines_differences("initial", {"a": shown(), "b": shown(dZ1=lambda dZ1: -dZ1)}, PROBES, "float64"))
    assert {d["line"]: d["epsilons"] for d in found if d["epsilons"]} == {"dZ1": 2.0**53}


def test_trainings_are_compared_by_losses_weights_and_predictions() -> None:
    class Other(NumpyEngine):
        def predict(self, X: np.ndarray) -> np.ndarray:
            predictions = super().predict(X)
            predictions[[3, 5]] = 1 - predictions[[3, 5]]
            return predictions

    settings = Settings(epochs=2, hidden=3)
    trainings = {
        name: train(Loaded(engine, 0.0, lambda _: None), INITIAL, DATASET, settings)
        for name, engine in (("a", NumpyEngine), ("b", Other))
    }
    losses = trainings["b"].result["losses"]
    assert losses[1] is not None
    losses[1] *= 1.5
    trainings["b"].pauses[-1] = Parameters(*(2 * w for w in trainings["b"].final))
    (pair,) = training_differences(trainings)
    assert pair["engines"] == ["a", "b"]
    assert pair["loss"] is not None
    assert abs(pair["loss"] - 1 / 3) <= 1e-15
    assert pair["weights"] == dict.fromkeys(Parameters._fields, 2.0**51)
    assert pair["disagreements"] == [3, 5]

    trainings["b"].result["losses"][0] = None
    trainings["b"].pauses[-1] = trainings["b"].final._replace(b2=np.array([np.nan]))
    (pair,) = training_differences(trainings)
    assert pair["loss"] is None
    assert pair["weights"]["b2"] is None
    assert pair["weights"]["W1"] is not None
