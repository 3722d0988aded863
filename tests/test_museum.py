"""The example programs of the lessons are correct, and each mistake of the museum is found and named as it says."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from program_files import compared, load

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.replay.loading import Program
from lessons.museum import answer, look, reveal, rooms
from lessons.planting import PROGRAMS, Mistake, mistakes, names, plant, text_of


def title(one: Mistake) -> str:
    return f"{one.program}: {one.family}"


@pytest.mark.parametrize("name", names())
def test_a_program_is_correct_and_agrees_with_differences_of_its_loss(name: str) -> None:
    path = PROGRAMS / f"{name}.py"
    assert diagnose(Case(Program(path))).verdict == "correct"
    assert all(one.apart < 1e-6 for one in compared(load(path)))


@pytest.mark.parametrize("one", mistakes(), ids=title)
def test_a_mistake_is_found_in_its_family_and_the_patch_puts_the_gradients_right(one: Mistake) -> None:
    diagnosis = plant(one.program, one.right, one.wrong).diagnosis
    (culprit,) = diagnosis.culprits
    assert culprit.family == one.family
    assert culprit.line in (one.line, one.line - 1)  # where a step is missing, it belongs between two lines
    assert culprit.proven


def test_every_program_has_mistakes_and_every_family_several_programs() -> None:
    assert {one.program for one in mistakes()} == set(names())
    for room in rooms().values():
        assert len({one.program for one in room.values()}) == len(room) > 1
        assert len({one.family for one in room.values()}) == 1


def test_the_line_of_a_mistake_is_the_one_that_changes() -> None:
    for one in mistakes():
        before, after = text_of(one.program).splitlines(), one.text.splitlines()
        changed = [number for number, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b]
        assert changed == [one.line], one


def test_a_guess_is_held_against_what_was_planted(capsys: pytest.CaptureFixture[str]) -> None:
    right = {letter: one.line for letter, one in rooms()[1].items()}
    reveal(1, right | {"B": 1}, "constant")
    said = capsys.readouterr().out
    assert f"Exhibit A: you say line {right['A']}, it is line {right['A']}: yes" in said
    assert f"Exhibit B: you say line 1, it is line {right['B']}: no" in said
    assert "You say 'constant', it is 'sign': no." in said
    assert f"- {rooms()[1]['A'].wrong}\n" in said


def test_looking_shows_the_program_and_gives_neither_line_nor_family_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    monkeypatch.setattr(plt, "show", lambda: drawn.append(plt.gcf()))
    for number, room in rooms().items():
        look(number)
        said = capsys.readouterr().out
        texts = [text.get_text() for axis in drawn[-1].axes for text in (*axis.texts, axis.title, axis.xaxis.label)]
        for one in room.values():
            assert one.text.splitlines()[one.line - 1] in said
            assert text_of(one.program).splitlines()[one.line - 1] not in said
            assert not any(one.family in text for text in (said, *texts))
        assert texts.count("✗") >= len(room)
        for axis in drawn[-1].axes[1::2]:
            dots = axis.lines[1].get_xydata()
            assert not np.allclose(dots[:, 0], dots[:, 1], rtol=1e-6)
    plt.close("all")


def test_the_judge_of_the_museum_is_the_check() -> None:
    for letter, one in rooms()[1].items():
        assert answer(1, letter).diagnosis.culprits[0].line == one.line
        assert Path(answer(1, letter).diagnosis.file) == PROGRAMS / f"{one.program}.py"
