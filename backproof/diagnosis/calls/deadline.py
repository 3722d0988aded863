"""A time limit for what may run for ever: a program with an edit in it, an edit alone."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class TookTooLong(Exception):
    """The time is over."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise ``TookTooLong`` inside after so many seconds, again and again in case it is caught.

    Only the main thread of a process that has timers can be interrupted; elsewhere nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: Any) -> None:
        raise TookTooLong(f"it takes more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
