"""The benchmark as far as it is stable: same losses, turns in order, the shape of the results. Never a time."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("numba")

from benchmarks import compare_runs, steps, tables
from benchmarks.contestant import Training
from benchmarks.floor import floor, train
from benchmarks.interleave import Quartiles, interleave, quartiles
from benchmarks.measure import FLOOR, REFERENCE, ROUNDING, measure, task
from benchmarks.peers import PEERS
from benchmarks.results import BenchmarkResults, Measurement, read
from data import load
from engines import Parameters, load_engine

NUMPY_ENGINE = steps.engine_contestant(load_engine("numpy"))


@pytest.fixture(scope="module")
def images():
    dataset = load(train_samples=300)
    return dataset.X_train, dataset.y_train


@pytest.fixture(scope="module")
def results(images) -> BenchmarkResults:
    contestants = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, "plain NumPy": PEERS["plain NumPy"]}
    measurements = []
    for hidden, batch_size in [(12, 1), (2, 8)]:
        measured, missing = measure(contestants, *images, "float64", hidden, batch_size, repeats=2)
        assert not missing
        measurements += measured
    return BenchmarkResults(
        version=1,
        machine="a machine",
        threads=1,
        versions={"numpy": "2"},
        repeats=2,
        floor_flags={},
        measurements=measurements,
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
    assert abs(contestant() - expected) <= ROUNDING[dtype] * expected
    assert abs(contestant() - expected) <= ROUNDING[dtype] * expected  # every repeat starts anew
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
    expected = NUMPY_ENGINE(short)()
    assert abs(contestant() - expected) <= ROUNDING["float64"] * expected


@pytest.mark.parametrize("batch_size", [1, 7])
def test_floor_ends_at_the_same_weights(batch_size, images):
    X, y = images
    engine = load_engine("numpy")(task(X, y, "float64", 12, 1, 1).parameters)
    weights = Parameters(*(p.copy() for p in engine.parameters))
    engine.fit(X, y, epochs=1, learning_rate=0.01, batch_size=batch_size)
    train(*weights, X, y, 0.01, batch_size)
    for ours, expected in zip(weights, engine.parameters, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


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
    assert len(measurements) == 6
    for m in measurements:
        assert set(m) == set(Measurement.__annotations__)
        lower, median, upper = m["microseconds"]
        assert 0 < lower <= median <= upper
        assert m["same_loss"] is True
    assert all(m["multiple_of_floor"] == 1 for m in measurements if m["contestant"] == FLOOR)


def test_a_wrong_training_is_named_in_its_row(images):
    def backwards(task_) -> Training:
        return NUMPY_ENGINE(task_._replace(learning_rate=-task_.learning_rate))

    contestants = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, "backwards": backwards}
    measured, _ = measure(contestants, *images, "float64", 12, 1, repeats=1)
    assert [m["same_loss"] for m in measured] == [True, True, False]
    assert "NO: " in tables.one_task(measured)


def test_nan_is_not_the_same_loss(images):
    contestants = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, "broken": lambda _: lambda: float("nan")}
    measured, _ = measure(contestants, *images, "float64", 12, 1, repeats=1)
    assert [m["same_loss"] for m in measured] == [True, True, False]


def test_a_missing_library_costs_only_its_own_row(images):
    def absent(_) -> Training:
        raise ModuleNotFoundError("No module named 'absent'", name="absent")

    contestants = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, "stranger": absent}
    measured, missing = measure(contestants, *images, "float64", 12, 1, repeats=1)
    assert [m["contestant"] for m in measured] == [FLOOR, REFERENCE]
    assert missing == {"stranger": "absent is not installed"}


def test_the_tables_show_every_contestant(results):
    text = tables.render(results)
    for word in (FLOOR, REFERENCE, "plain NumPy", "a machine", "scikit-learn: not measured, sklearn is not installed"):
        assert word in text


def test_quick_measures_one_task_and_full_measures_the_grid():
    everybody = {FLOOR: floor, REFERENCE: NUMPY_ENGINE, **PEERS}
    quick, full = ([what[:3] for what in steps.tasks(everybody, quick)] for quick in (True, False))
    assert quick == [("float64", 12, 1)]
    assert len(full) == len(set(full)) == 13
    assert {(h, b) for dtype, h, b in full if dtype == "float64"} == {
        (h, b) for h in (1, 12, 64, 256) for b in (1, 8, 64)
    }


def measured_at(microseconds: Quartiles, contestant: str = REFERENCE) -> Measurement:
    return Measurement(
        contestant=contestant,
        dtype="float64",
        hidden=12,
        batch_size=1,
        steps=1,
        setup_seconds=0.0,
        microseconds=microseconds,
        multiple_of_floor=1.0,
        loss=0.5,
        same_loss=True,
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


@pytest.mark.parametrize("text", ["not JSON", "[]", '{"version": 2}'])
def test_a_file_of_something_else_is_refused_in_one_sentence(text, tmp_path, monkeypatch, capsys):
    file = tmp_path / "run.json"
    file.write_text(text)
    monkeypatch.setattr("sys.argv", ["compare_runs", str(file), str(file)])
    with pytest.raises(SystemExit) as stopped:
        compare_runs.main()
    assert stopped.value.code == 2
    assert str(file) in capsys.readouterr().err


def test_a_path_that_cannot_be_written_is_found_before_measuring(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["steps", "--json", str(tmp_path / "no" / "run.json")])
    monkeypatch.setattr(steps, "run", lambda quick: pytest.fail(f"measured (quick: {quick})"))
    with pytest.raises(SystemExit) as stopped:
        steps.main()
    assert stopped.value.code == 2
    assert "No such file" in capsys.readouterr().err
