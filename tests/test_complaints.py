"""A reason for each thing that no correct engine does, under the engine's name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from comparison import complaints
from comparison.side_by_side import Outcome
from comparison.training import Training
from engines import initial_weights

WEIGHTS = initial_weights(4, 2, seed=0)


def line(engine: str, verdict: str, dtype: str = "float64", ulps: float | None = 5e6, note: str = "") -> Any:
    given = {"engine": engine, "line": "dW1", "verdict": verdict, "weights": "initial", "dtype": dtype}
    return given | {"largest_ulps": ulps, "note": note}


def training(**changed: Any) -> Training:
    result: Any = {"losses": [0.5], "test_loss": 0.5, "train_loss": 0.5} | changed.pop("result", {})
    given: dict[str, Any] = {"pauses": [WEIGHTS], "probabilities": np.array([0.5])} | changed
    return Training(result=result, sample_losses=np.zeros((1, 1)), predictions=np.zeros(1), **given)


def test_a_right_line_is_no_reason() -> None:
    words = ("rounding", "cancels", "follows", "not shown", "not observable")
    assert list(complaints.of_lines([line("a", word) for word in words])) == []


def test_the_same_fault_in_two_types_is_one_reason() -> None:
    lines = [line("a", "wrong"), line("a", "wrong", "float32"), line("b", "shape", note="(3,)")]
    found = list(complaints.of_lines(lines))
    assert [reason["engine"] for reason in found] == ["a", "b"]
    assert (
        found[0]["text"] == "dW1 at initial weights in float64 and float32 is wrong (up to 5e+06 ulps from the truth)"
    )
    assert found[1]["text"] == "dW1 at initial weights in float64 is shape ((3,))"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"result": {"losses": [None]}}, "a loss is not finite"),
        ({"pauses": [WEIGHTS._replace(b2=np.array([np.nan]))]}, "a final weight is not finite"),
        ({"result": {"test_loss": None}}, "a loss after training is not finite"),
        ({"probabilities": np.array([np.inf])}, "a probability is not finite"),
    ],
)
def test_a_number_of_a_training_that_is_not_finite(changed: dict[str, Any], words: str) -> None:
    outcome = Outcome(trainings={"a": training(), "b": training(**changed)})
    assert list(complaints.of_training(outcome)) == [{"engine": "b", "text": words}]


def test_blocks_that_rounding_cannot_explain() -> None:
    fine: Any = {"first_step": 0, "outside": 0, "losses_outside": 0}
    audits = {"a": [fine, fine | {"first_step": 3000, "outside": 2}], "b": [fine | {"losses_outside": 1}], "c": [fine]}
    found = list(complaints.of_training(Outcome(audits=audits)))
    assert [reason["engine"] for reason in found] == ["a", "b"]
    assert "1 of 2 audited blocks" in found[0]["text"]
    assert "step 3,000" in found[0]["text"]
    assert found[1]["text"].startswith("no formula gives the losses of 1 of 1")
