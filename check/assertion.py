"""The check as a function, for notebooks and test-suites."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from check.answer import CURE, STATUS, render
from check.command import conclude, examine
from check.diagnosis import CORRECT, Diagnosis
from check.in_process import run_here
from check.loss_gradient import difference_probes
from check.small_probes import small_probes
from check.update import training_request

__all__ = ["Answer", "assert_backprop", "check_backprop"]


@dataclass(frozen=True)
class Answer:
    """What the check has to say; printing it, or leaving it at the end of a notebook's cell, shows the text."""

    diagnosis: Diagnosis
    text: str

    @property
    def status(self) -> int:
        """0 for correct, 1 for wrong or not observable, 2 for what cannot run."""
        return STATUS[self.diagnosis.verdict]

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def check_backprop(backward: Callable[..., Any] | str | Path, *, seed: int = 0, hint: int = CURE) -> Answer:
    """Try a backward pass, and say what is wrong with it, if anything is.

    Args:
        backward: a function ``backprop(X, y, W1, b1, W2, b2)`` or a class with ``lines`` and ``fit``, which are called
            in this process; or the path of a file that defines one of them, which is run in a process of its own.
        seed: of the probes.
        hint: 0 stops at the line, 1 at the pattern, 2 at the name, 3 at the cure.
    """
    probes = small_probes(seed)
    if isinstance(backward, str | Path):
        diagnosis, _ = examine(Path(backward), probes, seed)
        file = str(backward)
    else:
        training = training_request(probes[0])
        asked = [probe[1:] for probe in (*probes, *difference_probes(probes[0], seed))]
        run = run_here(backward, asked, training)
        file = run.file
        if not Path(file).is_file():  # a cell of a notebook has a name that says nothing, and lines
            run.file = run.name or "backprop"
        diagnosis = conclude(run, probes, seed, training)
    linecache.checkcache(file)
    source = [line.rstrip("\r\n") for line in linecache.getlines(file)]
    return Answer(diagnosis, render(diagnosis, source, hint))


def assert_backprop(backward: Callable[..., Any] | str | Path, *, seed: int = 0, hint: int = CURE) -> None:
    """Fail unless a backward pass is correct; the arguments are those of ``check_backprop``.

    In a test-suite::

        from check import assert_backprop
        from my_backprop import backprop

        def test_backprop():
            assert_backprop(backprop)

    Raises:
        AssertionError: it is wrong, not observable or cannot run; the text is the answer.
    """
    answer = check_backprop(backward, seed=seed, hint=hint)
    if answer.diagnosis.verdict != CORRECT:
        raise AssertionError(f"\n{answer.text}")
