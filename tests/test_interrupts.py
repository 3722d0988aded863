"""What a process starts is not interrupted, and the process itself still is."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backproof.interrupts import held_back

ROOT = Path(__file__).parents[1]
MASK = "import signal; print({signal.SIGINT, signal.SIGHUP} <= signal.pthread_sigmask(signal.SIG_BLOCK, []))"
ENDS = """
import signal
from backproof.interrupts import end_in_order
signal.signal(signal.SIGHUP, signal.{before})
end_in_order()
try:
    signal.raise_signal(signal.{number})
finally:
    signal.raise_signal(signal.SIGTERM)  # a second one
    print("in order")
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system has no signal masks")
def test_only_what_is_started_is_held_back() -> None:
    with held_back():
        started = subprocess.run([sys.executable, "-c", MASK], capture_output=True, text=True, check=True)
    afterwards = subprocess.run([sys.executable, "-c", MASK], capture_output=True, text=True, check=True)
    assert (started.stdout, afterwards.stdout) == ("True\n", "False\n")
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no such signal")
@pytest.mark.parametrize(
    ("number", "before", "status"),
    [("SIGTERM", "SIG_DFL", 143), ("SIGHUP", "SIG_DFL", 129), ("SIGHUP", "SIG_IGN", 143)],
)
def test_an_end_from_outside_is_in_order_and_nohup_is_heeded(number: str, before: str, status: int) -> None:
    program = ENDS.format(number=number, before=before)
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (status, "")
    assert run.stdout == ("" if before == "SIG_IGN" else "in order\n")
