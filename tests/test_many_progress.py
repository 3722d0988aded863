"""How far a run is, where nobody sees a bar."""

from __future__ import annotations

from backproof.many.progress import progress


def test_ten_lines_say_how_far_and_how_long() -> None:
    said: list[str] = []
    with progress("trained", said.append) as watch:
        for done in range(1, 201):
            watch(done, 200)
    assert len(said) == 10
    assert said[0] == "20 of 200 trained, about 0 s to go"


def test_few_are_done_without_a_word() -> None:
    said: list[str] = []
    with progress("trained", said.append) as watch:
        for done in range(1, 20):
            watch(done, 19)
    assert said == []
