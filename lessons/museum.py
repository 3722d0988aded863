"""The rooms of lesson 5: in each hangs one family of mistakes, planted in different programs.

Whoever wants to guess does not look into ``programs/mistakes.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from string import ascii_uppercase

from backproof import Answer
from backproof.replay.loading import Program
from lessons.marks import draw_marks
from lessons.planting import PROGRAMS, Mistake, mistakes, plant, text_of
from lessons.stepping.walk import Walk, walk


def rooms() -> dict[int, dict[str, Mistake]]:
    """The exhibits of each room by their letters; the first room has number 1."""
    families = list(dict.fromkeys(one.family for one in mistakes()))
    return {
        number: dict(zip(ascii_uppercase, (one for one in mistakes() if one.family == family), strict=False))
        for number, family in enumerate(families, 1)
    }


def families() -> list[str]:
    """The families that hang in the museum, to choose from."""
    return sorted({one.family for one in mistakes()})


@cache
def answer(room: int, letter: str) -> Answer:
    """What the check says of an exhibit."""
    one = rooms()[room][letter]
    return plant(one.program, one.right, one.wrong)


def hint(room: int, letter: str, level: int = 4) -> None:
    """A part of that: 0 the verdict, 1 the gradients, 2 the line, 3 what it should be, 4 the patch."""
    print(answer(room, letter).text(level).partition("\n\nNote")[0].partition("\n\nNo gradient is")[0])


def look(room: int) -> None:
    """The way back of each exhibit with the numbers of its lines, and the marks that the mistake leaves."""
    for letter, one in rooms()[room].items():
        print(f"Exhibit {letter}, {one.program}", *way_back(*walks(one)), "", sep="\n")
    draw_marks({f"{letter}, {one.program}": (*walks(one), one.line) for letter, one in rooms()[room].items()})


def reveal(room: int, lines: Mapping[str, int], family: str) -> None:
    """Your guesses, the number of the wrong line of each exhibit and the family of all, beside what was planted."""
    for letter, one in rooms()[room].items():
        said = lines.get(letter)
        print(f"Exhibit {letter}: you say line {said}, it is line {one.line}: {_yes(said == one.line)}")
        print(f"    - {one.text.splitlines()[one.line - 1].strip()}")
        print(f"    + {text_of(one.program).splitlines()[one.line - 1].strip()}")
    print(f"\nYou say {family!r}, it is {one.family!r}: {_yes(family == one.family)}.")


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


@cache
def walks(one: Mistake) -> tuple[Walk, Walk]:
    """The program with the mistake, step by step, and without."""
    path = PROGRAMS / f"{one.program}.py"
    return walk(Program(path, one.text)), walk(Program(path))


def way_back(wrong: Walk, right: Walk) -> list[str]:
    """The lines of a program from the first that holds a derivative, with their numbers."""
    first = min(step.line for step in right.steps if not right.variables[step.variable].forward)
    return [f"{number:>4}  {text}" for number, text in enumerate(wrong.lines, 1) if number >= first]
