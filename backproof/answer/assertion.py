"""The check as a function, for notebooks and test-suites."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backproof.answer.text import rendered
from backproof.diagnosis.apart import diagnose_apart
from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.diagnosis.report import Diagnosis
from backproof.replay.living import ARGUMENTS, LivingProgram


@dataclass(frozen=True)
class Answer:
    """What the check has to say; printing it, or leaving it at the end of a notebook's cell, shows the text."""

    diagnosis: Diagnosis

    def __str__(self) -> str:
        return rendered(self.diagnosis)

    __repr__ = __str__


def check_backprop(backward: Callable[..., Any] | str | Path, *arguments: Any, **named: Any) -> Answer:
    """Judge a backward pass, and find what is wrong with it.

    Args:
        backward: a function that returns the loss and the gradients, judged in this process; or the path of a file
            that defines ``backprop`` and ``example``, which is run in a process of its own.
        arguments, named: of one small call; without any, those that ``example()`` beside the function returns.

    Raises:
        TypeError: it is neither a function nor a path, or the arguments do not fit it.
        NotFollowed: the source of the function cannot be read.
    """
    if isinstance(backward, str | Path):
        return Answer(diagnose_apart(Path(backward)).diagnosis)
    if not callable(backward):
        raise TypeError(f"a function or the path of a file is asked for, not {backward!r}")
    given = _bound(backward, arguments, named)
    program = LivingProgram(backward, lambda: copy.deepcopy(given))
    return Answer(diagnose(Case(program, arguments=lambda space: space[ARGUMENTS]())))


def _bound(backward: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """The arguments by name."""
    if not arguments and not named:
        example = getattr(inspect.unwrap(backward), "__globals__", {}).get("example")
        if not callable(example):
            raise TypeError("no arguments are given, and there is no example() beside the function")
        made = example()
        arguments, named = ((), made) if isinstance(made, dict) else (tuple(made), {})
    bound = inspect.signature(backward).bind(*arguments, **named)
    return dict(bound.arguments)


def assert_backprop(backward: Callable[..., Any] | str | Path, *arguments: Any, **named: Any) -> None:
    """Fail unless a backward pass is correct; the arguments are those of ``check_backprop``.

    In a test-suite::

        from backproof import assert_backprop
        from my_network import backprop, example

        def test_backprop():
            assert_backprop(backprop, **example())

    Raises:
        AssertionError: it is wrong or fragile, or cannot run; the text is the answer.
    """
    __tracebackhide__ = True
    answer = check_backprop(backward, *arguments, **named)
    if answer.diagnosis.verdict != "correct":
        raise AssertionError(f"\n{answer}")
