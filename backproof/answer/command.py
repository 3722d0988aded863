"""The command ``check``: from a file to an answer and an exit status."""

from __future__ import annotations

import ast
from contextlib import ExitStack
from pathlib import Path

import msgspec

from backproof.answer.text import rendered
from backproof.diagnosis.apart import MEMORY, SECONDS, check_limits, diagnose_apart
from backproof.diagnosis.calls.adapter import VALUE, built, joined, parts_of
from backproof.diagnosis.report import encoded
from backproof.outputs import pending
from backproof.replay.sources import MOST_BYTES, ProgramError, read

STATUS = {"correct": 0, "wrong": 1, "fragile": 1, "cannot run": 2}


REPORT = {"X", "y", "W1", "b1", "W2", "b2"}  # the arguments of the report's network


def is_of_any_network(path: Path) -> bool:
    """Whether a file can be replayed as it stands: its function returns its loss, or there is an example of a call.

    Not so the network of the report, whose loss may be left out, and its engines.

    Raises:
        OSError: it is a folder, a pipe or a device, or larger than any program is.
    """
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is not a file")
    if path.exists() and path.stat().st_size > MOST_BYTES:
        raise OSError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB, which no program is")
    try:
        tree = read(path.absolute(), None).tree
    except ProgramError:
        return False
    if path.suffix == ".ipynb" or any(isinstance(n, ast.FunctionDef) and n.name == "example" for n in tree.body):
        return True
    function = next((part for part in parts_of(tree) if part.name == "backprop"), None)
    if function is None:
        return joined(tree) is not None or built(tree) is not None
    return set(function.takes) != REPORT or (len(function.gives) > 1 and bool(VALUE.match(function.gives[0])))


def check(
    path: Path,
    *,
    json: Path | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    show_output: bool = False,
    width: int = 88,
) -> tuple[str, int]:
    """Diagnose a file of any network in a process of its own.

    Args:
        path: the file; it defines ``backprop`` and ``example``.
        json: a file for the answer as data; written whatever the verdict.
        seconds, memory: limits for the process, in s and MiB.
        show_output: whether to add what the file printed.
        width: of a line of the answer.

    Returns:
        The answer, and 0 for a correct file, 1 for one that is wrong or fragile, 2 for one that cannot run.

    Raises:
        LimitError: limits within which nothing can run.
        OSError: the file for the answer cannot be written.
    """
    check_limits(seconds, memory)
    with ExitStack() as stack:
        output = stack.enter_context(pending(json)) if json else None
        found = diagnose_apart(path, seconds, memory)
        if output:
            output.write(msgspec.json.format(encoded(found.diagnosis), indent=2) + b"\n")
    text = rendered(found.diagnosis, width)
    if not found.isolated:
        text += f"\n{found.isolation}\n"
    if show_output:
        text += f"\nThe file printed {found.output_bytes} bytes:\n{_printable(found.output)}\n"
    elif found.output_bytes:
        text += f"\nThe file printed {found.output_bytes} bytes; --output shows them.\n"
    return text, STATUS[found.diagnosis.verdict]


def _printable(text: str) -> str:
    """Without the characters that would steer a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)
