"""The network of the comparison in files that return no loss: its forward pass is known, its layout is not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backproof import check_backprop
from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.calls.report_network import ARGUMENTS, report_network
from backproof.diagnosis.completed import diagnose_case, diagnose_file
from backproof.diagnosis.report import Diagnosis
from backproof.replay.loading import Program

TESTS = Path(__file__).parent
PATIENCE = 5.0  # slow machines find what quick ones do
FORMULAS = tomllib.loads((TESTS / "programs" / "formulas.toml").read_text())
RIGHT = {
    "Z1": "X @ W1.T + b1",
    "A1": "sigmoid(Z1)",
    "Z2": "A1 @ W2.T + b2",
    "A2": "sigmoid(Z2)",
    "loss": "-np.mean(y * np.log(A2) + (1 - y) * np.log(1 - A2))",
    "dZ2": "(A2 - y) / n",
    "dW2": "dZ2.T @ A1",
    "db2": "dZ2.sum(0)",
    "dA1": "dZ2 @ W2",
    "dZ1": "dA1 * A1 * (1 - A1)",
    "dW1": "dZ1.T @ X",
    "db1": "dZ1.sum(0)",
}
HEAD = """import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def example():
    rng = np.random.default_rng(1)
    W1, b1, W2, b2 = rng.normal(size=(4, 7)), rng.normal(size=4), rng.normal(size=(1, 4)), rng.normal(size=1)
    return rng.normal(size=(5, 7)), np.array([0.0, 1.0, 1.0, 0.0, 1.0]), W1, b1, W2, b2


def backprop(X, y, W1, b1, W2, b2):
    (n, d), h = X.shape, len(b1)
    y = y[:, None]
"""
# Two lines explain these equally well, and the patch of the other is as short.
ANOTHER_LINE = {
    "Z1-bias-forgotten", "Z2-bias-forgotten", "A1-activation-forgotten", "A2-softmax-of-one",
    "A2-activation-forgotten", "A2-sign-in-exp", "A2-bracket-forgotten", "A2-clipped", "dA1-slope-already",
    "dA1-times-activation", "dZ1-slope-forgotten", "dZ1-slope-sign",
}  # fmt: skip
# No formula of the learner's values was found.
NO_PATCH = {
    "loss-only-class-1", "loss-only-class-0", "loss-labels-swapped", "loss-squared-error", "loss-half-squared-error",
    "loss-absolute-error", "loss-sign-of-logit",
}  # fmt: skip


def program(formulas: dict[str, str], returns: str) -> str:
    body = "".join(f"    {line} = {formula}\n" for line, formula in formulas.items())
    return f"{HEAD}{body}    return {returns}\n"


def of(text: str, folder: Path) -> Diagnosis:
    """The diagnosis with the network as the reference, whether a loss is returned or not."""
    path = folder / "mine.py"
    path.write_text(text)
    case = Case(Program(path))
    return diagnose_case(replace(case, reference=report_network(ARGUMENTS)), PATIENCE)


@pytest.mark.parametrize("path", sorted((TESTS / "correct_files").glob("*.py")), ids=lambda path: path.stem)
def test_a_correct_file_is_accused_of_nothing(path: Path) -> None:
    found = diagnose_file(path, PATIENCE)
    assert found.verdict == "correct", found.summary
    assert found.suggestion


def marked(path: Path) -> set[int]:
    """The lines of a file with the comment ``here``."""
    return {number for number, text in enumerate(path.read_text().splitlines(), 1) if text.endswith("# here")}


@pytest.mark.parametrize("path", sorted((TESTS / "broken_files").glob("*.py")), ids=lambda path: path.stem)
def test_a_broken_file_gets_its_line(path: Path) -> None:
    found = diagnose_file(path, PATIENCE)
    assert found.verdict == "wrong", found.summary
    named = {culprit.line for culprit in found.culprits} | {c.patch.line for c in found.culprits if c.patch}
    assert named & marked(path), found.culprits


def cases() -> list[tuple[str, str, str]]:
    """Every third, so that it takes a minute."""
    every = [(line, name, formula) for line, wrong in FORMULAS.items() for name, formula in wrong.items()]
    return [case for case in every if case[:2] != ("dZ2", "broadcast")][::3]  # which cannot run


@pytest.mark.parametrize(("line", "name", "formula"), cases(), ids=lambda value: value if "-" in value else None)
def test_a_wrong_formula_gets_its_line_and_a_patch(line: str, name: str, formula: str, tmp_path: Path) -> None:
    mistake = f"{line}-{name}"
    if line == "loss":
        formula = f"np.mean({formula})"
    text = program({**RIGHT, line: formula}, f"{'loss, ' if line == 'loss' else ''}dW1, db1, dW2, db2")
    found = of(text, tmp_path)
    assert found.verdict == "wrong", found.summary
    at = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith(f"    {line} = "))
    named = {culprit.line for culprit in found.culprits} | {c.patch.line for c in found.culprits if c.patch}
    assert at in named or mistake in ANOTHER_LINE, found.culprits
    assert all(c.patch and c.proven for c in found.culprits) or mistake in NO_PATCH, found.culprits


def test_shapes_that_do_not_fit_are_said_in_the_learners_names(tmp_path: Path) -> None:
    found = of(program({**RIGHT, "dZ2": FORMULAS["dZ2"]["broadcast"]}, "dW1, db1, dW2, db2"), tmp_path)
    assert found.verdict == "cannot run"
    assert found.summary == "the shapes in this line do not fit together: dZ2 is (5, 5), W2 is (1, 4)"
    assert found.line is not None
    assert (tmp_path / "mine.py").read_text().splitlines()[found.line - 1].startswith("    dA1 = ")


def test_the_right_formulas_are_right(tmp_path: Path) -> None:
    for returns in ("dW1, db1, dW2, db2", "loss, dW1, db1, dW2, db2", "locals()", "(dW2, db2, dW1, db1)"):
        found = of(program(RIGHT, returns), tmp_path)
        assert found.verdict == "correct", (returns, found.summary)
    assert any("network of the comparison" in remark.text for remark in found.remarks)


def test_what_is_kept_from_call_to_call_has_a_line(tmp_path: Path) -> None:
    text = program(RIGHT, "dW1, db1, dW2, db2").replace("def backprop", "total = [0.0]\n\n\ndef backprop")
    found = of(text.replace("    return dW1", "    total[0] = total[0] + dW1\n    return total[0]"), tmp_path)
    assert found.verdict == "wrong"
    (culprit,) = found.culprits
    assert culprit.expression.startswith("total[0]")
    assert culprit.family == "something is kept from call to call"


def test_a_function_that_comes_without_arguments_is_called_with_some() -> None:
    answer = check_backprop(alone)
    assert answer.diagnosis.verdict == "correct"
    assert "no arguments were given" in str(answer)


def alone(X, y, W1, b1, W2, b2):  # type: ignore[no-untyped-def]
    a = 1 / (1 + np.exp(-(X @ W1.T + b1)))
    e = (1 / (1 + np.exp(-(a @ W2.T + b2))) - y[:, None]) / len(y)
    back = e @ W2 * a * (1 - a)
    return back.T @ X, back.sum(0), e.T @ a, e.sum(0)
