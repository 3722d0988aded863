"""A stranger's file is run apart: what comes back, and the reason and the line when nothing can."""

from pathlib import Path

import numpy as np
import pytest
from learner_files import CORRECT, PROBES, assert_true, line, probe, run, write

from check.learner import run_learner
from engines.interface import Lines


def test_a_correct_file_shows_all_twelve_lines(tmp_path: Path) -> None:
    outcome = run(tmp_path, CORRECT)
    assert_true(outcome, *Lines._fields)
    assert (outcome.kind, outcome.name, outcome.line, outcome.repeats) == ("function", "backprop", None, True)
    assert [(call.probe, call.repetition) for call in outcome.calls] == [(0, 0), (0, 1), (1, 0)]
    for call in outcome.calls:
        assert {name: shown.source_line for name, shown in call.lines.items()} == {
            name: line(CORRECT, name) for name in Lines._fields
        }
        assert all(shown.finite and shown.dtype == "float64" for shown in call.lines.values())
        assert call.changed == ()


def test_float32_goes_in_and_is_said_to_come_back(tmp_path: Path) -> None:
    outcome = run(tmp_path, CORRECT, dtype="float32")
    assert_true(outcome, *Lines._fields)
    shown = outcome.calls[0].lines
    assert {shown[name].dtype for name in Lines._fields} == {"float32"}
    assert shown["dW1"].values.dtype == np.float32
    widened = CORRECT.replace("Z1 = X @", "Z1 = X.astype(np.float64) @")
    assert run(tmp_path, widened, dtype="float32").calls[0].lines["dW1"].dtype == "float64"


def test_the_network_of_the_project_fits_through(tmp_path: Path) -> None:
    assert_true(run(tmp_path, CORRECT, [probe(3, 784, 12)]), *Lines._fields)


@pytest.mark.parametrize(
    ("source", "reason", "mark"),
    [
        ("def backprop(X, y:\n    pass  # bad", "not Python", None),
        ("x = 1\ny = = 2  # bad", "not Python", "bad"),
        ("import nowhere_to_be_found  # bad", "ModuleNotFoundError", "bad"),
        (CORRECT.replace("dZ2 @ W2  #", "dZ2 @ W2.T  #"), "backprop raised ValueError: matmul", "dA1"),
        (CORRECT.replace("def backprop", "def back_prop"), "neither backprop(X, y, W1, b1, W2, b2) nor a class", None),
        ("def backprop(X, y):  # bad\n    return 1", "backprop takes (X, y), but is called with", "bad"),
        ("import sys\ndef backprop(X, y, W1, b1, W2, b2):\n    sys.exit(0)  # bad", "ended the process", "bad"),
        ("import sys\nsys.exit()  # bad", "ended the process with status 0 before loading", "bad"),
        ("import os\ndef backprop(*a):\n    print('PASS')\n    os._exit(0)  # bad", "ended its process", "bad"),
        ("import os\nos._exit(3)  # bad", "ended its process with status 3", "bad"),
        (CORRECT.replace("return dW1, db1, dW2, db2", "return dW1, db1, dW2"), "returned 3 values", "return"),
        (CORRECT.replace("return dW1, db1, dW2, db2", "return 'PASS'"), "returned a value of type str", "return"),
        (CORRECT.replace("return dW1, db1, dW2, db2", "return dW1"), "of type ndarray", "return"),
        (CORRECT.replace("return dW1,", "return dW1.astype(object),"), "dW1 is not an array of real", "return"),
        (CORRECT.replace("return dW1,", "return dW1 + 0j,"), "of dtype complex128", "return"),
        (CORRECT.replace("db1, dW2, db2", "print, dW2, db2"), "db1 is not an array of real numbers", "return"),
        (CORRECT.replace("return dW1, db1", "return [[1], [2, 3]], db1"), "dW1 is not an array of real", "return"),
        ("def backprop(X, y, W1, b1, W2, b2):\n    s = X.sum()", "shows nothing", None),
        ("backprop = 3", "neither backprop", None),
        ("LAYOUT = 'row'\ndef backprop(X, y, W1, b1, W2, b2): pass", "LAYOUT is 'row'", None),
        ("def backprop(*a):\n    return backprop(*a)", "RecursionError", None),
        ("def backprop(*a):\n    return input()  # bad", "EOFError", "bad"),
        ("import ctypes\ndef backprop(*a):\n    ctypes.string_at(0)  # bad", "crashed its process (SIGSEGV)", "bad"),
    ],
)
def test_a_file_that_cannot_be_judged_gives_a_reason_and_a_line(
    tmp_path: Path, source: str, reason: str, mark: str | None
) -> None:
    outcome = run(tmp_path, source)
    assert outcome.reason is not None
    assert reason in outcome.reason
    assert "\n" not in outcome.reason
    if mark is not None:
        assert outcome.line == line(source, mark)
    assert outcome.isolation.endswith("This is no secure sandbox.")


def test_a_syntax_error_has_its_line(tmp_path: Path) -> None:
    assert run(tmp_path, "import math\n\n\ndef f(:\n    pass\n").line == 4


def test_what_was_computed_before_an_exception_is_kept(tmp_path: Path) -> None:
    source = CORRECT.replace("(A2 - y[:, None]) / n", "(A2 - y) / n")
    outcome = run(tmp_path, source, [probe(5)])
    assert outcome.line == line(source, "dA1")
    shown = outcome.calls[-1].lines["dZ2"]
    assert (shown.layout, shown.shape, shown.source_line) == ("other", (5, 5), line(source, "dZ2"))
    assert outcome.calls[-1].whole_lines.dZ2 is None
    assert outcome.calls[-1].whole_lines.A2 is not None


def test_a_file_that_is_not_there_or_not_a_file(tmp_path: Path) -> None:
    assert "cannot be read" in (run_learner(tmp_path / "none.py", PROBES).reason or "")
    assert "cannot be read" in (run_learner(tmp_path, PROBES).reason or "")


def test_not_finite_is_noted_and_not_refused(tmp_path: Path) -> None:
    outcome = run(tmp_path, CORRECT.replace("db1 = dZ1.sum(0)", "db1 = dZ1.sum(0) * np.nan"))
    assert outcome.reason is None
    assert not outcome.calls[0].lines["db1"].finite
    assert outcome.calls[0].lines["dW1"].finite
    assert outcome.repeats is True


def test_state_between_calls_and_inputs_changed_in_place_are_reported(tmp_path: Path) -> None:
    source = CORRECT.replace("def backprop", "total = 0\n\n\ndef backprop").replace(
        "    return dW1", "    global total\n    total = total + dW1\n    X *= 2\n    b2 += 1\n    return total"
    )
    outcome = run(tmp_path, source, [probe(5)])
    assert outcome.reason is None
    assert outcome.repeats is False
    assert [call.changed for call in outcome.calls] == [("X", "b2")] * 2
    assert_true(run(tmp_path, CORRECT), "dW1")


def test_a_mean_loss_is_kept_and_flagged(tmp_path: Path) -> None:
    source = CORRECT.replace("np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])", "float(np.mean(np.logaddexp(0, -Z2[:, 0])))")
    first, _, single = run(tmp_path, source).calls
    assert (first.lines["loss"].layout, first.lines["loss"].shape) == ("mean", ())
    assert first.whole_lines.loss is None
    assert single.lines["loss"].layout == "reshaped"


def test_a_hang_ends_in_time_with_its_line(tmp_path: Path) -> None:
    source = "def backprop(*a):\n    while True:  # here\n        pass  # there\n"
    outcome = run(tmp_path, source, seconds=1)
    assert outcome.reason.startswith("the file was not done after 1 s; put training")
    assert outcome.line in (2, 3)


def test_wrong_arguments_are_refused_in_a_sentence(tmp_path: Path) -> None:
    file = write(tmp_path, CORRECT)
    with pytest.raises(ValueError, match="only float64 and float32"):
        run_learner(file, PROBES, dtype="float16")
    with pytest.raises(ValueError, match="must be positive"):
        run_learner(file, PROBES, seconds=float("nan"))
    with pytest.raises(ValueError, match="at least one probe"):
        run_learner(file, [])


def test_what_a_file_prints_is_kept_and_proves_nothing(tmp_path: Path) -> None:
    outcome = run(tmp_path, "print('all tests passed: PASS')\n")
    assert outcome.output == "all tests passed: PASS\n"
    assert outcome.reason is not None


def test_a_file_that_was_not_started_is_not_said_to_have_run(tmp_path: Path) -> None:
    outcome = run(tmp_path, CORRECT, seconds=0.001)
    assert outcome.reason == "the file was not started after 0.001 s"
    assert "Not in force" not in outcome.isolation
    assert outcome.isolation.startswith("The file had not been started.")
