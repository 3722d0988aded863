"""One training as a task of a worker, with its engine in a process of its own: one that dies ends nothing else."""

from __future__ import annotations

import hashlib
import importlib.metadata
import multiprocessing
from contextlib import closing
from functools import cache
from pathlib import Path

import msgspec

from backproof.many.version import version_of
from comparison.engine_process import EngineProcess
from comparison.sweep.asked import Asked
from comparison.sweep.reached import Run
from comparison.sweep.training import train_as_asked
from engines import ENGINES, EngineError, package

ROOT = Path(__file__).parents[2]
# What the results depend on: tables and pictures may change without a training being done anew.
CODE = ("engines/*.py", "data/*.py", "comparison/engine_process.py", "comparison/settings.py", "comparison/training.py")
OF_THE_SWEEP = ("asked", "reached", "task", "training")


class Order(msgspec.Struct, frozen=True):
    """A training as it travels, with the folder of the data; None for what ships or is published."""

    asked: Asked
    folder: Path | None


@cache
def version() -> str:
    """Which code trains, as in "0.1.0 (3fa9c1d2)"."""
    own = [ROOT / "comparison" / "sweep" / f"{name}.py" for name in OF_THE_SWEEP]
    return version_of([*own, *(path for pattern in CODE for path in ROOT.glob(pattern))], ROOT)


def library(engine: str) -> str:
    """Which engine that is, here: the version of its library, or the beginning of the SHA-256 of its file.

    Raises:
        EngineError: it is not there.
    """
    try:
        if engine in ENGINES:
            return importlib.metadata.version(package(engine))
        return hashlib.sha256(Path(engine.rpartition(":")[0]).read_bytes()).hexdigest()[:16]
    except importlib.metadata.PackageNotFoundError:
        raise EngineError(f"{engine} is not installed") from None
    except OSError as error:
        raise EngineError(f"{engine} cannot be read: {error.strerror}") from error


def trained(order: bytes) -> bytes:
    """Train as ordered, and give the ``Run``; both as messages. What fails is said in it."""
    asked, folder = (given := msgspec.msgpack.decode(order, type=Order)).asked, given.folder
    try:
        run = Run(asked, _trained(asked, folder))
    except EngineError as error:
        run = Run(asked, failure=str(error))
    return msgspec.msgpack.encode(run)


def _trained(asked: Asked, folder: Path | None) -> tuple:
    if (here := library(asked.engine)) != asked.library:
        raise EngineError(f"this worker has {asked.engine} {here}, and the command {asked.library}")
    # Dask's workers are daemons, which may start no process; the engine's ends with its parent in any case.
    multiprocessing.current_process().daemon = False
    with closing(EngineProcess(asked.engine)) as process:
        process.wait_until_loaded()
        return process.call(train_as_asked, asked, folder)


def read(value: bytes) -> Run:
    """What ``trained`` gave."""
    return msgspec.msgpack.decode(value, type=Run)


def has_ended(value: bytes) -> bool:
    """Whether the training did not fail: what failed is tried again by the next sweep."""
    return not read(value).failure
