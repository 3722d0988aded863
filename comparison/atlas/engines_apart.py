"""Engines, each in a process of its own: they share no memory, no settings and no core, and each says its peak."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import NamedTuple, TypeVar

from comparison.atlas.adapters import Adapter, load
from comparison.atlas.answering import cells
from comparison.atlas.asking import Asked
from comparison.atlas.cells import Cell
from comparison.atlas.smallest import with_examples
from comparison.atlas.types_of_numbers import TYPES

Result = TypeVar("Result")
# Compiling takes nine tenths of a survey. An engine that compiles each operation, for each type, has two processes: no
# two types next to each other in TYPES meet in one, and nothing is compiled twice.
PROCESSES = {"jax": 2, "tinygrad": 2}


class Facts(NamedTuple):
    """What an adapter says of itself."""

    name: str
    version: str
    modes: tuple[str, ...]
    dtypes: tuple[str, ...]


class Engine(NamedTuple):
    """An engine that can be asked.

    Attributes:
        answer: the cells of these modes, sooner or later.
        call: anything else about numbers of a type that takes the adapter and these arguments.
        memory: the most memory that each of its processes has held, in bytes.
    """

    facts: Facts
    answer: Callable[[Sequence[str], Asked], Future[list[Cell]]]
    call: Callable[..., Future]  # type, function, arguments
    memory: Callable[[], list[int]]


def facts(adapter: Adapter) -> Facts:
    """What an adapter says of itself."""
    return Facts(adapter.name, adapter.version, tuple(adapter.modes), tuple(adapter.dtypes))


def here(adapter: Adapter) -> Engine:
    """An engine in this process, which answers at once."""

    def call(_dtype: str, function: Callable[..., Result], *arguments: object) -> Future[Result]:
        future: Future[Result] = Future()
        try:
            future.set_result(function(adapter, *arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    return Engine(
        facts(adapter), lambda modes, asked: call(asked.dtype, _answer, modes, asked), call, lambda: [peak_memory()]
    )


@contextmanager
def engines_apart(names: Sequence[str]) -> Iterator[list[Engine]]:
    """Engines by name, in processes of their own until the block ends.

    Raises:
        NotThere: one is not known or not installed.
    """
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pools = [
            [stack.enter_context(ProcessPoolExecutor(1, context)) for _ in range(PROCESSES.get(name, 1))]
            for name in names
        ]
        for pool in [pool for several in pools for pool in several]:
            stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        found = [[pool.submit(_in_process, name, facts) for pool in several]
                 for several, name in zip(pools, names, strict=True)]  # fmt: skip
        yield [_engine(several, said[0].result()) for several, said in zip(pools, found, strict=True)]


def _engine(pools: Sequence[ProcessPoolExecutor], said: Facts) -> Engine:
    def call(dtype: str, function: Callable[..., Result], *arguments: object) -> Future[Result]:
        pool = pools[list(TYPES).index(dtype) % len(pools)]
        return pool.submit(_in_process, said.name, function, *arguments)

    def memory() -> list[int]:
        return [pool.submit(_in_process, said.name, peak_memory).result() for pool in pools]

    return Engine(said, lambda modes, asked: call(asked.dtype, _answer, modes, asked), call, memory)


def _answer(adapter: Adapter, modes: Sequence[str], asked: Asked) -> list[Cell]:
    return with_examples(adapter, cells(adapter, modes, asked), asked)


def _in_process(name: str, function: Callable[..., Result], *arguments: object) -> Result:
    return function(_loaded(name), *arguments)


@cache
def _loaded(name: str) -> Adapter:
    import engines  # noqa: F401  (the variables that ask for one thread)

    return load(name)


def peak_memory(adapter: Adapter | None = None) -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
