"""Trains every engine in its process and audits what comes of it, with no more than two processes busy at a time."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from backproof.interrupts import held_back
from comparison.auditing import audit, block_results, control, train_reordered
from comparison.engine_process import EngineProcess, named
from comparison.results import BlockResult, ControlResult, Reason
from comparison.settings import Settings
from comparison.training import Training, train
from data import Dataset
from engines import COMPARED, ENGINES, EngineError, NotInstalled, Parameters, PromiseBroken
from proof.audit import AuditedBlock

BUSY = 2  # processes, each on one thread

Answer = TypeVar("Answer")

Watch = Callable[[str, int, int], None]  # what is under way, how far it is, and how far it goes


def no_watch(what: str, done: int, total: int) -> None:
    """For a comparison that nobody watches."""


@dataclass
class Outcome:
    """What came of the trainings."""

    trainings: dict[str, Training] = field(default_factory=dict)
    broken: list[Reason] = field(default_factory=list)  # for each engine that broke its promise
    audits: dict[str, list[BlockResult]] = field(default_factory=dict)
    control: ControlResult | None = None


@contextmanager
def side_by_side(names: Iterable[str], skip_missing: bool = False) -> Iterator[SideBySide]:
    """The processes of these engines, each one of engines.ENGINES or ``file.py:Class``; they end with the block.

    An engine whose library is missing is left out, with a word on how to install it, if ``skip_missing``.

    Raises:
        NotInstalled: the library of an engine is missing, and skip_missing is false.
        EngineError: an engine cannot be loaded, or there is none left.
    """
    with ExitStack() as stack:  # what is entered first ends last: threads, once no process keeps them waiting
        threads = stack.enter_context(ThreadPoolExecutor(BUSY))
        spawn = multiprocessing.get_context("spawn")
        with held_back():  # its locks have a process that keeps track of them
            auditors = ProcessPoolExecutor(BUSY, spawn, signal.signal, (signal.SIGINT, signal.SIG_IGN))
        stack.callback(auditors.shutdown, cancel_futures=True)
        engines = {}
        for name in dict.fromkeys(names):
            engines[name] = EngineProcess(name)
            stack.callback(engines[name].close)
        missing = {}
        for name, process in list(engines.items()):
            try:
                process.wait_until_loaded()
            except NotInstalled as error:
                if not skip_missing:
                    raise
                missing[name] = str(error)
                del engines[name]
        if not engines:
            raise EngineError("there is no engine to run: " + "; ".join(missing.values()))
        yield SideBySide(engines, missing, threads, auditors)


@dataclass
class SideBySide:
    """Engines in their processes, and what trains and audits them."""

    engines: dict[str, EngineProcess]
    missing: dict[str, str]  # engines that were left out, and how to install them
    _threads: ThreadPoolExecutor
    _auditors: ProcessPoolExecutor

    def train(
        self, initial: Parameters, dataset: Dataset, settings: Settings, audit_blocks: int | None, watch: Watch
    ) -> Outcome:
        """Train every engine, audit some blocks of each (all if None), and train one of ours once more, reordered.

        Raises:
            EngineError: an engine fails on its way.
        """
        outcome = Outcome()
        job = (initial, dataset, settings)
        training = {  # the engines that compile come last in the list of names: they start first
            self._threads.submit(process.call, train, *job): name for name, process in reversed(self.engines.items())
        }
        # A stranger's engine may be wrong, and not each of ours is quick: of those always compared, the one that
        # starts first.
        trusted = [*reversed(COMPARED), *ENGINES]
        control_engine = next((name for name in trusted if name in self.engines), next(iter(self.engines)))
        reordered: Future[list[Parameters]] | None = None
        audits: dict[str, list[Future[list[AuditedBlock]]]] = {}
        while training or any(not block.done() for blocks in audits.values() for block in blocks):
            wait([*training, *(block for blocks in audits.values() for block in blocks)], 0.2, FIRST_COMPLETED)
            for future in [future for future in training if future.done()]:
                name = training.pop(future)
                try:
                    finished = outcome.trainings[name] = future.result()
                except PromiseBroken as error:
                    outcome.broken.append(Reason(engine=name, text=str(error)))
                    continue
                except EngineError as error:
                    raise type(error)(f"{name}: {error}") from error
                tasks = audit(finished, dataset, settings, audit_blocks)
                audits[name] = [self._threads.submit(self._audit, task) for task in tasks]
                if name == control_engine:
                    reordered = self._threads.submit(named, name, self.engines[name].call, train_reordered, *job)
            self._tell(watch, settings.epochs * len(dataset.y_train), audits)
        in_order = [name for name in self.engines if name in outcome.trainings]
        outcome.trainings = {name: outcome.trainings[name] for name in in_order}
        outcome.audits = {name: block_results(task.result() for task in audits[name]) for name in in_order}
        if reordered:
            trained = outcome.trainings[control_engine]
            outcome.control = control(control_engine, trained, reordered.result())
        return outcome

    def submit(self, task: Callable[[], Answer]) -> Future[Answer]:
        """What a task will return, in a process of its own."""
        with held_back():  # the pool starts a process when it needs one
            return self._auditors.submit(task)

    def _audit(self, task: Callable[[], list[AuditedBlock]]) -> list[AuditedBlock]:
        return self.submit(task).result()

    def _tell(self, watch: Watch, samples: int, audits: Mapping[str, list[Future[list[AuditedBlock]]]]) -> None:
        for name, process in self.engines.items():
            watch(name, process.progress, samples)
        blocks = [block for each in audits.values() for block in each]
        if blocks:
            watch("audit", sum(block.done() for block in blocks), len(blocks))
