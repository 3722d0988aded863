"""The whole sweep: each training that is not kept from an earlier one is run, and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from backproof.many.cluster import Cluster, Tell
from backproof.many.kept import Kept
from backproof.many.progress import Watch
from backproof.many.running import Task, Work, run_many
from comparison.engine_process import EngineProcess
from comparison.sweep.asked import Asked, Grid
from comparison.sweep.reached import Run
from comparison.sweep.task import Order, has_ended, library, read, trained, version
from data import Dataset
from engines import EngineError, NotInstalled


class Place(NamedTuple):
    """Where to run.

    Attributes:
        workers: processes on this machine; None for one a processor.
        scheduler: the address of a Dask cluster to use instead.
        data: the folder of the data; None for what ships or is published.
    """

    workers: int | None = None
    scheduler: str | None = None
    data: Path | None = None


def sweep(asked: Sequence[Asked], kept: Kept, place: Place, tell: Tell, watch: Watch) -> list[Run]:
    """Run all trainings; the runs, in the order of what was asked.

    Raises:
        CannotRun: there is nowhere to run them.
        OSError: what is done cannot be kept.
    """
    by_key = {each.key: each for each in asked}
    folder = place.data.resolve() if place.data else None

    def argument(each: Asked) -> Callable[[], bytes]:
        return lambda: msgspec.msgpack.encode(Order(each, folder))

    longest_first = sorted(by_key.items(), key=lambda item: -item[1].hidden / item[1].batch_size)
    tasks = [Task(key, argument(each)) for key, each in longest_first]
    cluster = partial(Cluster, place.workers, place.scheduler, tell)
    runs: dict[str, Run] = {}
    again = 0
    try:
        for done in run_many(Work(trained, version, has_ended), tasks, kept, cluster):
            runs[done.key] = read(done.value) if done.value else Run(by_key[done.key], failure=done.failure)
            again += done.again
            watch(len(runs) - again, len(by_key) - again)
    except (KeyboardInterrupt, SystemExit):
        ended = sum(not run.failure for run in runs.values())
        tell(f"{ended} of {len(by_key)} trainings are done and kept; the same command goes on from there")
        raise
    return [runs[key] for key in by_key]


def trainings(grid: Grid, dataset: Dataset, train_samples: int | None) -> list[Asked]:
    """All trainings of a grid, seeds innermost."""
    libraries = {engine: library(engine) for engine in grid.engines}
    return [
        Asked(
            group.engine,
            libraries[group.engine],
            group.hidden,
            group.learning_rate,
            group.batch_size,
            grid.epochs[-1],
            seed,
            dataset.class_names,
            train_samples,
            dataset.fingerprints.images,
            dataset.fingerprints.labels,
        )
        for group in grid.groups
        for seed in grid.seeds
    ]


def those_that_load(engines: Sequence[str], skip_missing: bool, tell: Tell) -> list[str]:
    """The engines that can be loaded here, each tried in a process of its own.

    Args:
        skip_missing: leave out one that is not installed, and tell so.

    Raises:
        EngineError: one cannot be loaded, or is not installed and not to be left out.
    """
    found = []
    with ExitStack() as stack:
        processes = {name: EngineProcess(name) for name in dict.fromkeys(engines)}
        for process in processes.values():
            stack.callback(process.close)
        for name, process in processes.items():
            try:
                process.wait_until_loaded()
                found.append(name)
            except NotInstalled as error:
                if not skip_missing:
                    raise
                tell(f"left out: {error}")
    if not found:
        raise EngineError("there is no engine to run")
    return found
