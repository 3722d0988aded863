"""What a gradient is worth, and that a mistake is punished once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from grading_files import CORRECT, HALF, TWO

from backproof.diagnosis.completed import diagnose_file
from backproof.diagnosis.report import CulpritReport, Diagnosis, GradientReport
from backproof.grading.rubric import DEFAULT, Rubric, points_of, read_rubric

PLAIN = Rubric()


def diagnosis(folder: Path, text: str) -> Diagnosis:
    path = folder / "net.py"
    path.write_text(text)
    return diagnose_file(path)


def statuses(found: Diagnosis, rubric: Rubric = PLAIN) -> dict[str, tuple[str, float]]:
    return {line.gradient: (line.status, line.points) for line in points_of(found, rubric).lines}


def wrong(gradients: dict[str, str], *spoilt: list[str], verdict: str = "wrong") -> Diagnosis:
    """A diagnosis with these statuses, and a culprit for each list of the gradients that it spoils."""
    culprits = [
        CulpritReport("f", 1, 0, 1, "x", "x", "", "", "", "", names, None, [], False) for names in spoilt
    ]  # fmt: skip
    reports = {name: GradientReport(status, 16, None, [1], [1]) for name, status in gradients.items()}
    return msgspec.convert(Diagnosis(verdict, "", "f", reports, culprits), Diagnosis)  # type: ignore[arg-type]


def test_a_correct_program_gets_all_points(tmp_path: Path) -> None:
    given = points_of(diagnosis(tmp_path, CORRECT), Rubric())
    assert (given.points, given.of) == (10, 10)
    assert [line.of for line in given.lines] == [2.5] * 4


def test_what_only_follows_gets_its_points(tmp_path: Path) -> None:
    found = diagnosis(tmp_path, HALF)
    assert statuses(found) == {
        "dW1": ("wrong", 0), "db1": ("follows", 2.5), "dW2": ("right", 2.5), "db2": ("right", 2.5)
    }  # fmt: skip
    assert points_of(found, Rubric()).points == 7.5
    assert points_of(found, Rubric(follows=0.5)).points == 6.25


def test_two_mistakes_cost_twice(tmp_path: Path) -> None:
    found = diagnosis(tmp_path, TWO)
    assert {name for name, (status, _) in statuses(found).items() if status == "wrong"} == {"dW1", "db2"}
    assert points_of(found, Rubric()).points == 5


def test_each_mistake_costs_a_gradient_of_its_own() -> None:
    all_wrong = dict.fromkeys("abc", "wrong")
    found = wrong(all_wrong, ["a", "b", "c"], ["a"])
    assert statuses(found) == {"a": ("wrong", 0), "b": ("wrong", 0), "c": ("follows", pytest.approx(3.33))}


def test_what_no_mistake_explains_is_wrong() -> None:
    found = wrong({"a": "wrong", "b": "shape", "c": "unknown", "d": "right"}, ["a"])
    assert [status for status, _ in statuses(found).values()] == ["wrong", "wrong", "wrong", "right"]
    assert points_of(wrong({"a": "right", "b": "right"}), Rubric()).points == 5  # as where the second call differs
    assert points_of(wrong({"a": "right", "b": "right"}, ["a", "b"]), Rubric()).points == 5


def test_fragile_and_not_running() -> None:
    fragile = wrong({"a": "right", "b": "unknown"}, verdict="fragile")
    assert points_of(fragile, Rubric()).points == 8
    assert points_of(fragile, Rubric(fragile=1)).points == 10
    stopped = Diagnosis("cannot run", "", "f")
    assert points_of(stopped, Rubric()).points == 0
    assert points_of(stopped, Rubric(cannot_run=0.2)).points == 2


def test_weights_and_gradients_that_are_not_returned() -> None:
    rubric = Rubric(gradients={"W1": 3, "b1": 1, "W2": 1})
    found = wrong({"dW1": "right", "grads['b1']": "wrong", "extra": "wrong"}, ["grads['b1']"])
    assert statuses(found, rubric) == {"dW1": ("right", 6), "grads['b1']": ("wrong", 0), "W2": ("missing", 0)}
    assert points_of(found, rubric).points == 6


def test_the_rubric_that_is_shown_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text(DEFAULT)
    assert read_rubric(path) == Rubric() == read_rubric(None)
    path.write_text(DEFAULT.replace("# [gradients]", "[gradients]").replace("# W1 = 2", "W1 = 2"))
    assert read_rubric(path).gradients == {"W1": 2}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("points = -1", "rubric.toml is no rubric: Expected `float` > 0.0"),
        ("point = 1", "unknown field `point`"),
        ("follows = 2", "<= 1.0"),
        ("follows = [", "is no rubric"),
    ],
)
def test_a_rubric_that_is_none_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text(text)
    with pytest.raises(OSError, match="rubric") as caught:
        read_rubric(path)
    assert words in str(caught.value)
    with pytest.raises(OSError, match="cannot be read"):
        read_rubric(tmp_path / "none.toml")
