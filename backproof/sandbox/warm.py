"""A process that has everything imported, and divides a fresh copy of itself for each learner's file.

To start Python and import the library takes longer than most files take to be judged. The warm process itself runs
nothing of any learner's; its copies live in the same limits, namespaces and files as a process that was started anew.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from backproof.sandbox.isolation import LINUX
from backproof.sandbox.process import CHILD, GRACE, Output, environment, run_child

STARTING = 120.0  # seconds that the imports may take, on a machine that is busy


class WarmProcess:
    """Runs children as ``run_child`` does, one after the other, from one warm process. Not for several threads at once.

    Where the system is not Linux each child is started anew.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def run(self, request: bytes, folder: Path, seconds: float) -> tuple[int | None, Output]:
        """Run a child, which finds its files in the folder, and wait for its end; as ``run_child``."""
        if not LINUX:
            return run_child(request, folder, seconds)
        output = Output()
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as stream:
            reader = threading.Thread(target=output.read, args=(stream,), daemon=True)
            reader.start()
            try:
                copy = self._divided(request, writing)
            finally:
                os.close(writing)
            status = None if copy is None else self._ended(copy, seconds)
            reader.join(1.0)  # what was left running where nothing could end it may still hold the pipe
        return status, output

    def _divided(self, request: bytes, output: int) -> int | None:
        """The number of the copy; None where two warm processes in turn could make none."""
        for _ in range(2):
            try:
                socket.send_fds(self._started(), [request], [output])
                copy = self._answer(STARTING)
            except OSError:
                copy = None
            if copy is not None:
                return copy
            self.close()  # it was ended by somebody
        return None

    def _ended(self, copy: int, seconds: float) -> int | None:
        """The status of the copy; None where it had to be ended because its supervisor did not."""
        status = self._answer(seconds + GRACE)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(copy, signal.SIGKILL)  # what is left of its group
        if status is None and self._answer(GRACE) is None:
            self.close()
        return status

    def _answer(self, seconds: float) -> int | None:
        """The next number that the warm process sends; None where none comes in time."""
        assert self._channel is not None
        self._channel.settimeout(seconds)
        try:
            return int(self._channel.recv(32))
        except (OSError, ValueError):
            return None

    def _started(self) -> socket.socket:
        if self._channel is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-X", "utf8", str(CHILD), str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    env=environment(),
                    start_new_session=True,
                )
            self._channel = ours
        return self._channel

    def close(self) -> None:
        """End the warm process, and with it its copies."""
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._channel = self._process = None

    def __enter__(self) -> WarmProcess:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()
