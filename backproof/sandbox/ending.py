"""How a process that ran a file came to its end, from what it and its supervisor left in the run's folder."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

from backproof.sandbox.isolation import PROCESSES


def message(path: Path, token: str) -> dict[str, Any]:
    """A small file of ours; empty if it is not there, or not ours."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(1 << 16))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("token") == token else {}


def how_it_ended(status: int | None, ending: dict[str, Any]) -> tuple[Any, Any]:
    """What the supervisor says of it, or else what the status of the process says: how, and by which value."""
    how, value = ending.get("how"), ending.get("value")
    if how is None and status is not None:
        return ("signal", -status) if status < 0 else ("exit", status)
    return how, value


def by_force(what: str, how: Any, value: Any, seconds: float) -> str | None:
    """Why it was ended by force, in one sentence about the file or the program; None where it was not."""
    if how == "processes":
        return f"{what} started more than {PROCESSES} processes"
    if how != "signal" or type(value) is not int:
        return None
    if value == getattr(signal, "SIGXCPU", None):
        return f"{what} used more than {seconds:g} s of processor time"
    try:
        return f"{what} crashed its process ({signal.Signals(value).name})"
    except ValueError:
        return f"{what} crashed its process (signal {value})"


def last_line(folder: Path, file: Path) -> int | None:
    """The line of the file that ran shortly before the time was up."""
    try:
        with (folder / "where.txt").open("rb") as where:
            seen = where.read(1 << 16).decode("utf-8", "replace")
    except OSError:
        return None
    match = re.search(rf'File "{re.escape(str(file))}", line (\d+)', seen)
    return int(match[1]) if match else None
