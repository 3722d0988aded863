"""What a process starts is not interrupted, and the process itself still is."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from check.interrupts import held_back

MASK = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system has no signal masks")
def test_only_what_is_started_is_held_back() -> None:
    with held_back():
        started = subprocess.run([sys.executable, "-c", MASK], capture_output=True, text=True, check=True)
    afterwards = subprocess.run([sys.executable, "-c", MASK], capture_output=True, text=True, check=True)
    assert (started.stdout, afterwards.stdout) == ("True\n", "False\n")
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
