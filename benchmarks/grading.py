"""``python -m benchmarks.grading``: how many programs are graded in a second, and what each part of it costs.

The programs are single edits of correct ones, each with a line of its own, so that none is graded twice. Further parts:
what it costs to keep a program apart (a process started anew, a copy of a warm one), what a task costs on its way
through Dask, and what follows for more programs and workers.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tabulate import tabulate

from backproof.diagnosis.apart import diagnose_apart
from backproof.grading.command import Order, grade
from backproof.grading.version import version
from backproof.many.cluster import Cluster
from backproof.many.kept import Kept
from backproof.many.running import Task, Work, run_many
from backproof.sandbox.process import run_child
from backproof.sandbox.warm import WarmProcess
from benchmarks.mutants.run import all_mutants

MIB = 1 << 20


class Graded(NamedTuple):
    """A class that was graded: from the first task to the last page, without what Dask takes to start."""

    workers: int
    programs: int
    seconds: float
    on_trial: float  # seconds of a program in its process, on average
    starting: float

    @property
    def rate(self) -> float:
        return self.programs / self.seconds


def class_of(folder: Path, count: int, seed: int = 0) -> None:
    """Write so many different programs."""
    every = list(all_mutants())
    for k, mutant in enumerate(random.Random(seed).choices(every, k=count)):
        (folder / f"s{k:06}.py").write_text(f"{mutant.text}\n# student {k}\n")


def graded(folder: Path, workers: int) -> Graded:
    """Grade a class, and take the time."""
    with tempfile.TemporaryDirectory() as out:
        begun = time.perf_counter()
        first: list[float] = []

        def watch(*_: int) -> None:
            if not first:
                first.append(time.perf_counter())

        grades = grade(Order(folder, Path(out) / "grades", workers=workers), print, watch)
        ended = time.perf_counter()
    on_trial = sum(one.seconds for one in grades) / len(grades)
    return Graded(workers, len(grades), ended - first[0] + on_trial, on_trial, first[0] - begun - on_trial)


def isolation(repeats: int) -> list[tuple[str, float]]:
    """Milliseconds of a program that does nothing, in a process of its own."""
    with tempfile.TemporaryDirectory() as name, WarmProcess() as warm:
        path = Path(name) / "nothing.py"
        path.write_text("def backprop(:")
        rows = []
        for what, run in (("a process started anew", run_child), ("a copy of a warm process", warm.run)):
            times = [_seconds(lambda run=run: diagnose_apart(path, run=run)) for _ in range(repeats + 1)]
            rows.append((what, 1e3 * median(times[1:])))
    return rows


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Quick(NamedTuple):
    """Tasks that do nothing: ms of each through Dask, and how the memory of this process grew, in MiB."""

    tasks: int
    each: float
    early: float
    late: float


def through_dask(count: int, workers: int) -> Quick:
    """Send tasks that do nothing; the scheduler of a local cluster lives in this process too."""
    with tempfile.TemporaryDirectory() as name, Kept(Path(name) / "done") as kept, ExitStack() as stack:
        place = stack.enter_context(Cluster(workers, None, print, version))
        tasks = [Task(str(k), lambda k=k: str(k).encode()) for k in range(count)]
        start, early = time.perf_counter(), 0.0
        for number, _ in enumerate(run_many(Work(bytes, version), tasks, kept, lambda _: place), 1):
            if number == max(1, count // 10):
                early = _memory()
        return Quick(count, 1e3 * (time.perf_counter() - start) / count, early, _memory())


def _memory() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return float("nan")
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def model(one: Graded, quick: Quick, sizes: Sequence[int] = (10_000, 1_000_000)) -> str:
    """Hours for many programs: each takes its time on a worker, and its way through one scheduler."""
    rows = []
    for programs in sizes:
        for workers in (2, 16, 128, 1024):
            on_workers = programs * one.on_trial / workers
            on_scheduler = programs * quick.each / 1e3
            bound = "the workers" if on_workers > on_scheduler else "the scheduler and the network"
            rows.append([f"{programs:,}", workers, f"{max(on_workers, on_scheduler) / 3600:.2f}", bound])
    return tabulate(rows, ["programs", "workers", "hours", "bound by"], "github")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, os.cpu_count() or 1], help="one run for each")
    parser.add_argument("--tasks", type=int, default=10_000, help="that do nothing")
    parser.add_argument("--repeats", type=int, default=20)
    arguments = parser.parse_args()
    print(tabulate(isolation(arguments.repeats), ["kept apart by", "ms"], "github", floatfmt=".0f"), end="\n\n")
    quick = through_dask(arguments.tasks, max(arguments.workers))
    print(
        f"{quick.tasks:,} tasks that do nothing: {quick.each:.1f} ms each through Dask; "
        f"memory {quick.early:.0f} MiB after a tenth of them, {quick.late:.0f} MiB after all\n"
    )
    with tempfile.TemporaryDirectory() as name:
        class_of(Path(name), arguments.programs)
        runs = [graded(Path(name), workers) for workers in arguments.workers]
    rows = [[one.workers, one.programs, one.seconds, one.rate, one.on_trial, one.starting] for one in runs]
    headers = ["workers", "programs", "seconds", "a second", "s of a program", "s to start"]
    print(tabulate(rows, headers, "github", floatfmt=".2f"), end="\n\n")
    print(model(runs[-1], quick))


if __name__ == "__main__":
    main()
