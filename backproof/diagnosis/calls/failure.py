"""What a learner's program raised: where in his files, and in plain words."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import NamedTuple

from backproof.diagnosis.calls.answer import NotAnAnswer
from backproof.diagnosis.calls.bound import CannotCall
from backproof.diagnosis.report import Diagnosis
from backproof.replay.refusal import NotFollowed, TooLarge
from backproof.replay.sources import ProgramError


class Failure(NamedTuple):
    """Why a program cannot be judged: one sentence, and the line; of another file of the program where one is named."""

    sentence: str
    line: int | None
    file: Path | None = None


def failure_of(error: BaseException, folder: Path) -> Failure | None:
    """The failure that an exception is; None for one that the program has no part in.

    Args:
        folder: of the program: its lines are those of files in it.
    """
    file, line = _innermost(error, folder)
    if isinstance(error, ProgramError):
        return Failure(str(error), error.line)
    if isinstance(error, CannotCall | NotAnAnswer | TooLarge):
        return Failure(str(error), None)
    if isinstance(error, NotFollowed):
        return Failure(f"{error} is not followed", line, file)
    if isinstance(error, SystemExit):
        return Failure(f"the program called sys.exit({error.code!r})", line, file)
    if line is None:
        return None
    text = str(error).splitlines()[0] if str(error) else ""
    name = type(error).__name__
    return Failure(f"the program raises {name}{f': {text}' if text else ''}", line, file)


def cannot_run(error: BaseException, path: Path) -> Diagnosis:
    """The answer that an exception is; one that the program has no part in is raised again.

    Args:
        path: of the program.
    """
    failure = failure_of(error, path.parent)
    if failure is None:
        raise error
    if failure.file in (None, path):
        return Diagnosis("cannot run", failure.sentence, str(path), line=failure.line)
    return Diagnosis("cannot run", f"{failure.sentence} (line {failure.line} of {failure.file.name})", str(path))


def _innermost(error: BaseException, folder: Path) -> tuple[Path | None, int | None]:
    """The innermost line of a file of the program that an exception passed."""
    found: tuple[Path | None, int | None] = None, None
    for frame in traceback.extract_tb(error.__traceback__):
        file = Path(frame.filename)
        if folder in file.parents:
            found = file, frame.lineno
    return found
