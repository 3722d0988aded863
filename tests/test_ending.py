"""However a command ends, it is one sentence and an exit status."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool

import pytest

from backproof.arithmetic import ProofError
from backproof.ending import ending_well
from comparison.sentences import for_the_user
from data import DataError


def ended(command: Callable[[], int | None]) -> int | str | None:
    with pytest.raises(SystemExit) as end:
        ending_well("compare.py", command, for_the_user)
    return end.value.code


def raising(error: BaseException) -> Callable[[], int | None]:
    def command() -> int | None:
        raise error

    return command


@pytest.mark.parametrize("status", [0, 1, None])
def test_what_the_command_returns_is_the_status(status: int | None) -> None:
    assert ended(lambda: status) == status


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DataError("there is no such class"), "there is no such class"),
        (ProofError("the weights are too large"), "the weights are too large"),
        (OSError("x.json cannot be written"), "x.json cannot be written"),
        (MemoryError(), "there is not enough memory"),
        (BrokenProcessPool("A process in the process pool was terminated abruptly"), "a process of ours was killed"),
    ],
)
def test_what_the_user_can_mend_is_one_sentence(
    error: Exception, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(raising(error)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"compare.py: {words}")
    assert told.err.count("\n") == 1


def test_an_interrupt_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err.startswith("compare.py: interrupted")


def test_a_mistake_of_ours_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(raising(ZeroDivisionError("ours"))) == 70
    assert "Traceback" in capsys.readouterr().err
