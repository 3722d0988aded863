"""Where tasks run: processes of this machine, or the workers of a Dask cluster that runs already.

Dask is imported here alone, and only when there is something to run.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from backproof.interrupts import held_back
from backproof.many.version import Version

CONNECT, PATIENCE, POLL = 10.0, 600.0, 5.0  # seconds
PATIENCE_HERE = 60.0  # a process of this machine that was killed is started again within a few
Tell = Callable[[str], None]


class CannotRun(OSError):
    """Many things cannot be run; the text is one sentence."""


def dask() -> ModuleType:
    """The library ``distributed``.

    Raises:
        CannotRun: it is not installed.
    """
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        if error.name and error.name.partition(".")[0] not in ("distributed", "dask"):
            raise
        raise CannotRun("to run many things takes Dask: python -m pip install 'backproof[many]'") from None


class Cluster:
    """The workers that may be given tasks, and the connection to them, made again where it is lost.

    Args:
        workers: processes to start on this machine; by default one for each processor.
        scheduler: the address of a cluster that runs already, which is used instead.
        tell: is told, one sentence at a time, what the user should know.
        version: of the code that a worker must have.

    Raises:
        CannotRun: Dask is not installed, nothing answers at the address, or no worker there can be used.
    """

    def __init__(self, workers: int | None, scheduler: str | None, tell: Tell, version: Version) -> None:
        self._library, self._tell, self._scheduler = dask(), tell, scheduler
        self._version, self._wanted = version, version()
        for name in ("distributed", "distributed.client", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is told in our words
        # What tasks share may be large, on purpose.
        importlib.import_module("dask").config.set({"distributed.admin.large-graph-warning-threshold": "1TB"})
        self._local: Any = None
        self._versions: dict[str, str] = {}  # by the address of a worker
        self._looked = 0.0
        self._worked = time.monotonic()  # when there was a worker last
        self.client: Any = None
        try:
            if scheduler is None:
                with held_back():  # an interrupt is for us: a worker that it met while it starts would say so at length
                    self._local = self._library.LocalCluster(
                        n_workers=workers or os.cpu_count() or 1,
                        threads_per_worker=1,
                        processes=True,
                        dashboard_address=None,
                        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # its pages take any port that is free
                        memory_limit=None,
                        silence_logs=logging.CRITICAL,
                    )
            if not self._connected():
                raise CannotRun(f"no Dask scheduler answers at {scheduler}")
            self._wait_for_workers(at_start=True)
        except BaseException:
            self.close()
            raise

    def _connected(self) -> bool:
        """Connect; False where nothing answers."""
        self._forget()
        try:
            self.client = self._library.Client(self._local or self._scheduler, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            return False
        self._looked = 0.0
        return True

    def _forget(self) -> None:
        if self.client is not None:
            with contextlib.suppress(Exception):
                self.client.close(timeout=1)
            self.client = None

    @property
    def alive(self) -> bool:
        """Whether the scheduler can be reached, as far as is known."""
        return self.client is not None and self.client.status in ("running", "connecting")

    def reconnect(self) -> None:
        """Wait until the scheduler is there again, and has workers.

        Raises:
            CannotRun: it does not come back.
        """
        self._tell(f"the scheduler at {self._scheduler} does not answer; waiting for it")
        deadline = time.monotonic() + PATIENCE
        while not self._connected():
            if time.monotonic() > deadline:
                raise CannotRun(f"the scheduler at {self._scheduler} did not come back within {PATIENCE / 60:.0f} min")
            time.sleep(1)
        self._tell("the scheduler is back")
        self._wait_for_workers(at_start=False)

    def _wait_for_workers(self, at_start: bool) -> None:
        told, self._worked = False, time.monotonic()
        while self.alive and not self.usable():
            if at_start and self._versions:
                raise CannotRun(f"no worker at {self._scheduler} runs backproof {self._wanted}, as this command does")
            self.insist_on_workers()
            if not told:
                self._tell("the cluster has no worker yet; waiting for one")
                told = True
            self._looked = 0.0
            time.sleep(0.2)

    def usable(self) -> list[str]:
        """The workers of this version; how it is with new ones is asked from time to time."""
        if time.monotonic() > self._looked + POLL:
            with contextlib.suppress(OSError, TimeoutError, ValueError):
                self._look()
            self._looked = time.monotonic()
        found = [worker for worker, found in self._versions.items() if found == self._wanted]
        if found or not self.alive:
            self._worked = time.monotonic()
        return found

    def insist_on_workers(self) -> None:
        """Raises: CannotRun: there has been none for so long that none will come."""
        patience = PATIENCE if self._local is None else PATIENCE_HERE
        if self.usable() or time.monotonic() < self._worked + patience:
            return
        if self._local is None:
            raise CannotRun(
                f"the cluster at {self._scheduler} has had no worker that can be used for {PATIENCE / 60:.0f} min"
            )
        raise CannotRun("the processes that run the tasks were killed: perhaps there is not enough memory")

    def look_again(self) -> None:
        """Ask the workers again before the next task: one of another version has answered."""
        self._looked = 0.0
        self._versions = {worker: found for worker, found in self._versions.items() if found != self._wanted}

    def _look(self) -> None:
        there = set(self.client.scheduler_info()["workers"])
        new = sorted(there - set(self._versions))
        found = self.client.run(self._version, workers=new, on_error="return") if new else {}
        for worker in new:
            said = found.get(worker)
            if said is None:
                continue  # it is gone again
            if said != self._wanted:
                other = f"runs backproof {said}" if isinstance(said, str) else "has no backproof that can do this"
                self._tell(f"the worker {worker} {other}, and this is {self._wanted}: it is given nothing")
            self._versions[worker] = said if isinstance(said, str) else "none"
        self._versions = {worker: said for worker, said in self._versions.items() if worker in there}

    @property
    def refuses(self) -> bool:
        """Whether there are workers that must not be given anything."""
        return any(found != self._wanted for found in self._versions.values())

    @property
    def room(self) -> int:
        """How many tasks may be under way: a few for each worker, so that none waits and memory stays flat."""
        return 3 * max(1, len(self.usable()))

    def close(self) -> None:
        """End what was started here."""
        self._forget()
        if self._local is not None:
            with contextlib.suppress(Exception):
                self._local.close(timeout=5)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()
