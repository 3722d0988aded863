"""Audits on all cores of this machine, or on those of a cluster: each a task, and samples go to a worker once."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import msgspec

from backproof.arithmetic import ProofError
from backproof.many.cluster import CannotRun, Cluster, Tell, dask
from backproof.many.running import Task, Work, run_many
from backproof.many.version import Version, version_of
from comparison.auditing import Audit, samples_of
from comparison.settings import Settings
from data import Dataset
from proof.audit import AuditedBlock

ROOT = Path(__file__).parents[1]
CODE = ("proof/*.py", "backproof/arithmetic.py", "engines/interface.py", "comparison/audit*.py")

Cores = Callable[[Version], Cluster]


class Audited(msgspec.Struct, frozen=True):
    """What comes of an audit.

    Attributes:
        blocks: nothing where it failed.
        failure: then one sentence: nothing can be proved about what was given.
    """

    blocks: list[AuditedBlock] = []
    failure: str = ""


@cache
def version() -> str:
    """Which code audits, as in "0.1.0 (3fa9c1d2)"."""
    return version_of((path for pattern in CODE for path in ROOT.glob(pattern)), ROOT)


@contextmanager
def cores(scheduler: str | None, tell: Tell) -> Iterator[Cores]:
    """Where audits are to run: the cores of this machine, or the Dask cluster at this address.

    What stands in the way is said now, before anything is trained. Processes here start when there is something to
    audit: the trainings are over then, and keep their time.

    Raises:
        CannotRun: Dask is not installed, nothing answers at the address, or no worker there can be used.
    """
    if scheduler is None:
        dask()
        yield partial(Cluster, None, None, tell)
    else:
        with Cluster(None, scheduler, tell, version) as there:
            yield lambda _: there


def run_on(
    where: Cores,
    audits: Mapping[str, Sequence[Audit]],
    dataset: Dataset,
    settings: Settings,
    watch: Callable[[str, int, int], None],
) -> dict[str, list[list[AuditedBlock]]]:
    """What comes of the audits of each engine, bit for bit as if they ran here one after another.

    Args:
        audits: by the engine's name.
        watch: is told how many of how many are done.

    Raises:
        CannotRun: the cores cannot be reached, or no worker can do it.
        ProofError: an audit of what nothing can be proved about.
    """
    # Those of the same samples one after another: most find them on their worker.
    in_order = sorted(((name, k) for name, each in audits.items() for k in range(len(each))), key=lambda at: at[::-1])
    places = {f"{name} {k}": (name, k) for name, k in in_order}

    def task(key: str) -> Task:
        name, k = places[key]
        return Task(key, lambda: pickle.dumps(audits[name][k]), tuple(str(part) for part in audits[name][k].parts))

    work = Work(audited, version, shared=lambda part: pickle.dumps(samples_of(int(part), dataset, settings)))
    found: dict[str, dict[int, list[AuditedBlock]]] = {name: {} for name in audits}
    for number, done in enumerate(run_many(work, map(task, places), None, where), 1):
        name, k = places[done.key]
        if done.value is None:
            raise CannotRun(f"the audit of {name} could not be finished: {done.failure}")
        answer = msgspec.msgpack.decode(done.value, type=Audited)
        if answer.failure:
            raise ProofError(answer.failure)
        found[name][k] = answer.blocks
        watch("audit", number, len(places))
    return {name: [those[k] for k in sorted(those)] for name, those in found.items()}


def audited(audit: bytes, *samples: bytes) -> bytes:
    """On a worker: run an ``Audit`` with the samples of its parts, and give what came of it as a message."""
    given: Audit = pickle.loads(audit)
    parts = {part: pickle.loads(each) for part, each in zip(given.parts, samples, strict=True)}
    try:
        answer = Audited(given.run(parts))
    except ProofError as error:
        answer = Audited(failure=str(error))
    return msgspec.msgpack.encode(answer)
