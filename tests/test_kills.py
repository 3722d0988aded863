"""The kill matrix on a small network: Backproof misses no observable mistake and accuses no correct program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("jax")

from small_data import small_dataset
from small_networks import Problem, truth

from benchmarks import beside, kills
from benchmarks.checkers import Checker, checkers
from benchmarks.correct_programs import CORRECT_PROGRAMS, Program
from benchmarks.kills import Rounding, Trial, as_results, kill_matrix
from benchmarks.wrong_passes import WRONG_PASSES
from engines import Parameters, initial_weights
from engines.interface import DTYPES
from engines.numpy_engine import NumpyEngine
from proof.judgement import NOT_OBSERVABLE
from proof.probes import Probe, probe, saturated
from proof.verdict import judge
from report.kills import counts, program_by_program, summary

ROOT = Path(__file__).parents[1]

INPUTS, HIDDEN, BATCH = 20, 5, 5
BACKPROOF = "Backproof, every line shown"


@pytest.fixture(scope="module")
def batches() -> dict[str, Probe]:
    data = small_dataset(train=200, inputs=INPUTS)
    X, y = data.X_train[:BATCH], data.y_train[:BATCH]
    initial = initial_weights(INPUTS, HIDDEN, seed=0)
    engine = NumpyEngine(initial)
    engine.fit(data.X_train, data.y_train, epochs=20, learning_rate=0.1)
    return {
        "initial": probe("initial", initial, X, y),
        "trained": probe("trained", engine.parameters, X, y),
        "saturated": saturated(X, y, HIDDEN),
    }


@pytest.fixture(scope="module", params=DTYPES)
def trials(request: pytest.FixtureRequest, batches: dict[str, Probe]) -> list[Trial]:
    if request.param == "float32":  # what is seen at initial weights in float32 is seen in float64
        batches = {weights: batch for weights, batch in batches.items() if weights != "initial"}
    return kill_matrix(batches, request.param, [c for c in checkers(request.param) if c.label == BACKPROOF])


def test_backproof_misses_no_observable_mistake(trials: list[Trial]) -> None:
    missed = [
        (t.program, t.weights, t.times_rounding)
        for t in trials
        if t.observable(kills.SAMPLES) and not t.caught[BACKPROOF]
    ]
    assert missed == []


def test_backproof_accuses_no_correct_program(trials: list[Trial]) -> None:
    assert [(t.program, t.weights) for t in trials if t.correct and t.caught[BACKPROOF]] == []


def test_what_is_not_observable_is_told_with_a_reason(trials: list[Trial]) -> None:
    wrong = [t for t in trials if not t.correct]
    hidden = [t for t in wrong if not t.observable(["one"]) or not t.observable(["batch"])]
    told = list(kills.not_observable(trials))
    assert len(told) == len(hidden)
    assert all(sentence.endswith(")") and t.program in sentence for sentence, t in zip(told, hidden, strict=True))


@pytest.mark.parametrize("wrong", WRONG_PASSES, ids=lambda program: program.name)
def test_what_a_float64_probe_at_initial_weights_can_see_is_called_observable(
    wrong: Program, batches: dict[str, Probe], true_gradient: Parameters
) -> None:
    at = batches["initial"]
    if not _differs(wrong.gradient(*at[1:]), true_gradient):
        assert wrong.hides
        return
    trial = _trial(wrong, at)
    assert trial.observable(["batch"])
    (judgement,) = judge([at], [wrong(*at[1:])], "float64")
    assert judgement.culprit is not None
    assert [line.line for line in judgement.lines if line.word == NOT_OBSERVABLE] == []


@pytest.fixture(scope="module")
def true_gradient(batches: dict[str, Probe]) -> Parameters:
    """By the complex step, which knows neither the proof nor the correct programs."""
    true = truth(Problem(*batches["initial"][1:]))
    return Parameters(true.dW1, true.db1, true.dW2, true.db2)


def _differs(gradient: Parameters, true: Parameters) -> bool:
    """Whether an entry is off by more than a relative 1e-10."""
    return any(
        g.shape != t.shape or not (np.abs(g - t) <= 1e-10 * np.abs(t)).all()
        for g, t in zip(gradient, true, strict=True)
    )


def _trial(program: Program, at: Probe) -> Trial:
    times = {"batch": Rounding(at).times(program)}
    return Trial(program.name, False, at.name, "float64", times, {}, program.hides)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("program", CORRECT_PROGRAMS, ids=lambda program: program.name)
def test_correct_programs_are_correct(
    program: Program, dtype: str, batches: dict[str, Probe], true_gradient: Parameters
) -> None:
    at = batches["initial"]
    parameters = Parameters(*(p.astype(dtype) for p in at.parameters))
    steps = program(parameters, at.X.astype(dtype), at.y)
    assert {line: array.dtype.name for line, array in steps._asdict().items() if array.dtype != dtype} == {}
    for name, true in true_gradient._asdict().items():
        values = getattr(steps, f"d{name}")
        assert values.shape == true.shape
        assert (np.abs(values - true) <= 100 * np.finfo(dtype).eps * np.abs(true).max()).all()


def test_correct_programs_are_written_differently() -> None:
    rng = np.random.default_rng(0)
    parameters = Parameters(*(rng.normal(size=s) for s in ((7, 300), (7,), (1, 7), (1,))))
    X, y = rng.normal(size=(11, 300)) / 10, np.arange(11) % 2.0
    shown = {p.name: b"".join(np.ascontiguousarray(line) for line in p(parameters, X, y)) for p in CORRECT_PROGRAMS}
    assert len(CORRECT_PROGRAMS) == 20
    assert len(set(shown.values())) == 20


def test_there_are_at_least_forty_wrong_passes_of_different_names() -> None:
    assert len({program.name for program in WRONG_PASSES}) == len(WRONG_PASSES) >= 40


@pytest.mark.parametrize("checker", checkers("float64", gradient_alone=True), ids=lambda checker: checker.label)
def test_every_checker_spares_a_correct_program_and_catches_a_zero_gradient(
    checker: Checker, batches: dict[str, Probe]
) -> None:
    at = batches["initial"]
    one = at._replace(X=at.X[:1], y=at.y[:1])
    check = checker.at([{"one": one, "batch": at}[samples] for samples in checker.samples])
    assert not check(CORRECT_PROGRAMS[0])
    assert check(next(program for program in WRONG_PASSES if program.name == "every gradient zero"))
    assert check(next(program for program in WRONG_PASSES if program.name == "dW2: transposed, (h, 1)"))


def test_the_tables_count_what_checkers_report(batches: dict[str, Probe]) -> None:
    blind = Checker("blind", "defaults", ("one",), lambda _: lambda _: False)
    jealous = Checker("jealous", "defaults", ("batch",), lambda _: lambda _: True)
    trials = kill_matrix({"initial": batches["initial"]}, "float64", [blind, jealous])
    seen = {samples: sum(trial.observable([samples]) for trial in trials) for samples in kills.SAMPLES}
    hidden = len(WRONG_PASSES) - seen["batch"]
    matrix = as_results(trials, "float64", [blind, jealous])
    table = summary(matrix, markdown=True).splitlines()
    assert [cell.strip() for cell in table[2].split("|")[3:5]] == [f"0 / {seen['one']}", "0 / 20"]
    assert [cell.strip() for cell in table[3].split("|")[3:5]] == [
        f"{seen['batch']} / {seen['batch']} +{hidden}",
        "20 / 20",
    ]
    assert program_by_program(matrix).count("!") == 20 + 1  # and the legend's


def test_a_gradient_that_is_not_finite_is_observable(batches: dict[str, Probe]) -> None:
    at = batches["initial"]
    nan = Program("nan", {"dW1": lambda at: np.full_like(at.W1, np.nan)})
    assert _trial(nan, at).times_rounding == {"batch": None}
    assert _trial(nan, at).observable(["batch"])
    assert not _trial(CORRECT_PROGRAMS[3], at).observable(["batch"])


def test_a_folder_that_is_not_there_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["kills", "--json", "no such folder/kills.json"])
    with pytest.raises(SystemExit) as error:
        kills.main()
    assert error.value.code == 2
    assert "no such folder/kills.json cannot be written" in capsys.readouterr().err


def test_what_ships_is_of_these_programs_and_checkers() -> None:
    """What the documents and every page show."""
    shipped = beside.kills()
    assert [matrix["dtype"] for matrix in shipped["matrices"]] == list(DTYPES)
    for matrix in shipped["matrices"]:
        assert [c["name"] for c in matrix["checkers"]] == [c.name for c in checkers(matrix["dtype"])]
        assert [c["settings"] for c in matrix["checkers"]] == [c.settings for c in checkers(matrix["dtype"])]
        assert [p["program"] for p in matrix["programs"]] == [p.name for p in (*CORRECT_PROGRAMS, *WRONG_PASSES)]
        backproof = counts(matrix)[0]
        assert all(count.caught == count.observable and count.accused == 0 for count in backproof)
        assert summary(matrix, markdown=True) in (ROOT / "docs" / "judging-the-judge.md").read_text()
