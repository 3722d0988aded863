"""How far a run is, and how long it will still take."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from backproof.many.cluster import Tell


class Watch(Protocol):
    """Is told how far it is."""

    def __call__(self, done: int, total: int) -> None:
        """So many of so many are done."""


@contextmanager
def progress(what: str, tell: Tell) -> Iterator[Watch]:
    """A bar with the time that is left, where somebody sees it; a sentence now and then where not.

    Args:
        what: was done to each, as in "graded".
        tell: is told the sentences.
    """
    if not sys.stderr.isatty():
        yield _Sentences(what, tell)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Sentences:
    """Ten in all."""

    def __init__(self, what: str, tell: Tell) -> None:
        self._what, self._tell = what, tell
        self._start, self._said = time.monotonic(), 0

    def __call__(self, done: int, total: int) -> None:
        if total >= 20 and 10 * done // total > self._said:
            self._said = 10 * done // total
            left = (time.monotonic() - self._start) * (total - done) / done
            self._tell(f"{done} of {total} {self._what}, about {_duration(left)} to go")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
