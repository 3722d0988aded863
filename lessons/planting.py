"""A mistake is planted in a program, and the answer shown: in those of ``programs/``, or in one of a lesson's cells."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from backproof import Answer
from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.replay.loading import Program

PROGRAMS = Path(__file__).parent / "programs"
SECONDS = 30.0  # that the search for the line may take: a slow machine gets the same answer

Part = Callable[..., Any] | str


class Mistake(NamedTuple):
    """A mistake to plant.

    Attributes:
        family: what the check calls its kind.
        program: the name of a file in ``programs/``.
        right, wrong: a text that stands once in it, and what to write instead.
    """

    family: str
    program: str
    right: str
    wrong: str

    @property
    def line(self) -> int:
        """The line that changes, from 1."""
        before, found, _ = text_of(self.program).partition(self.right)
        assert found, self
        return before.count("\n") + 1

    @property
    def text(self) -> str:
        """The program with the mistake."""
        return replaced(text_of(self.program), self.right, self.wrong)


def mistakes() -> list[Mistake]:
    """All that are written down in ``programs/mistakes.toml``, family by family."""
    written = tomllib.loads((PROGRAMS / "mistakes.toml").read_text(encoding="utf-8"))
    return [Mistake(family, **one) for family, several in written.items() for one in several]


def names() -> list[str]:
    """The example programs."""
    return sorted(path.stem for path in PROGRAMS.glob("*.py"))


def plant(program: str | Sequence[Part], old: str, new: str, *more: str, hint: int = 4) -> Answer:
    """What the check says of a program in which a text was replaced.

    Args:
        program: the name of a file in ``programs/``; or the functions of a notebook that make up one, and lines of text
            between them. The last is the backward pass; one whose name begins with ``example`` makes the arguments.
        old, new, more: a text that stands once in the program and what to write instead; more of such pairs.
        hint: how much is given away: 0 the verdict, 1 the gradients, 2 the line, 3 what it should be, 4 the patch.

    Raises:
        ValueError: there is no such program, or the text stands in it more than once or not at all.
    """
    if isinstance(program, str):
        path, text = PROGRAMS / f"{program}.py", text_of(program)
    else:
        path, text = Path("planted.py"), _joined(program)
    text = replaced(text, old, new, *more)
    return Answer(diagnose(Case(Program(path, text)), SECONDS), hint)


def replaced(text: str, *pairs: str) -> str:
    """A text with others in the place of some of its parts.

    Raises:
        ValueError: a part stands in it more than once or not at all.
    """
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        if text.count(before) != 1:
            raise ValueError(f"{before!r} stands {text.count(before)} times in the program; once is asked for")
        text = text.replace(before, after)
    return text


def text_of(program: str) -> str:
    """The text of an example program.

    Raises:
        ValueError: there is none of this name.
    """
    if program not in names():
        raise ValueError(f"no program is called {program!r}; there are {', '.join(names())}")
    return (PROGRAMS / f"{program}.py").read_text(encoding="utf-8")


def _joined(parts: Sequence[Part]) -> str:
    texts = [part if isinstance(part, str) else inspect.getsource(part) for part in parts]
    texts = [re.sub(r"^def example\w*\(", "def example(", text) for text in texts]
    return "import numpy as np\n\n\n" + "\n\n".join([*texts[:-1], re.sub(r"^def \w+\(", "def backprop(", texts[-1])])
