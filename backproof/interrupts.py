"""Ctrl-C is for the process that the user sees: what it starts is not interrupted, but ended by it.

So are SIGTERM, and SIGHUP where the terminal goes away.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def held_back() -> Iterator[None]:
    """Processes that this thread starts meanwhile are never interrupted, from their first moment on."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: they ignore it once they can
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_in_order() -> None:
    """Let SIGTERM and SIGHUP, unless it is ignored, raise SystemExit here: status 128 and the signal's number."""
    for number in _ends():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit)


@contextmanager
def kept_for_later(wake: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Meanwhile an interrupt only wakes; the function that this gives raises it, where it suits.

    Python loses an interrupt that falls into the finaliser of an object. A second one has its usual effect at once.
    """
    came: list[int] = []
    before: dict[int, Any] = {}

    def note(number: int, frame: object) -> None:
        came.append(number)
        wake()
        if len(came) > 1:
            before[number](number, frame)

    def raise_it() -> None:
        if came:
            before[came[0]](came[0], None)

    if threading.current_thread() is threading.main_thread():
        for each in (signal.SIGINT, *_ends()):
            if callable(signal.getsignal(each)):
                before[each] = signal.signal(each, note)
    try:
        yield raise_it
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ends() -> list[signal.Signals]:
    return [each for each in signal.Signals if each.name in ("SIGTERM", "SIGHUP")]  # Windows has one of them


def _exit(number: int, _: object) -> None:
    for each in _ends():
        signal.signal(each, signal.SIG_IGN)  # what is tidied up now is not to be interrupted again
    sys.exit(128 + number)
