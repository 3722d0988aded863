"""How a command ends: one sentence on stderr and an exit status, whatever happens."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable

from backproof.interrupts import end_in_order

MISTAKE_OF_OURS, INTERRUPTED = 70, 130


def ending_well(name: str, command: Callable[[], int | None], sentence: Callable[[Exception], str | None]) -> None:
    """Run a command and end the process.

    Exit status: what the command returns or exits with; 2 a request that cannot be met, 70 a mistake of ours, 130
    interrupted (129 and 143: by SIGHUP and SIGTERM).

    Args:
        name: of the command, before its sentences.
        sentence: what an error says to the user who can mend it; None for a mistake of ours.
    """
    end_in_order()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a learner's names, where the terminal has no such letters
    try:
        status = command()
        if status == INTERRUPTED:  # what the command line makes of it
            _interrupted(name)
        sys.exit(status)
    except KeyboardInterrupt:
        _interrupted(name)
    except Exception as error:
        # Python below 3.12 wraps an interrupt that falls into the making of a class.
        if isinstance(error, RuntimeError) and isinstance(error.__cause__, KeyboardInterrupt):
            _interrupted(name)
        if isinstance(error, RuntimeError) and isinstance(error.__cause__, SystemExit):
            sys.exit(error.__cause__.code)
        told = _of_any_command(error) or sentence(error)
        if told is None:
            traceback.print_exc()
            sys.exit(MISTAKE_OF_OURS)
        sys.stderr.write(f"{name}: {told}\n")
        sys.exit(2)


def _interrupted(name: str) -> None:
    sys.stderr.write(f"{name}: interrupted; files that were there before are as they were\n")
    sys.exit(INTERRUPTED)


def _of_any_command(error: Exception) -> str | None:
    if hasattr(error, "format_message"):  # of the command line itself
        return error.format_message()
    if isinstance(error, MemoryError):
        return f"there is not enough memory{f': {error}' if str(error) else ''}"
    return str(error) if isinstance(error, OSError) else None


def say(text: str) -> None:
    """Print; that nobody reads it changes no answer.

    Raises:
        OSError: it cannot be written, as where the disk is full.
    """
    try:
        print(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be flushed
        if not isinstance(error, BrokenPipeError):
            raise OSError(f"the output cannot be written: {error.strerror}") from error
