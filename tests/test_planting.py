"""A mistake planted in a program is found there, and nothing else is changed."""

from __future__ import annotations

import numpy as np
import pytest

from lessons.planting import PROGRAMS, plant, text_of

FACTOR = "FACTOR = 2"


def example_of_a_line():
    rng = np.random.default_rng(0)
    return {"x": rng.normal(size=(5, 3)), "y": rng.normal(size=5), "w": rng.normal(size=3)}


def squared(x, y, w):
    error = x @ w - y
    return (error**2).sum(), {"w": FACTOR * x.T @ error}


PARTS = (FACTOR, example_of_a_line, squared)


def test_a_planted_mistake_is_found_where_it_was_planted() -> None:
    answer = plant(PARTS, "FACTOR * x.T @ error", "FACTOR * x.T @ y")
    (culprit,) = answer.diagnosis.culprits
    assert culprit.source.strip().startswith('return (error**2).sum(), {"w": FACTOR * x.T @ y}')
    assert "error" in culprit.patch.text
    assert "patch" not in plant(PARTS, "error**2).sum", "error**3).sum", hint=1).text()


def test_a_change_that_is_no_mistake_is_correct_and_changes_may_be_several() -> None:
    assert plant(PARTS, "x @ w - y", "-y + x @ w").diagnosis.verdict == "correct"
    both = plant(PARTS, "FACTOR = 2", "FACTOR = 3", "(error**2).sum()", "1.5 * (error**2).sum()")
    assert both.diagnosis.verdict == "correct"


def test_a_hint_holds_back() -> None:
    shown = [plant(PARTS, "x.T @ error", "x.T @ y", hint=hint).text() for hint in range(5)]
    assert [len(text) for text in shown] == sorted(len(text) for text in shown)
    assert "x.T @ y" not in shown[1]
    assert "x.T @ y" in shown[2]
    assert "Proven" not in shown[3]
    assert "Proven" in shown[4]


def test_a_text_must_stand_once() -> None:
    with pytest.raises(ValueError, match="'error' stands 3 times in the program; once is asked for"):
        plant(PARTS, "error", "y")
    with pytest.raises(ValueError, match="'nothing of it' stands 0 times"):
        plant(PARTS, "nothing of it", "y")


def test_an_unknown_program_is_told_which_there_are() -> None:
    with pytest.raises(ValueError, match="no program is called 'perceptron'; there are "):
        text_of("perceptron")
    for path in PROGRAMS.glob("*.py"):
        assert text_of(path.stem) == path.read_text()
