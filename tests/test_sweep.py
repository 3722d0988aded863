"""The parts of a sweep: the grid, the curve of a training, means and spreads, the table, the files, the plot."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from statistics import stdev

import pytest
import typer
from small_data import small_dataset

from comparison.engine_process import Loaded
from comparison.settings import Settings
from comparison.sweep.asked import Asked, Grid, Group, grid
from comparison.sweep.files import as_csv, as_json
from comparison.sweep.plot import svg
from comparison.sweep.reached import Reached, Run
from comparison.sweep.run import trainings
from comparison.sweep.spread import rows
from comparison.sweep.table import render
from comparison.sweep.training import reached
from comparison.training import train
from engines import EngineError, PromiseBroken, initial_weights
from engines.numpy_engine import NumpyEngine


def asked_grid(**texts: str) -> Grid:
    given = {"hidden": "2", "learning_rates": "0.1", "batch_sizes": "1", "epochs": "1", "seeds": "0"} | texts
    return grid(["numpy"], **given)


def point(epochs: int, test: float, loss: float | None = 0.5) -> Reached:
    return Reached(epochs, test, 1.0, loss, 0.25, 0.5 * epochs)


def run(hidden: int, seed: int, *points: Reached, failure: str = "", rate: float = 0.1) -> Run:
    asked = Asked("numpy", "2", hidden, rate, 1, 1, seed, ("Dress", "Ankle boot"), None, "images", "labels")
    return Run(asked, points, failure)


RUNS = [
    run(2, 0, point(0, 0.5), point(1, 0.9, 0.3)),
    run(2, 1, point(0, 0.5), point(1, 0.8, 0.1)),
    run(4, 0, failure="the process of the engine ended by itself"),
    run(4, 1, point(0, 0.5), point(1, 1.0)),
    run(8, 0, failure="ValueError: no"),
    run(8, 1, failure="ValueError: no"),
]


def test_the_grid_is_every_choice_and_each_once() -> None:
    found = asked_grid(hidden="2, 4,2", learning_rates="0.5,0.25", epochs="20,5,5", seeds="1,0")
    assert found.groups == [Group("numpy", h, r, 1) for h in (2, 4) for r in (0.5, 0.25)]
    assert (found.epochs, found.seeds) == ((5, 20), (1, 0))
    every = trainings(found, small_dataset(), None)
    assert len({each.key for each in every}) == len(every) == 8
    assert {each.epochs for each in every} == {20}


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"hidden": "2,x"}, "--hidden has 'x', but must be whole numbers from 1 to 100,000 with commas between them"),
        ({"hidden": ""}, "--hidden has ''"),
        ({"hidden": "0,1"}, "--hidden has 0"),
        ({"epochs": "-1"}, "--epochs has -1"),
        ({"seeds": "1.5"}, "--seeds has '1.5'"),
        ({"batch_sizes": "0"}, "--batch-size has 0"),
        ({"learning_rates": "0.1;0.2"}, "--learning-rate has '0.1;0.2', but must be numbers with commas between them"),
    ],
)
def test_a_text_that_is_no_list_is_one_sentence(texts: dict[str, str], words: str) -> None:
    with pytest.raises(typer.BadParameter, match=re.escape(words)):
        asked_grid(**texts)


def test_a_learning_rate_out_of_range_is_told() -> None:
    for rate in ("-0.1", "nan", "0.1,inf"):
        with pytest.raises(EngineError, match="the learning rate is"):
            asked_grid(learning_rates=rate)


def test_each_epoch_of_one_training_is_where_a_training_of_so_many_ends() -> None:
    dataset, initial = small_dataset(train=700), initial_weights(10, 3, 0)
    loaded = Loaded(NumpyEngine, 0.0, lambda _: None)
    curve = list(reached(loaded, initial, dataset, Settings(epochs=3, hidden=3, learning_rate=0.1)))
    assert [each.epochs for each in curve] == [0, 1, 2, 3]
    assert curve[0].seconds == 0 < curve[1].seconds < curve[2].seconds < curve[3].seconds
    assert curve[3].train_loss != curve[2].train_loss  # so that a wrong epoch would be seen
    for epochs in (0, 1, 3):
        alone = train(loaded, initial, dataset, Settings(epochs=epochs, hidden=3, learning_rate=0.1)).result
        found = curve[epochs]
        assert (found.test_loss, found.train_loss) == (alone["test_loss"], alone["train_loss"])
        assert (found.test_accuracy, found.train_accuracy) == (alone["accuracy"], alone["train_accuracy"])


def test_an_engine_that_writes_into_the_data_is_found_out() -> None:
    class Writes(NumpyEngine):
        def predict(self, X):
            X[0, 0] += 1
            return super().predict(X)

    loaded = Loaded(Writes, 0.0, lambda _: None)
    with pytest.raises(PromiseBroken, match="wrote into its inputs"):
        list(reached(loaded, initial_weights(10, 3, 0), small_dataset(), Settings(epochs=1, hidden=3)))


def test_means_and_spreads_are_over_the_seeds_that_did_not_fail() -> None:
    found = {(row.group.hidden, row.epochs): row for row in rows(RUNS, (0, 1))}
    assert len(found) == 6
    accuracy = found[2, 1].of(lambda each: each.test_accuracy)
    assert accuracy is not None
    assert accuracy == pytest.approx((0.85, stdev([0.9, 0.8])))
    assert found[2, 0].of(lambda each: each.test_accuracy) == (0.5, 0.0)
    assert found[4, 1].of(lambda each: each.test_accuracy) == (1.0, None)
    assert found[8, 1].of(lambda each: each.test_accuracy) is None
    assert [found[hidden, 1].failed for hidden in (2, 4, 8)] == [0, 1, 2]


def test_the_table_says_what_was_reached_and_what_failed() -> None:
    text = render(RUNS, (1,))
    assert text.splitlines()[:3] == [
        "Dress (0) against Ankle boot (1)",
        "numpy, learning rate 0.1, batch size 1",
        "mean ± standard deviation over 2 seeds",
    ]
    assert re.search(r"^2 +1 +85\.00 ± 7\.07 +100\.00 ± 0\.00 +0\.2000 ± 0\.1414 ", text, re.MULTILINE)
    assert re.search(r"^4 +1 +100\.00 +100\.00 +0\.5000 ", text, re.MULTILINE)
    assert re.search(r"^8 +1 +- +- +- ", text, re.MULTILINE)
    assert re.search(r"^2 .* 0 of 2$", text, re.MULTILINE)
    assert re.search(r"^4 .* 1 of 2$", text, re.MULTILINE)
    failed = (
        "failed: numpy, hidden 4, learning rate 0.1, batch size 1, seed 0: the process of the engine ended by itself"
    )
    assert failed in text.splitlines()
    assert all(len(line) <= 80 for line in text.splitlines() if not line.startswith("failed:"))


def test_a_loss_that_is_not_finite_is_no_number_and_no_end() -> None:
    runs = [run(2, seed, point(0, 0.5), point(1, 0.5, None)) for seed in (0, 1)]
    assert re.search(r"^2 +1 .* not finite ", render(runs, (1,)), re.MULTILINE)
    assert b"<svg" in svg(runs, (1,))
    assert json.loads(as_json(runs))["runs"][0]["reached"][1]["test_loss"] is None


def test_the_files_have_every_run() -> None:
    data = json.loads(as_json(RUNS))["runs"]
    assert [(each["asked"]["hidden"], each["asked"]["seed"]) for each in data] == [
        (h, s) for h in (2, 4, 8) for s in (0, 1)
    ]
    assert data[0]["reached"][1]["test_accuracy"] == 0.9
    lines = list(csv.DictReader(io.StringIO(as_csv(RUNS, (0, 1)).decode())))
    assert [(line["hidden"], line["seed"], line["epochs"], line["test_accuracy"]) for line in lines] == [
        ("2", "0", "0", "0.5"), ("2", "0", "1", "0.9"), ("2", "1", "0", "0.5"), ("2", "1", "1", "0.8"),
        ("4", "0", "", ""), ("4", "1", "0", "0.5"), ("4", "1", "1", "1.0"), ("8", "0", "", ""), ("8", "1", "", ""),
    ]  # fmt: skip
    assert lines[4]["failure"] == "the process of the engine ended by itself"


def test_the_plot_has_four_charts_for_each_setting_beside_hidden_units_and_epochs() -> None:
    runs = [*RUNS, run(2, 0, point(0, 0.5), point(1, 0.7), rate=0.5)]
    picture = svg(runs, (0, 1)).decode()
    titles = ("numpy, learning rate 0.1, batch size 1", "numpy, learning rate 0.5, batch size 1")
    for title in titles:
        assert picture.count(title) >= 1
    for name in ("test accuracy, %", "test loss, nats"):
        assert len(re.findall(f">{name}<", picture)) == 2
    assert "nan" not in picture.lower().replace("nanum", "")
    assert svg(runs, (0, 1)) == svg(runs, (0, 1))


def test_nothing_trained_has_a_table_and_a_plot() -> None:
    runs = [run(2, 0, point(0, 0.5))]
    assert re.search(r"^2 +0 +50\.00 ", render(runs, (0,)), re.MULTILINE)
    assert b"<svg" in svg(runs, (0,))
    assert math.isclose(rows(runs, (0,))[0].reached[0].test_accuracy, 0.5)
