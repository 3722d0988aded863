"""Single edits of correct programs: classed by replay; called wrong where they change a gradient, and not elsewhere."""

from __future__ import annotations

import ast

import pytest

from benchmarks.mutants.classes import Class, backward_lines
from benchmarks.mutants.edits import Mutant, mutants
from benchmarks.mutants.run import PROGRAMS, failed, outcome
from benchmarks.mutants.tables import render, render_others
from benchmarks.mutants.trial import Line, in_order

NAMES = ("softmax_functions", "layer_classes", "rnn_sentiment", "batchnorm_staged")
EVERY = 23  # of the edits is tried here


def some(name: str) -> list[Mutant]:
    path = PROGRAMS / f"{name}.py"
    return list(mutants(path, backward_lines(path)))[::EVERY]


def mutant(name: str, old: str, new: str) -> Mutant:
    path = PROGRAMS / f"{name}.py"
    text = path.read_text()
    assert text.count(old) == 1
    line = text[: text.index(old)].count("\n") + 1
    return Mutant(path, line, "planted", old, new, text.replace(old, new))


def test_every_edit_is_another_program_in_one_of_the_lines() -> None:
    path = PROGRAMS / "softmax_functions.py"
    lines = backward_lines(path)
    right = path.read_text()
    found = list(mutants(path, lines))
    assert len(found) > 50
    assert len({one.text for one in found}) == len(found)
    for one in found:
        ast.parse(one.text)
        assert one.text != right
        assert one.line in lines
    assert {"name", "axis", "statement removed", "transpose dropped"} <= {one.kind for one in found}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_what_changes_a_gradient_is_called_wrong_and_nothing_else(name: str) -> None:
    found = [outcome(one) for one in some(name)]
    assert len(found) >= 3
    for one in found:
        if one.said is None:
            continue
        expected = {Class.EQUIVALENT: ("correct", "fragile"), Class.CHANGED: ("wrong",)}[one.kind]
        assert one.said.verdict in expected, one.mutant


def test_a_dropped_factor_is_found_in_its_line_and_put_back() -> None:
    one = outcome(mutant("softmax_functions", "dh[z1 <= 0] = 0", "dh[z1 <= 0] = 1"))
    assert one.kind is Class.CHANGED
    assert one.said is not None
    assert (one.said.verdict, one.said.line, one.said.proven, one.said.meant) == ("wrong", Line.EDITED, True, True)
    assert not failed(one)


def test_an_edit_without_effect_is_equivalent_and_not_accused() -> None:
    one = outcome(mutant("softmax_functions", "dh[z1 <= 0] = 0", "dh[z1 < 0] = 0"))
    assert one.kind is Class.EQUIVALENT
    assert one.said is not None
    assert one.said.verdict == "correct"
    assert not failed(one)


def test_the_table_counts() -> None:
    one = outcome(mutant("softmax_functions", "dh[z1 <= 0] = 0", "dh[z1 <= 0] = 1"))
    stopped = outcome(mutant("softmax_functions", "dh[z1 <= 0] = 0", "dh[nothing] = 0"))
    assert stopped.kind is Class.CANNOT_RUN
    table = render([one, stopped], 10)
    assert table.startswith("2 of 10 single edits: 1 change a gradient, 1 cannot run, 0 change nothing")
    assert "| planted |         1 |           100% |   100% |" in table


def test_other_checkers_see_a_wrong_gradient_and_spare_a_right_one() -> None:
    wrong = mutant("softmax_functions", "dh[z1 <= 0] = 0", "dh[z1 <= 0] = 1")
    found = outcome(wrong, others=True)
    assert len(found.others) == 5
    assert all(one.reported for one in found.others)
    right = outcome(mutant("softmax_functions", "dh[z1 <= 0] = 0", "dh[z1 < 0] = 0"), others=True)
    assert not any(one.reported for one in right.others)
    table = render_others([found, right])
    assert "| Backproof, with the line" in table
    assert table.count("1 of 1") == 6
    assert table.count("0 of 1") == 6


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = a * b / n", "x = b / n * a", True),
        ("x = a - b + c", "x = c + a - b", True),
        ("x = a - b", "x = b - a", False),
        ("x = a / b", "x = b / a", False),
        ("x = a @ b", "x = b @ a", False),
    ],
)
def test_a_patch_is_the_one_that_was_meant_up_to_the_order_of_terms_and_factors(
    one: str, other: str, same: bool
) -> None:
    assert (in_order(one) == in_order(other)) is same
