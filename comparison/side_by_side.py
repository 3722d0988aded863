"""Trains every engine in its process, no more than two of ours busy meanwhile, and audits what comes of it."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from backproof.interrupts import held_back
from comparison.auditing import Audit, audits_of, block_results, control, samples_of, train_reordered
from comparison.auditors import Cores, run_on
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
        self,
        initial: Parameters,
        dataset: Dataset,
        settings: Settings,
        audit_blocks: int | None,
        watch: Watch,
        cores: Cores | None = None,
    ) -> Outcome:
        """Train every engine, audit some blocks of each (all if None), and train one of ours once more, reordered.

        Args:
            cores: where the audits run once every engine is trained, so that no training shares its core with them.
                Without, in two processes of ours and meanwhile: a few blocks are done before many processes start.

        Raises:
            EngineError: an engine fails on its way.
            CannotRun: the cores can no longer be reached.
            ProofError: an audit of what nothing can be proved about.
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
        audits: dict[str, list[Audit]] = {}
        here: dict[str, list[Future[list[AuditedBlock]]]] = {}
        while training or any(not block.done() for blocks in here.values() for block in blocks):
            wait([*training, *(block for blocks in here.values() for block in blocks)], 0.2, FIRST_COMPLETED)
            for future in [future for future in training if future.done()]:
                name = training.pop(future)
                try:
                    finished = outcome.trainings[name] = future.result()
                except PromiseBroken as error:
                    outcome.broken.append(Reason(engine=name, text=str(error)))
                    continue
                except EngineError as error:
                    raise type(error)(f"{name}: {error}") from error
                audits[name] = list(audits_of(finished, settings, audit_blocks))
                if cores is None:
                    here[name] = [self._threads.submit(self._audit, each, dataset, settings) for each in audits[name]]
                if name == control_engine:
                    reordered = self._threads.submit(named, name, self.engines[name].call, train_reordered, *job)
            self._tell(watch, settings.epochs * len(dataset.y_train), here)
        in_order = [name for name in self.engines if name in outcome.trainings]
        outcome.trainings = {name: outcome.trainings[name] for name in in_order}
        if cores is None:
            audited = {name: [each.result() for each in here[name]] for name in in_order}
        else:
            audited = run_on(cores, audits, dataset, settings, watch)
        outcome.audits = {name: block_results(audited[name]) for name in in_order}
        if reordered:
            trained = outcome.trainings[control_engine]
            outcome.control = control(control_engine, trained, reordered.result())
        return outcome

    def submit(self, function: Callable[..., Answer], *args: object) -> Future[Answer]:
        """What ``function(*args)`` will return, in a process of its own."""
        with held_back():  # the pool starts a process when it needs one
            return self._auditors.submit(function, *args)

    def _audit(self, audit: Audit, dataset: Dataset, settings: Settings) -> list[AuditedBlock]:
        samples = {part: samples_of(part, dataset, settings) for part in audit.parts}
        return self.submit(Audit.run, audit, samples).result()

    def _tell(self, watch: Watch, samples: int, here: Mapping[str, list[Future[list[AuditedBlock]]]]) -> None:
        for name, process in self.engines.items():
            watch(name, process.progress, samples)
        blocks = [block for each in here.values() for block in each]
        if blocks:
            watch("audit", sum(block.done() for block in blocks), len(blocks))
