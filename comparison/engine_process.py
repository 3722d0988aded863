"""An engine in a process of its own: two can train at the same time, and none can touch what another is given."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from backproof.interrupts import held_back
from engines import BinaryClassifier, EngineError, NotInstalled, PromiseBroken, load_engine


class Loaded(NamedTuple):
    """What a function that runs in the process is given."""

    engine: type[BinaryClassifier]
    seconds: float  # that importing it took
    advance: Callable[[int], None]  # adds to ``progress``


class EngineProcess:
    """Starts a process and loads an engine in it.

    Args:
        name: one of engines.ENGINES, or ``file.py:Class``.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
        self._pipe, theirs = context.Pipe()
        self._progress = context.RawValue("q", 0)  # without a lock: only the process writes it
        self._process = context.Process(target=_serve, args=(name, theirs, self._progress), daemon=True)
        with held_back():
            self._process.start()
        theirs.close()

    @property
    def progress(self) -> int:
        """How far the function that runs there says it is."""
        return self._progress.value

    def wait_until_loaded(self) -> None:
        """Raises: NotInstalled or EngineError, as ``engines.load_engine``; its sentence tells which engine."""
        self._receive(f"the process of {self._name} ended by itself")

    def call(self, function: Callable[..., Any], *args: object) -> Any:
        """What ``function(loaded, *args)`` returns there; everything is pickled on its way.

        Raises:
            EngineError: the function failed, or the process ended.
        """
        with suppress(ConnectionError):  # of a process that has ended, which _receive tells
            self._pipe.send((function, args))
        return self._receive("the process of the engine ended by itself")

    def close(self) -> None:
        """End the process: by itself if it is idle, or else in its own way, or else by force."""
        self._pipe.close()
        self._process.join(timeout=0.1)
        self._process.terminate()
        self._process.join(timeout=1)
        self._process.kill()
        self._process.join()

    def _receive(self, if_ended: str) -> Any:
        try:
            result, error = self._pipe.recv()
        except (EOFError, ConnectionError):
            raise EngineError(if_ended) from None
        except Exception as unreadable:  # a stranger's engine may return anything
            raise _as_engine_error(unreadable) from unreadable
        if error is not None:
            raise error
        return result


def named(name: str, function: Callable[..., Any], *args: object) -> Any:
    """``function(*args)``, with the engine's name before the sentence of its error."""
    try:
        return function(*args)
    except EngineError as error:
        raise type(error)(f"{name}: {error}") from error


def _as_engine_error(error: BaseException) -> EngineError:
    """One sentence, of a kind that both processes know."""
    kind = next((known for known in (NotInstalled, PromiseBroken) if type(error) is known), EngineError)
    prefix = "" if isinstance(error, EngineError) else f"{type(error).__name__}: "
    return kind((prefix + " ".join(str(error).split())).removesuffix(": "))


def _end_with_parent() -> None:
    """A parent that was killed could not end this process, which would go on training for nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


class _Ended(BaseException):
    """The parent ends this process, whatever the engine is doing."""


def _end(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what libraries say about an end on their way is for nobody
    raise _Ended


def _serve(name: str, pipe: Connection, progress: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which then ends this process
    os.dup2(2, 1)  # what an engine prints is no part of the command's answer
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def advance(amount: int) -> None:
        progress.value += amount

    def answer(function: Callable[..., Any], *args: object) -> Any:
        try:
            pipe.send((function(*args), None))
        except _Ended:
            raise
        except BaseException as error:  # a stranger's engine may raise anything, or return what cannot be pickled
            pipe.send((None, _as_engine_error(error)))

    loaded: list[Loaded] = []

    def load() -> None:
        clock = time.perf_counter()
        engine = load_engine(name)
        loaded.append(Loaded(engine, time.perf_counter() - clock, advance))

    with suppress(_Ended):
        signal.signal(signal.SIGTERM, _end)  # an exception, so that libraries can tidy up what they started
        with suppress(EOFError, ConnectionError):  # nobody waits for an answer any more
            answer(load)
            while loaded:
                function, args = pipe.recv()
                answer(function, loaded[0], *args)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends already
