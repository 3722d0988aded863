"""One program on trial, on a worker: written to a folder of its own, and diagnosed in a process of its own."""

from __future__ import annotations

import re
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from backproof.diagnosis.apart import diagnose_apart
from backproof.diagnosis.report import Diagnosis, decoded, encoded
from backproof.sandbox.warm import WarmProcess

PATIENCE = 6.0  # times as long, where other programs keep the processors busy: they take nothing from anybody's grade
_here = threading.local()  # a warm process for each thread of a worker


class Program(msgspec.Struct, frozen=True):
    """A program as it travels.

    Attributes:
        main: the name of the file that is judged.
        files: the content of all its files, by name; names have / between their parts and never lead outside.
        seconds, memory: its limits, in s and MiB.
    """

    main: str
    files: dict[str, bytes]
    seconds: float
    memory: int


class Tried(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        diagnosis: its paths are those of the program's own folder.
        output: the beginning of what it printed.
        output_bytes: how much that was in all.
        lacking: what could not be taken from its process, in words; "" for nothing.
        seconds: that it took.
    """

    diagnosis: Diagnosis
    output: str
    output_bytes: int
    lacking: str
    seconds: float


def on_trial(program: bytes) -> bytes:
    """Diagnose a program; both as messages."""
    return msgspec.msgpack.encode(tried(msgspec.msgpack.decode(program, type=Program)))


def tried(program: Program) -> Tried:
    """Diagnose a program in a copy of this thread's warm process."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="backproof-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        for path, content in program.files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        found = diagnose_apart(folder / program.main, program.seconds, program.memory, _warm().run, PATIENCE)
        diagnosis = decoded(encoded(found.diagnosis).replace(f"{folder}/".encode(), b""))
    lacking = re.search(r"Not in force on this system: (.*?)\.", found.isolation)
    return Tried(
        diagnosis, found.output, found.output_bytes, lacking[1] if lacking else "", round(time.monotonic() - start, 2)
    )


def _warm() -> WarmProcess:
    if not hasattr(_here, "process"):
        _here.process = WarmProcess()
    process: WarmProcess = _here.process
    return process
