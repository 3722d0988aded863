"""The answer as people read it: narrow or wide, with or without colours, with long lines and odd letters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from small_programs import RIGHT, of

from backproof.answer import command
from backproof.answer.excerpt import excerpt
from backproof.answer.text import rendered
from backproof.diagnosis.report import CulpritReport, Diagnosis

WRONG = RIGHT.replace("1 - h ** 2", "1 - h")


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Diagnosis:
    return of(WRONG, tmp_path_factory.mktemp("wrong") / "wrong.py")


@pytest.mark.parametrize("width", [50, 88, 120])
def test_no_line_is_wider_than_the_terminal_but_code_of_a_patch(wrong: Diagnosis, width: int) -> None:
    lines = rendered(wrong, width).plain.splitlines()
    patch = [line[2:].strip() for culprit in wrong.culprits if culprit.patch for line in culprit.patch.diff]
    assert all(len(line) <= width or any(code in line for code in patch) for line in lines)
    assert rendered(wrong, width).plain.isascii()


def test_the_expression_is_underlined_and_every_line_has_its_number(wrong: Diagnosis) -> None:
    (culprit,) = wrong.culprits
    lines = rendered(wrong).plain.splitlines()
    at = next(k for k, line in enumerate(lines) if line.endswith(f"wrong.py:{culprit.line}:{culprit.column + 1}"))
    code, mark = lines[at + 1 : at + 3]
    assert code.startswith(f"{culprit.line:>4} | ")
    start = mark.index("^")
    assert code[start : start + mark.count("^")] == culprit.expression
    assert culprit.patch is not None
    assert f"{culprit.line:>4} + {culprit.patch.text.strip()}" in lines


def culprit_of(source: str, expression: str, **others: Any) -> CulpritReport:
    column = source.index(expression.split("\n")[0])
    given = {
        "file": "net.py", "line": 7, "column": column, "end_column": column + len(expression),
        "expression": expression, "source": source, "should_be": "", "family": "", "why": "", "lesson": "",
        "gradients": [], "patch": None, "others": [], "proven": False,
    }  # fmt: skip
    return CulpritReport(**{**given, **others})


@pytest.mark.parametrize("width", [50, 88])
@pytest.mark.parametrize(
    ("source", "expression"),
    [
        (f"    dh = {'a + ' * 60}b", "b"),
        (f"    dh = b + {'a + ' * 60}c", "b"),
        (f"    dh = {'a + ' * 30}(wrong * here) + {'a + ' * 30}c", "(wrong * here)"),
        (f"    dh = {'a + ' * 60}b", ("a + " * 60) + "b"),
    ],
)
def test_a_long_line_is_cut_around_the_expression(source: str, expression: str, width: int) -> None:
    code, mark = (line.plain for line in excerpt(culprit_of(source, expression), width))
    assert len(code) <= width
    assert "..." in code
    start = mark.index("^")
    shown = code[start : start + mark.count("^")]
    assert shown == expression or (len(expression) > width and shown in expression)


def test_tabs_wide_letters_and_several_lines_are_underlined_where_they_stand() -> None:
    code, mark = (line.plain for line in excerpt(culprit_of("\tdh\t= dout @ W.T", "dout @ W.T"), 88))
    assert code[mark.index("^") :] == "dout @ W.T"
    code, mark = (line.plain for line in excerpt(culprit_of("梯度 = 误差 @ W", "误差 @ W"), 88))
    assert mark.index("^") == code.index("误差") + 2  # two cells wide each
    assert mark.count("^") == len("误差 @ W") + 2
    code, mark = (line.plain for line in excerpt(culprit_of("dh = (dout", "(dout\n  @ W.T)", end_column=8), 88))
    assert code[mark.index("^") :] == "(dout"


def test_colours_are_for_terminals_and_not_for_those_who_want_none(
    wrong: Diagnosis, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = rendered(wrong)
    assert command.in_colour(text) == text.plain
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31m" in command.in_colour(text)
    monkeypatch.setenv("NO_COLOR", "1")
    assert command.in_colour(text) == text.plain


def test_a_correct_program_is_told_what_its_lines_hold(tmp_path: Path) -> None:
    text = rendered(of(RIGHT, tmp_path / "right.py")).plain
    assert "What your lines hold:" in text
    assert "the derivative of the loss with respect to `out`" in text
    assert "right to 1" in text


def test_a_gradient_that_is_zero_is_not_right_to_no_digits(tmp_path: Path) -> None:
    """As that of a bias before what takes the mean away."""
    text = RIGHT.replace("h = np.tanh(X @ W)", "Z = X @ W\n    h = Z - Z.mean(axis=0)").replace(
        "(dh * (1 - h ** 2))", "(dh - dh.mean(axis=0))"
    )
    text = text.replace("return loss, {", "return loss, {'b': (dh - dh.mean(axis=0)).sum(axis=0), ")
    text = (
        text.replace("X @ W\n", "X @ W + b\n")
        .replace("W, v):", "W, v, b):")
        .replace('"v": r(size=3)', '"v": r(size=3), "b": r(size=3)')
    )
    found = of(text, tmp_path / "zero.py")
    assert found.verdict == "correct", found.summary
    said = next(line for line in rendered(found).plain.splitlines() if line.startswith("  b "))
    assert said.endswith("right: it is 0, but for rounding")


def test_a_notebook_is_quoted_by_cell_and_line(tmp_path: Path) -> None:
    import json

    cells = [
        {"cell_type": "code", "source": part}
        for part in (WRONG[: WRONG.index("def backprop")], WRONG[WRONG.index("def backprop") :])
    ]
    path = tmp_path / "net.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    text, status = command.check(path)
    line = WRONG[WRONG.index("def backprop") :].split("1 - h)")[0].count("\n") + 1
    assert status == 1
    assert f"net.ipynb cell 2, line {line}\n{line:>4} | " in text.plain
    assert f"{line:>4} + " in text.plain
