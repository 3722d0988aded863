"""Ctrl-C is for the process that the user sees: what it starts is not interrupted, but ended by it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """Processes that this thread starts meanwhile are never interrupted, from their first moment on."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: they ignore it once they can
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
