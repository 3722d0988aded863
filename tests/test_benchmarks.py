"""The benchmark as far as it is stable: same losses, turns in order, the shape of the results. Never a time."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from small_data import small_dataset

pytest.importorskip("numba")

from benchmarks import __main__ as command
from benchmarks import compare_runs, publish, speed_and_accuracy, steps, tables
from benchmarks.accuracy import gradient, median_ulps, trained_probes
from benchmarks.beside import measure_floor
from benchmarks.contestant import Contestant, Trained, Training
from benchmarks.floor import floor
from benchmarks.interleave import Quartiles, interleave, quartiles
from benchmarks.measure import FLOOR, REFERENCE, ROUNDING, measure, task
from benchmarks.peers import PEERS
from benchmarks.results import (
    BenchmarkResults,
    CheckCost,
    Measurement,
    ReplayCost,
    Replays,
    ScalingPoint,
    WholeJob,
    read,
)
from comparison.settings import Settings
from data import load
from engines import Parameters, initial_weights, load_engine

NUMPY_ENGINE = steps.engine_contestant(load_engine("numpy"))


@pytest.fixture(scope="module")
def images():
    dataset = load(train_samples=300)
    return dataset.X_train, dataset.y_train


@pytest.fixture(scope="module")
def results(images) -> BenchmarkResults:
    contestants = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, "plain NumPy": PEERS["plain NumPy"]}
    measurements, missing = measure(contestants, *images, "float64", 12, 1, repeats=2, accuracy=True)
    assert not missing
    for hidden, batch_size in [(2, 8), (12, 1)]:
        measured, _ = measure(contestants, *images, "float64", hidden, batch_size, repeats=2, table="grid")
        measurements += measured
    return BenchmarkResults(
        version=2,
        machine="a machine",
        threads=1,
        versions={"numpy": "2"},
        repeats=2,
        floor_flags={},
        measurements=measurements,
        checks=[CheckCost(checker="Backproof", what="the truth", milliseconds=Quartiles(0.5, 0.625, 0.75))],
        replays=Replays(
            costs=[
                ReplayCost(
                    network="dense",
                    parameters=100,
                    entries=2000,
                    checker=checker,
                    tried=tried,
                    milliseconds=Quartiles(1.0, median, 9.0),
                    megabytes=megabytes,
                )
                for checker, tried, median, megabytes in [
                    ("Backproof", 100, 2.0, 35.0),
                    ("central differences", 10, 50.0, None),
                    ("check_grads", 1, 4.0, None),
                ]
            ],
            scaling=[
                ScalingPoint(entries=e, multiply_adds=m, milliseconds=1.5 + e * 2e-6 + m * 8e-6)
                for e, m in [(1000, 100), (1000, 100_000), (500_000, 100_000), (500_000, 10_000_000)]
            ],
            microseconds_a_number=9.5,
        ),
        whole_job=WholeJob(
            cold_seconds=30.0, warm_seconds=20.0, plain_loops={"plain NumPy": 15.0, "eager PyTorch": 85.0}
        ),
        missing={"scikit-learn": "sklearn is not installed"},
    )


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", [FLOOR, *PEERS])
def test_reaches_the_same_loss_from_the_same_weights(name, dtype, images):
    short = task(*images, dtype, hidden=12, batch_size=1, steps=100)
    before = [p.copy() for p in short.parameters]
    try:
        contestant = (PEERS | {FLOOR: floor})[name](short)
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
    expected = NUMPY_ENGINE(short)()
    for _ in range(2):  # every repeat starts anew
        reached = contestant()
        assert abs(reached.loss - expected.loss) <= ROUNDING[dtype] * expected.loss
        for ours, theirs in zip(expected.parameters, reached.parameters, strict=True):
            assert theirs.shape == ours.shape
            np.testing.assert_allclose(theirs, ours, rtol=0, atol=ROUNDING[dtype] * np.abs(ours).max())
    for array, copy in zip(short.parameters, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("name", [FLOOR, *(name for name in PEERS if name != "Algorithm 1 as printed")])
def test_batches_reach_the_same_loss(name, images):
    """100 samples in batches of 8: the last batch is smaller."""
    short = task(*images, "float64", hidden=5, batch_size=8, steps=13)
    short = short._replace(X=short.X[:100], y=short.y[:100])
    try:
        contestant = (PEERS | {FLOOR: floor})[name](short)
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
    expected = NUMPY_ENGINE(short)().loss
    assert abs(contestant().loss - expected) <= ROUNDING["float64"] * expected


def test_takes_turns_after_one_untimed_round():
    calls = []
    seconds = interleave({name: lambda name=name: calls.append(name) for name in "abc"}, repeats=3)
    assert calls == list("abc") * 4
    assert {name: len(times) for name, times in seconds.items()} == {"a": 3, "b": 3, "c": 3}
    assert min(min(times) for times in seconds.values()) >= 0


def test_quartiles_of_known_numbers():
    assert quartiles([5.0, 1.0, 4.0, 2.0, 3.0]) == (2.0, 3.0, 4.0)


def test_every_measurement_has_every_field(results):
    measurements = json.loads(json.dumps(results))["measurements"]
    assert len(measurements) == 9
    for m in measurements:
        assert set(m) == set(Measurement.__annotations__)
        lower, median, upper = m["microseconds"]
        assert 0 < lower <= median <= upper
        assert m["same_loss"] is True
    assert all(m["multiple_of_floor"] == 1 for m in measurements if m["contestant"] == FLOOR)
    assert [m["ulps"] is not None for m in measurements] == [True] * 3 + [False] * 6


def test_a_wrong_training_is_named_in_its_row(images):
    def backwards(task_) -> Training:
        return NUMPY_ENGINE(task_._replace(learning_rate=-task_.learning_rate))

    contestants = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, "backwards": backwards}
    measured, _ = measure(contestants, *images, "float64", 12, 1, repeats=1)
    assert [m["same_loss"] for m in measured] == [True, True, False]
    assert "WRONG LOSS: " in tables.default(measured)


def test_nan_is_not_the_same_loss(images):
    contestants = {
        FLOOR: floor,
        REFERENCE: NUMPY_ENGINE,
        "broken": lambda task: lambda: Trained(float("nan"), task.parameters),
    }
    measured, _ = measure(contestants, *images, "float64", 12, 1, repeats=1)
    assert [m["same_loss"] for m in measured] == [True, True, False]


def test_a_missing_library_costs_only_its_own_row(images):
    def absent(_) -> Training:
        raise ModuleNotFoundError("No module named 'absent'", name="absent")

    contestants = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, "stranger": absent}
    measured, missing = measure(contestants, *images, "float64", 12, 1, repeats=1)
    assert [m["contestant"] for m in measured] == [FLOOR, REFERENCE]
    assert missing == {"stranger": "absent is not installed"}


@pytest.mark.parametrize("markdown", [False, True])
def test_the_tables_show_everything(results, markdown):
    text = tables.render(results, markdown)
    for word in (FLOOR, REFERENCE, "plain NumPy", "a machine", "scikit-learn: not measured, sklearn is not installed"):
        assert word in text
    assert "0.62" in text  # the truth's milliseconds
    assert "together 100 s; the whole job takes 0.20 of that, cold 0.30." in " ".join(text.split())
    [row] = [line for line in text.splitlines() if re.match(r"\W*2\W+8\W", line)]
    assert row.count("(") == 2  # of all but the floor, as multiples


def test_quick_measures_one_task_and_full_measures_the_growth():
    everybody = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, **PEERS}
    quick, full = (list(steps.tasks(everybody, quick)) for quick in (True, False))
    assert [(task.table, task.dtype, set(task.who)) for task in quick] == [("default", "float64", set(everybody))]
    assert [task.dtype for task in full if task.table == "default"] == ["float64", "float32"]
    assert {(task.hidden, task.batch_size) for task in full if task.table == "grid"} == {
        (h, b) for h in (1, 12, 64, 256) for b in (1, 8, 64)
    }
    assert [task.inputs for task in full if task.table == "inputs"] == [49, 196, 784]
    assert [task.steps for task in full if task.table == "length"] == [10, 100, 1000, 10000]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_gradient_is_read_off_one_step_to_the_last_bit(dtype, images):
    """The engine's own gradient, where it is not 0; of a peer, up to rounding."""
    for at in trained_probes(*images, hidden=12)[:3]:
        engine = load_engine("numpy")(at.parameters, dtype)
        expected = engine.gradients(at.X, at.y)
        plain = gradient(PEERS["plain NumPy"], at, dtype)
        for found, own in zip(plain, expected, strict=True):
            assert (found.dtype, found.shape) == (dtype, own.shape)
            np.testing.assert_array_max_ulp(found[own != 0], own[own != 0], 2, dtype)
            assert (np.abs(found[own == 0]) < 1e-26).all()


def test_accuracy_is_the_distance_from_the_truth(images):
    def off(relative: float) -> Contestant:
        def prepare(task):
            train = NUMPY_ENGINE(task)
            return lambda: Trained(0.0, Parameters(*(p * (1 + relative) for p in train().parameters)))

        return prepare

    probes = trained_probes(*images, hidden=12)
    assert median_ulps(NUMPY_ENGINE, probes, "float64") < 1e4
    assert 0.5e6 < median_ulps(off(1e6 * 2.0**-52), probes, "float64") < 2e6
    assert median_ulps(lambda _: lambda: None, probes, "float64") is None


def test_the_floor_beside_a_comparison_is_a_time():
    found = measure_floor(initial_weights(10, 3, seed=0), small_dataset(), Settings(hidden=3, batch_size=7))
    assert 0 < found["microseconds"] < 1e4


def measured_at(microseconds: Quartiles, contestant: str = REFERENCE) -> Measurement:
    return Measurement(
        table="default",
        contestant=contestant,
        dtype="float64",
        inputs=784,
        hidden=12,
        batch_size=1,
        steps=1,
        setup_seconds=0.0,
        microseconds=microseconds,
        multiple_of_floor=1.0,
        loss=0.5,
        same_loss=True,
        ulps=None,
    )


@pytest.mark.parametrize(
    ("after", "word"),
    [(Quartiles(20, 22, 24), "faster"), (Quartiles(40, 42, 44), ""), (Quartiles(90, 91, 92), "slower")],
)
def test_runs_are_compared_over_their_own_floors(results, after, word):
    """The second machine is twice as slow, floor included."""
    before = results | {"measurements": [measured_at(Quartiles(4, 5, 6), FLOOR), measured_at(Quartiles(20, 21, 22))]}
    later = results | {"measurements": [measured_at(Quartiles(9, 10, 11), FLOOR), measured_at(after)]}
    row = compare_runs.compare(before, later).splitlines()[-1]
    assert REFERENCE in row
    assert [w for w in ("faster", "slower") if w in row] == ([word] if word else [])


def test_results_are_read_back(results, tmp_path):
    file = tmp_path / "run.json"
    file.write_text(json.dumps(results))
    assert read(file)["measurements"][0]["contestant"] == FLOOR


@pytest.mark.parametrize("text", ["not JSON", "[]", '{"version": 1}'])
def test_a_file_of_something_else_is_refused_in_one_sentence(text, tmp_path, monkeypatch, capsys):
    file = tmp_path / "run.json"
    file.write_text(text)
    monkeypatch.setattr("sys.argv", ["compare_runs", str(file), str(file)])
    with pytest.raises(SystemExit) as stopped:
        compare_runs.main()
    assert stopped.value.code == 2
    assert str(file) in capsys.readouterr().err


def test_a_path_that_cannot_be_written_is_found_before_measuring(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks", "--json", str(tmp_path / "no" / "run.json")])
    monkeypatch.setattr(command, "run", lambda quick: pytest.fail(f"measured (quick: {quick})"))
    with pytest.raises(SystemExit) as stopped:
        command.main()
    assert stopped.value.code == 2
    assert "cannot be written" in capsys.readouterr().err


def test_what_the_project_shows_is_made_from_the_results_that_ship():
    shipped = read(publish.FOLDER / "results.json")
    assert (publish.FOLDER / "results.md").read_text() == publish.page(shipped)
    assert publish.brief(shipped) in (publish.FOLDER.parent / "docs" / "speed.md").read_text()
    contestants = {m["contestant"] for m in shipped["measurements"] if m["table"] == "default"}
    assert {FLOOR, *PEERS, "numpy engine", "torch engine", "jax engine"} <= contestants
    assert all(m["same_loss"] is not False for m in shipped["measurements"])
    assert shipped["missing"] == {}


def test_every_point_of_the_plot_has_a_name(results, tmp_path):
    speed_and_accuracy.save(results["measurements"], tmp_path / "plot.svg")
    svg = (tmp_path / "plot.svg").read_text()
    for m in results["measurements"]:
        assert m["contestant"] in svg
