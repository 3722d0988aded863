"""Starts the process that runs a learner's file, keeps the beginning of its output, and sees to its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

SHOWN_OUTPUT = 64 * 1024  # bytes of the file's output that are kept
GRACE = 3.0  # seconds that the supervisor may take beyond the learner's own
CHILD = Path(__file__).with_name("child.py")
# What chooses the arithmetic of libraries: settings, no secrets.
NUMERIC = ("OPENBLAS_", "MKL_", "OMP_", "BLIS_", "GOTO_", "NPY_", "NUMEXPR_", "VECLIB_")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Output:
    """What the process printed: its beginning, and how much it was in all."""

    def __init__(self) -> None:
        self.kept = b""
        self.size = 0

    def read(self, stream: IO[bytes]) -> None:
        """Read to the end, so that the writer is never blocked and no disk fills."""
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(stream.fileno(), 1 << 16):
                self.kept += chunk[: SHOWN_OUTPUT - len(self.kept)]
                self.size += len(chunk)


def run_child(request: bytes, folder: Path, seconds: float) -> tuple[int | None, Output]:
    """Run the child program, which finds its files in the folder, and wait for its end.

    Returns:
        Its exit status as Popen says it, None if it had to be ended from here; and its output.
    """
    home = str(folder / "work")
    process = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environment() | {"HOME": home, "TMPDIR": home},
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    output = Output()
    reader = threading.Thread(target=output.read, args=(process.stdout,), daemon=True)
    reader.start()
    status = None
    try:
        with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
            stdin.write(request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = process.wait(seconds + GRACE)
    finally:
        _end(process)
        reader.join(1.0)  # what was left running where nothing could end it may still hold the pipe
        if not reader.is_alive():
            process.stdout.close()
    return status, output


def environment() -> dict[str, str]:
    """The variables of a process that runs programs: settings of libraries, and no secrets."""
    kept = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    found = {name: value for name, value in os.environ.items() if name in kept or name.startswith(NUMERIC)}
    return found | {"LC_ALL": "C.UTF-8", "MPLBACKEND": "Agg"} | dict.fromkeys(ONE_THREAD, "1")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the process and its group."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
