"""Stands over the process of a learner's program: waits for it, ends it in time, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from typing import NamedTuple

from backproof.sandbox import isolation

POLL = 0.01  # seconds
CROWD_CHECK, LOOKS = 5, 5  # polls
PATIENCE = 2.0  # seconds
ENOUGH = 0.7  # of its time on a processor: then a program has had what it was promised


class Ending(NamedTuple):
    """How the program's process ended."""

    how: str  # "exit", "signal", "time" or "processes"
    value: int  # the exit status or the number of the signal; 0 otherwise
    facts: dict[str, bool]


def supervise(work: Callable[[], None], seconds: float, patience: float = 1) -> Ending:
    """Run ``work`` in a child process, in namespaces of its own where the kernel grants them.

    It and all that it starts are dead when this returns, where Linux lets us see to it. ``work`` does not return: it
    ends its process.

    Args:
        seconds: that it may take.
        patience: how many times as long, while it waits for a processor that others keep busy.
    """
    start = time.monotonic()
    isolation.die_with_parent()
    facts = isolation.enter_namespaces()
    adopting = isolation.adopt_orphans()
    child = os.fork()
    if child == 0:
        isolation.die_with_parent()
        if facts["user"]:
            isolation.limit_processes()
        if facts["processes"]:
            _be_first_process()
        work()
        os._exit(70)
    how, status = _wait(child, start, seconds, patience)
    if how != "exit":
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    _end_orphans()
    facts = {**facts, "counted": isolation.LINUX, "ended": facts["processes"] or adopting}
    if how != "exit":
        return Ending(how, 0, facts)
    value = os.waitstatus_to_exitcode(status)
    if facts["processes"] and value > 128:  # as _be_first_process passes on a signal
        value = 128 - value
    return Ending("signal", -value, facts) if value < 0 else Ending("exit", value, facts)


def _wait(child: int, start: float, seconds: float, patience: float) -> tuple[str, int]:
    polls = 0
    deadline, last = start + seconds, start + patience * seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return "exit", status
        if (now := time.monotonic()) >= deadline:
            if now >= last or not _is_starved(child, ENOUGH * seconds):
                return "time", 0
            deadline = min(last, now + seconds / 4)
        polls += 1
        if polls % CROWD_CHECK == 0:
            crowd = isolation.descendants(child, isolation.PROCESSES + 2)
            if len(crowd) > isolation.PROCESSES + 1:
                return "processes", 0
        time.sleep(POLL)


def _is_starved(child: int, enough: float) -> bool:
    """Whether it waits for a processor: one look may find it at a page of memory."""
    for _ in range(LOOKS):
        if isolation.starved(child, enough):
            return True
        time.sleep(POLL)
    return False


def _be_first_process() -> None:
    """Go on in a child: the first process of a namespace is deaf to signals, so it only waits, as init does."""
    worker = os.fork()
    if worker == 0:
        isolation.die_with_parent()
        return
    while True:
        ended, status = os.wait()
        if ended == worker:
            value = os.waitstatus_to_exitcode(status)
            os._exit(128 - value if value < 0 else value)


def _end_orphans() -> None:
    """Kill what was left to us by a program outside a process namespace, until nothing is left."""
    deadline = time.monotonic() + PATIENCE
    while (orphans := isolation.descendants(os.getpid(), isolation.PROCESSES)) and time.monotonic() < deadline:
        for orphan in orphans:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
