"""A time limit for what may run for ever: a program with an edit in it, an edit alone."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any


class TookTooLong(Exception):
    """The time is over."""


class _Clock:
    """Asks the system at most once a millisecond: on some, asking takes longer than what is measured."""

    def __init__(self) -> None:
        self._asked, self._told = 0.0, time.process_time()

    def spent(self) -> float:
        """The processor's time of this process, which other programs do not slow down, in seconds."""
        now = time.perf_counter()
        if now - self._asked > 1e-3:
            self._asked, self._told = now, time.process_time()
        return self._told


spent = _Clock().spent


@contextlib.contextmanager
def each_at_most(seconds: float) -> Iterator[Callable[[], None]]:
    """Raise ``TookTooLong`` in one of many small things that takes longer; each begins with a call of what this gives.

    One timer for all: it looks, again and again, whether another one has begun since. It counts the processor's time of
    this process: so short a limit would be over whenever other programs keep the processors busy.
    """
    begun = looked = 0

    def begin() -> None:
        nonlocal begun
        begun += 1

    def look(*_: Any) -> None:
        nonlocal looked
        if looked == begun:
            raise TookTooLong(f"it takes more than {seconds:g} s")
        looked = begun

    with _timer(_PROCESSOR, seconds, look):
        yield begin


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise ``TookTooLong`` inside after so many seconds, again and again in case it is caught.

    Only the main thread of a process that has timers can be interrupted; elsewhere nothing is limited.
    """

    def stop(*_: Any) -> None:
        raise TookTooLong(f"it takes more than {seconds:g} s")

    with _timer(_CLOCK, seconds, stop):
        yield


_CLOCK, _PROCESSOR = ("ITIMER_REAL", "SIGALRM"), ("ITIMER_PROF", "SIGPROF")  # by name: some systems have none


@contextlib.contextmanager
def _timer(names: tuple[str, str], seconds: float, tick: Callable[..., None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    told = sys.unraisablehook

    def unless_it_is_ours(lost: sys.UnraisableHookArgs) -> None:
        """What falls into a finaliser is lost, and Python says so; the next tick raises it again."""
        if lost.exc_type is not TookTooLong:
            told(lost)

    sys.unraisablehook = unless_it_is_ours
    timer, number = (getattr(signal, name) for name in names)
    before = signal.signal(number, tick)
    around = signal.setitimer(timer, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, *around)
        signal.signal(number, before)
        sys.unraisablehook = told
