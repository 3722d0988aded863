"""A learner's file, diagnosed in a process of its own.

The parent executes nothing of the learner's, and believes nothing of what comes back but its form.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from backproof.diagnosis.report import Diagnosis, decoded
from backproof.sandbox.ending import by_force, how_it_ended, last_line, message
from backproof.sandbox.isolation import describe, missing
from backproof.sandbox.process import Output, run_child

SECONDS, MEMORY = 20.0, 2048  # by default; MiB
LEAST_MEMORY, MOST_SECONDS = 512, 24 * 3600.0
MOST_BYTES = 8_000_000  # of an answer
Runner = Callable[[bytes, Path, float], tuple[int | None, Output]]  # as run_child


class LimitError(ValueError):
    """A limit that cannot be kept; the text says what can."""


class Apart(NamedTuple):
    """A diagnosis made apart.

    Attributes:
        diagnosis: whatever happened, as one.
        output: what the file printed, its beginning.
        output_bytes: how much that was in all.
        isolation: what was taken from its process, in words.
        isolated: whether all of it was.
    """

    diagnosis: Diagnosis
    output: str
    output_bytes: int
    isolation: str
    isolated: bool


def check_limits(seconds: float, memory: int) -> None:
    """Raise unless a program can run within these limits.

    Raises:
        LimitError: it cannot, or they are no limits.
    """
    if not 0 < seconds <= MOST_SECONDS:
        raise LimitError(f"--seconds is {seconds:g}: from above 0 to {MOST_SECONDS:g} can be waited for")
    if not LEAST_MEMORY <= memory <= 1 << 22:
        raise LimitError(
            f"--memory is {memory}: at least {LEAST_MEMORY} MiB are needed for Python and NumPy to start, "
            f"and more than {1 << 22} are no limit"
        )


def diagnose_apart(
    path: Path, seconds: float = SECONDS, memory: int = MEMORY, run: Runner = run_child, patience: float = 1
) -> Apart:
    """Diagnose a file in a process of its own.

    Args:
        path: the file.
        seconds: for all of it.
        memory: address space in MiB, for each of its processes.
        run: starts the process; a warm one starts many of them sooner.
        patience: how many times the seconds it may take while other programs keep the processors busy.

    Raises:
        LimitError: limits within which nothing can run.
    """
    check_limits(seconds, memory)
    file, token = path.resolve(), secrets.token_hex(16)
    if not file.exists():
        return Apart(Diagnosis("cannot run", f"there is no file {file}", str(path)), "", 0, "", True)
    with tempfile.TemporaryDirectory(prefix="backproof-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        (folder / "work").mkdir()
        request = _request(folder, file, token, seconds, memory, patience)
        status, output = run(request, folder, seconds * patience)
        ending = message(folder / "ending.json", token)
        facts = message(folder / "facts.json", token) | ending
        diagnosis = _answer(folder / "results.bin", bytes.fromhex(token))
        if diagnosis is None:
            reason = _why_nothing(status, ending, seconds, memory, "memory" in facts)
            diagnosis = Diagnosis("cannot run", reason, str(path), line=last_line(folder, file))
    shown = output.kept.decode("utf-8", "replace")
    said = describe(facts, seconds, memory)
    return Apart(msgspec.structs.replace(diagnosis, file=str(path)), shown, output.size, said, not missing(facts))


def _request(folder: Path, file: Path, token: str, seconds: float, memory: int, patience: float) -> bytes:
    home = Path(os.environ.get("HOME") or os.environ.get("USERPROFILE") or folder).resolve()
    request = {
        "module": "backproof.diagnosis.worker",
        "package": str(Path(__file__).resolve().parents[1]),
        "path": str(file),
        "home": str(home),
        "folder": str(folder),
        "own_folder": not home.is_relative_to(file.parent),
        "token": token,
        "seconds": seconds,
        "memory": memory,
        "patience": patience,
    }
    return json.dumps(request).encode()


def _answer(path: Path, token: bytes) -> Diagnosis | None:
    """The diagnosis that was written; None if there is none in the agreed form."""
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES)
        return decoded(text[len(token) :]) if text.startswith(token) and len(text) < MOST_BYTES else None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _why_nothing(status: int | None, ending: dict[str, Any], seconds: float, memory: int, started: bool) -> str:
    """Why there is no answer, in one sentence."""
    how, value = how_it_ended(status, ending)
    forced = by_force("the program", how, value, seconds)
    if forced is not None:
        return forced
    if how == "exit" and type(value) is int:
        if started and value == 1:
            return f"the program could not be judged within {memory} MiB, or ended its process itself (status 1)"
        return f"the program ended its process with status {value}"
    return (
        f"the program was not {'done' if started else 'started'} after {seconds:g} s; "
        'put training below the functions under if __name__ == "__main__":'
    )
