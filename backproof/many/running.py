"""One way to run many things: independent tasks, each at once when a worker is free, each result kept when it comes.

A task is a function of bytes that gives bytes; what many tasks need alike goes to each worker once. What fails in a
task is for the function to say; a worker that is killed, a scheduler that goes away for a while and a worker of another
version cost time, and no result.
"""

from __future__ import annotations

import contextlib
import queue
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from backproof.interrupts import kept_for_later
from backproof.many.cluster import Cluster
from backproof.many.kept import Kept
from backproof.many.version import Version

TRIES = 3  # of a task whose worker fails
Function = Callable[..., bytes]  # of bytes


def _always(_: bytes) -> bool:
    return True


def _nothing(name: str) -> bytes:
    raise KeyError(name)


class Work(NamedTuple):
    """What is done with each argument.

    Attributes:
        function: does it; can be imported on a worker.
        version: of the code that results depend on.
        worth_keeping: whether what the function gave is kept, or is found anew by the next run.
        shared: makes what many tasks need, by its name, when the first of them is sent.
    """

    function: Function
    version: Version
    worth_keeping: Callable[[bytes], bool] = _always
    shared: Callable[[str], bytes] = _nothing


class Task(NamedTuple):
    """One thing to run.

    Attributes:
        key: says what it is: equal keys have equal results.
        argument: makes what the function is given, when it is its turn.
        needs: the names of what is shared that the function is given besides, in this order.
    """

    key: str
    argument: Callable[[], bytes]
    needs: tuple[str, ...] = ()


class Done(NamedTuple):
    """What came of a task.

    Attributes:
        value: what the function gave; None where there is nothing.
        failure: then one sentence.
        again: whether it was kept from an earlier run.
    """

    key: str
    value: bytes | None
    failure: str = ""
    again: bool = False


def run_many(
    work: Work, tasks: Iterable[Task], kept: Kept | None, cluster: Callable[[Version], Cluster]
) -> Iterator[Done]:
    """Run tasks, and give what comes of them as it comes.

    Args:
        tasks: with different keys.
        kept: has the results of earlier runs, and is given those of this one; failures are not kept. None where
            nothing is to be kept.
        cluster: makes the place to run them in, with workers of this version, if there is anything to run.

    Raises:
        CannotRun: there is no such place, or it went away for good.
    """
    waiting: list[Task] = []
    for task in tasks:
        value = kept.get(_key(work, task.key)) if kept else None
        if value is None:
            waiting.append(task)
        else:
            yield Done(task.key, value, again=True)
    if not waiting:
        return
    with cluster(work.version) as place:
        for done in _Round(work, waiting, place).results():
            if kept and done.value is not None and work.worth_keeping(done.value):
                kept.put(_key(work, done.key), done.value)
            yield done


def _key(work: Work, key: str) -> str:
    return f"{work.version()} {key}"


def checked(function: Function, version: Version, wanted: str, *arguments: bytes) -> bytes | None:
    """On a worker: the function, if this is the version that is wanted; else None."""
    return function(*arguments) if version() == wanted else None


class _Sent(NamedTuple):
    task: Task
    attempt: int
    future: Any
    only: frozenset[str] | None  # the workers that it was for; None for all


class _Round:
    """Tasks on their way."""

    def __init__(self, work: Work, tasks: Iterable[Task], place: Cluster) -> None:
        self._work, self._place = work, place
        self._waiting = deque((task, 1) for task in tasks)
        self._sent: dict[str, _Sent] = {}
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._shared: dict[str, Any] = {}  # the future of each, by its name
        self._shared_by: Any = None  # the connection that they belong to

    def results(self) -> Iterator[Done]:
        """Send and receive until nothing is left, or until an interrupt."""
        with kept_for_later(lambda: self._ended.put("")) as raise_an_interrupt:
            while self._waiting or self._sent:
                raise_an_interrupt()
                yield from self._next()

    def _next(self) -> Iterator[Done]:
        """What ends next, if anything does within a second."""
        if not self._place.alive:
            self._take_back(list(self._sent))
            self._place.reconnect()
        self._place.insist_on_workers()
        while self._waiting and len(self._sent) < self._place.room and self._place.usable():
            self._send(*self._waiting.popleft())
        self._take_back_the_stranded()
        with contextlib.suppress(queue.Empty):
            name = self._ended.get(timeout=1)
            if name in self._sent:
                yield from self._received(self._sent.pop(name))

    def _send(self, task: Task, attempt: int) -> None:
        name = f"backproof-{uuid.uuid4().hex}"
        only = frozenset(self._place.usable()) if self._place.refuses else None
        where = sorted(only) if only else None
        needs = [self._there(each, where) for each in task.needs]
        future = self._place.client.submit(
            checked, self._work.function, self._work.version, self._work.version(), task.argument(), *needs,
            key=name, pure=False, workers=where,
        )  # fmt: skip
        self._sent[name] = _Sent(task, attempt, future, only)
        future.add_done_callback(lambda _: self._ended.put(name))

    def _there(self, name: str, where: list[str] | None) -> Any:
        """What is shared, as a task of its own: its worker hands it on, and another makes it anew should that die."""
        client = self._place.client
        if self._shared_by is not client:
            self._shared, self._shared_by = {}, client
        if name not in self._shared:
            key = f"backproof-{uuid.uuid4().hex}"
            self._shared[name] = client.submit(bytes, self._work.shared(name), key=key, pure=False, workers=where)
        return self._shared[name]

    def _forget_what_it_needs(self, task: Task) -> None:
        """It is sent anew with the next task that needs it."""
        for name in task.needs:
            self._shared.pop(name, None)

    def _take_back(self, names: Iterable[str]) -> None:
        """Send them once more, later."""
        for name in names:
            sent = self._sent.pop(name)
            with contextlib.suppress(Exception):
                sent.future.cancel()
            self._forget_what_it_needs(sent.task)
            self._waiting.appendleft((sent.task, sent.attempt))

    def _take_back_the_stranded(self) -> None:
        """Tasks for certain workers that are all gone would wait for ever."""
        there = frozenset(self._place.usable())
        self._take_back([name for name, sent in self._sent.items() if sent.only and not sent.only & there])

    def _received(self, sent: _Sent) -> Iterator[Done]:
        task, future = sent.task, sent.future
        try:
            value = future.result(timeout=60)
        except Exception as error:
            self._forget_what_it_needs(task)
            if future.status in ("cancelled", "lost"):  # with the scheduler
                self._waiting.appendleft((task, sent.attempt))
            elif sent.attempt < TRIES:
                self._place.look_again()
                self._waiting.append((task, sent.attempt + 1))
            else:
                yield Done(task.key, None, f"no worker could do it: {_said(error)}")
            return
        if value is None:
            self._place.look_again()
            self._waiting.append((task, sent.attempt))
        else:
            yield Done(task.key, value)


def _said(error: Exception) -> str:
    if type(error).__name__ == "KilledWorker":
        return "each worker that tried was killed"
    first = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
