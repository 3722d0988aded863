"""From a file to a diagnosis: correct files in many styles, broken ones, and what only follows."""

from pathlib import Path

import pytest
from learner_files import CORRECT, line
from mistaken_files import diagnosis_here, diagnosis_of, source

from check.catalogue import by_id
from check.command import examine
from check.diagnosis import CANNOT_RUN, IS, UNKNOWN, Diagnosis
from check.diagnosis import CORRECT as RIGHT
from check.small_probes import small_probes
from engines.interface import Lines
from proof.judgement import FOLLOWS, NOT_OBSERVABLE, NOT_SHOWN, WRONG

HERE = Path(__file__).parent
CORRECT_FILES = sorted((HERE / "correct_files").glob("*.py"))
BROKEN_FILES = sorted((HERE / "broken_files").glob("*.py"))
PROBES = small_probes(0)


def examined(file: Path) -> Diagnosis:
    return diagnosis_here(file, PROBES)


def test_there_are_thirty_correct_files_and_twenty_broken_ones() -> None:
    assert len(CORRECT_FILES) >= 30
    assert len(BROKEN_FILES) >= 20


@pytest.mark.parametrize("file", CORRECT_FILES, ids=lambda file: file.stem)
def test_a_correct_file_is_accused_of_nothing(file: Path) -> None:
    diagnosis = examined(file)
    assert diagnosis.verdict == RIGHT, (diagnosis.reason, diagnosis.culprits)
    assert diagnosis.culprits == []


@pytest.mark.parametrize("file", [*CORRECT_FILES[::6], *BROKEN_FILES[::6]], ids=lambda file: file.stem)
def test_in_a_process_of_its_own_it_is_the_same(file: Path) -> None:
    apart, here = examine(file, PROBES)[0], examined(file)
    assert (apart.verdict, apart.lines) == (here.verdict, here.lines)
    assert apart.culprits == here.culprits


@pytest.mark.parametrize("file", BROKEN_FILES, ids=lambda file: file.stem)
def test_a_broken_file_is_caught_in_its_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    diagnosis = examined(file)
    assert diagnosis.verdict == WRONG
    assert set(text.splitlines()[0].removeprefix("# line: ").split()) <= set(diagnosis.wrong)
    numbers = [number for number, code in enumerate(text.splitlines(), 1) if code.endswith("# here")]
    if numbers:
        assert [culprit.source_line for culprit in diagnosis.culprits] == numbers


def test_algorithm_1_is_judged_line_by_line() -> None:
    file = HERE.parent / "lessons" / "algorithm_1.py"
    diagnosis = examined(file)
    assert diagnosis.verdict == RIGHT
    text = file.read_text(encoding="utf-8").splitlines()
    for name, finding in diagnosis.lines.items():
        assert finding.word not in (NOT_SHOWN, WRONG), name
        assert finding.source_line is not None
        assert text[finding.source_line - 1].lstrip().startswith(name), name


def test_a_right_derivative_of_a_wrong_forward_line_follows(tmp_path: Path) -> None:
    text = CORRECT.replace("sigmoid(Z1)  #", "np.tanh(Z1)  #").replace("dA1 * A1 * (1 - A1)", "dA1 * (1 - A1**2)")
    diagnosis = diagnosis_of(tmp_path, text)
    assert diagnosis.wrong == ["A1"]
    assert diagnosis.lines["dZ1"].word == FOLLOWS
    assert "derivative of your own A1 = tanh(Z1)" in diagnosis.lines["dZ1"].note


def test_a_mistake_in_a_line_that_is_not_shown_is_found_in_what_comes_from_it(tmp_path: Path) -> None:
    text = CORRECT.replace("dZ2", "first").replace("dA1", "second").replace("dZ1", "third")
    hidden = text.replace("second * A1 * (1 - A1)", "second * A1")
    (culprit,) = diagnosis_of(tmp_path, hidden).culprits
    assert (culprit.line, culprit.seen_in, culprit.confidence) == ("dZ1", ("dW1", "db1"), IS)
    assert culprit.mistakes == (by_id("dZ1-slope-half-a"),)


def test_an_unknown_mistake_keeps_its_line_and_its_shape(tmp_path: Path) -> None:
    (culprit,) = diagnosis_of(tmp_path, CORRECT.replace("(1 - A1)", "(1 - A1) * 1.1")).culprits
    assert (culprit.line, culprit.confidence, culprit.mistakes) == ("dZ1", UNKNOWN, ())
    assert culprit.pattern == "Every entry is off by the same factor: 1.1."
    assert culprit.source_line == line(CORRECT, "dZ1")
    assert culprit.worst is not None


def test_an_exception_is_reported_with_what_came_before_it(tmp_path: Path) -> None:
    diagnosis = diagnosis_of(tmp_path, CORRECT.replace("(A2 - y[:, None]) / n", "(A2 - y) / n"))
    assert diagnosis.verdict == CANNOT_RUN
    assert "matmul" in (diagnosis.reason or "")
    assert diagnosis.reason_line == line(CORRECT, "dA1")
    assert [m.id for culprit in diagnosis.culprits for m in culprit.mistakes] == ["dZ2-broadcast"]
    assert diagnosis.culprits[0].source_line == line(CORRECT, "dZ2")


def test_a_returned_gradient_of_another_shape_is_wrong_and_a_harvested_one_is_not(tmp_path: Path) -> None:
    diagnosis = diagnosis_of(tmp_path, CORRECT.replace("return dW1,", "return dW1.T,"))
    assert [m.id for culprit in diagnosis.culprits for m in culprit.mistakes] == ["dW1-transposed"]
    inside = CORRECT.replace("dZ2.T @ A1  # dW2", "A1.T @ dZ2").replace("db1, dW2", "db1, dW2.T")
    assert diagnosis_of(tmp_path, inside).verdict == RIGHT


def test_a_variable_that_only_looks_like_a_line_accuses_nobody(tmp_path: Path) -> None:
    text = CORRECT.replace("dZ2 = (A2 - y[:, None]) / n", "dZ2 = (y[:, None] - A2) / n")
    minus = text.replace("= dZ2 @ W2", "= -dZ2 @ W2").replace("= dZ2.T @ A1", "= -dZ2.T @ A1")
    diagnosis = diagnosis_of(tmp_path, minus.replace("= dZ2.sum(0)", "= -dZ2.sum(0)"))
    assert diagnosis.verdict == RIGHT
    assert any("dZ2 is not dZ2" in note for note in diagnosis.notes)
    guessed = (
        CORRECT.replace("(A2 - y[:, None])", "(y[:, None] - A2)")
        .replace("A2)  # loss", "A2)")
        .replace("    dA1 =", "    pred = (A2 > 0.5) * 1.0\n    dA1 =")
    )
    assert diagnosis_of(tmp_path, guessed).wrong == ["dZ2"]


def test_state_between_calls_and_inputs_changed_are_wrong(tmp_path: Path) -> None:
    counted = CORRECT.replace("def backprop", "calls = []\n\n\ndef backprop").replace(
        "    return dW1", "    calls.append(1)\n    db1 = db1 * len(calls)\n    return dW1"
    )
    diagnosis = diagnosis_of(tmp_path, counted)
    assert [m.id for culprit in diagnosis.culprits for m in culprit.mistakes] == ["call-not-repeatable"]
    assert "Only from the second call on: db1" in diagnosis.culprits[0].pattern
    writes = CORRECT.replace("    return dW1", "    X *= 2\n    return dW1")
    (culprit,) = diagnosis_of(tmp_path, writes).culprits
    assert (culprit.line, culprit.pattern) == ("call", "X is not as before the call.")


def test_what_only_differs_because_an_input_was_changed_is_not_accused(tmp_path: Path) -> None:
    moved = CORRECT.replace("    dA1 =", "    W2 -= 0.1\n    dA1 =")
    diagnosis = diagnosis_of(tmp_path, moved)
    (culprit,) = diagnosis.culprits
    assert (culprit.line, culprit.mistakes[0].formula) == ("call", "W2 -= ...")
    assert diagnosis.lines["dA1"].word == FOLLOWS
    assert diagnosis.lines["dA1"].note == "it is computed from W2, changed in place"
    signed = diagnosis_of(tmp_path, moved.replace("= dZ1.sum(0)", "= -dZ1.sum(0)"))
    assert signed.wrong == ["call", "db1"]


def test_what_is_not_there_is_not_called_correct(tmp_path: Path) -> None:
    text = CORRECT.replace("return dW1, db1, dW2, db2", "return {'dW1': dW1, 'db1': db1, 'dW2': dW2}")
    diagnosis = diagnosis_of(tmp_path, text.replace("db2 =", "other ="))
    assert diagnosis.verdict == NOT_OBSERVABLE
    assert diagnosis.reason == "db2: neither returned nor found under its name"


def test_lines_after_a_zero_cannot_be_seen(tmp_path: Path) -> None:
    diagnosis = diagnosis_of(tmp_path, source([by_id("dZ2-zero")]))
    assert {n for n, finding in diagnosis.lines.items() if finding.word == NOT_OBSERVABLE} == {
        *Lines._fields[Lines._fields.index("dW2") :]
    }


def test_not_a_number_is_at_fault_once(tmp_path: Path) -> None:
    diagnosis = diagnosis_of(tmp_path, CORRECT.replace("dZ2 @ W2", "dZ2 @ W2 * np.nan"))
    assert diagnosis.wrong == ["dA1"]
    assert {diagnosis.lines[name].word for name in ("dZ1", "dW1", "db1")} == {FOLLOWS}


def test_a_hidden_line_is_not_accused_if_a_right_line_comes_from_it(tmp_path: Path) -> None:
    text = CORRECT.replace("dZ2", "first").replace("dA1", "second").replace("dZ1", "third")
    means = text.replace("first.sum(0)", "first.mean(0)").replace("third.sum(0)", "third.mean(0)")
    found = diagnosis_of(tmp_path, means).culprits
    assert [(c.line, c.confidence, c.mistakes[0].id) for c in found] == [
        ("db2", IS, "db2-mean-again"),
        ("db1", IS, "db1-mean-again"),
    ]
