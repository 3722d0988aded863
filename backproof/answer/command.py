"""The command ``check``: from a file to an answer and an exit status."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import msgspec
from rich.text import Text

from backproof.answer.hints import PATCH, withheld
from backproof.answer.text import WIDTH, rendered
from backproof.diagnosis.apart import MEMORY, SECONDS, check_limits, diagnose_apart
from backproof.diagnosis.report import encoded
from backproof.outputs import DATA, PAGE, pending
from backproof.replay.sources import MOST_BYTES

STATUS = {"correct": 0, "wrong": 1, "fragile": 1, "cannot run": 2}


def _look_at(path: Path) -> None:
    """A pipe or a device is not read, for it may have no end."""
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is not a file")
    if path.exists() and path.stat().st_size > MOST_BYTES:
        raise OSError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB, which no program is")


def check(
    path: Path,
    *,
    json: Path | None = None,
    page: Path | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    show_output: bool = False,
    hint: int = PATCH,
    width: int = WIDTH,
) -> tuple[Text, int]:
    """Diagnose a file of any network in a process of its own.

    Args:
        path: the file; it defines ``backprop`` and ``example``.
        json: a file for the answer as data; written whatever the verdict.
        page: a file for it as a page of the program.
        seconds, memory: limits for the process, in s and MiB.
        show_output: whether to add what the file printed.
        hint: how much is given away, from 0 to 4.
        width: of a line of the answer.

    Returns:
        The answer, and 0 for a correct file, 1 for one that is wrong or fragile, 2 for one that cannot run.

    Raises:
        LimitError: limits within which nothing can run.
        OSError: the file is a folder, a pipe or a device, or larger than any program is; or the file for the answer
            cannot be written.
    """
    check_limits(seconds, memory)
    _look_at(path)
    with ExitStack() as stack:
        data = stack.enter_context(pending(json, DATA)) if json else None
        html = stack.enter_context(pending(page, PAGE)) if page else None
        found = diagnose_apart(path, seconds, memory)
        if data:
            plain = msgspec.structs.replace(found.diagnosis, annotation=None)  # what a page is made of
            data.write(msgspec.json.format(encoded(plain), indent=2) + b"\n")
        if html:
            from backproof.answer.page import page as as_page

            html.write(as_page(withheld(found.diagnosis, hint)).encode())
    text = rendered(found.diagnosis, width, hint)
    if not found.isolated:
        text.append(f"\n{found.isolation}\n", style="dim")
    if show_output:
        text.append(f"\nThe file printed {found.output_bytes} bytes:\n{_printable(found.output)}\n")
    elif found.output_bytes:
        text.append(f"\nThe file printed {found.output_bytes} bytes; --output shows them.\n", style="dim")
    return text, STATUS[found.diagnosis.verdict]


def _printable(text: str) -> str:
    """Without the characters that would steer a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def in_colour(text: Text) -> str:
    """For standard output: with colours on a terminal, unless ``NO_COLOR`` is set (https://no-color.org)."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text.plain
    from rich.console import Console

    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(text, end="", soft_wrap=True)
    return captured.get()
