"""The check as a function, for notebooks and test-suites."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backproof.answer.hints import PATCH, withheld
from backproof.answer.text import rendered
from backproof.diagnosis.apart import diagnose_apart
from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.calls.reference import Reference
from backproof.diagnosis.completed import diagnose_alone, diagnose_case
from backproof.diagnosis.report import Diagnosis
from backproof.replay.custom import CustomProgram, brings_its_derivative
from backproof.replay.living import ARGUMENTS, FUNCTION, LivingProgram


@dataclass(frozen=True)
class Answer:
    """What the check has to say: printed as text, and at the end of a notebook's cell as the annotated program.

    Attributes:
        diagnosis: the answer as data.
        hint: how much of it is shown: 0 the verdict, 1 the gradients too, 2 the line, 3 what it should be, 4 all.
    """

    diagnosis: Diagnosis
    hint: int = PATCH

    def text(self, hint: int | None = None) -> str:
        """The answer, or a part of it."""
        return rendered(self.diagnosis, hint=self.hint if hint is None else hint).plain

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """For a notebook."""
        from backproof.answer.page import fragment

        return fragment(withheld(self.diagnosis, self.hint))


Function = Callable[..., Any]


def check_backprop(
    backward: Function | str | Path, *arguments: Any, reference: Function | None = None, **named: Any
) -> Answer:
    """Judge a backward pass, and find what is wrong with it.

    Args:
        backward: a function that returns the loss and the gradients, judged in this process; or a function that
            brings its own derivative, ``torch.autograd.Function`` or ``jax.custom_vjp``, with inputs; or the path of a
            file that defines ``backprop`` and ``example``, which is run in a process of its own.
        arguments, named: of one small call; without any, those that ``example()`` beside the function returns, else
            some are made up.
        reference: a function of NumPy that returns the loss that is meant, from arguments of the same names; then the
            forward pass is judged too, and the loss need not be returned.

    Raises:
        TypeError: it is neither a function nor a path, the arguments do not fit it, or none can be made up.
        NotFollowed: the source of the function cannot be read.
    """
    if isinstance(backward, str | Path):
        if reference is not None:
            raise TypeError("a reference is for a function; a file returns its loss")
        return Answer(diagnose_apart(Path(backward)).diagnosis)
    if not callable(backward):
        raise TypeError(f"a function or the path of a file is asked for, not {backward!r}")
    if brings_its_derivative(backward):
        custom = CustomProgram(backward, [*arguments, *named.values()])
        return Answer(diagnose_case(Case(custom, arguments=lambda space: space[ARGUMENTS]())))
    given = _bound(backward, arguments, named)
    program = LivingProgram(backward, lambda: _copied(given or {}))
    meant = None if reference is None else _reference(reference)
    if given is None:
        found = diagnose_alone(Case(program, reference=meant))
        if found is None:
            raise TypeError("no arguments are given, there is no example() beside it, and none can be made up")
        return Answer(found)
    case = Case(program, arguments=lambda space: space[ARGUMENTS](), reference=meant)
    return Answer(diagnose_case(case))


def _copied(given: dict[str, Any]) -> dict[str, Any]:
    try:
        return copy.deepcopy(given)
    except RuntimeError:  # tensors that PyTorch computed; a program gets twins of them all the same
        return given


def _reference(function: Callable[..., Any]) -> Reference:
    program = LivingProgram(function, dict)
    return Reference(program, FUNCTION, f"the reference {getattr(function, '__name__', '')}".strip())


def _bound(backward: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments by name; None where there are none."""
    if not arguments and not named:
        example = getattr(inspect.unwrap(backward), "__globals__", {}).get("example")
        if not callable(example):
            return None
        made = example()
        arguments, named = ((), made) if isinstance(made, dict) else (tuple(made), {})
    bound = inspect.signature(backward).bind(*arguments, **named)
    return dict(bound.arguments)


def assert_backprop(
    backward: Function | str | Path, *arguments: Any, reference: Function | None = None, **named: Any
) -> None:
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
    answer = check_backprop(backward, *arguments, reference=reference, **named)
    if answer.diagnosis.verdict != "correct":
        raise AssertionError(f"\n{answer}")
