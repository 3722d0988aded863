"""Runs the checks on an engine: here, or in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.conformance.checks import CHECKS, Check
from comparison.conformance.problems import Engine
from comparison.engine_process import EngineProcess, Loaded
from engines import EngineError
from engines.interface import DTYPES


def complaint(check: Check, engine: Engine) -> str | None:
    """The first thing that is not as the check says, in either type, in one sentence; None if there is none."""
    for dtype in DTYPES:
        try:
            first = next(check.complaints(engine, dtype), None)
        except Exception as error:
            first = f"it raises {type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
        if first:
            return f"in {dtype}, {first}"
    return None


def conform(name: str) -> Iterator[tuple[Check, str | None]]:
    """Each check of an engine, in a process of its own, and its complaint; a check that ends the process has failed.

    Args:
        name: one of engines.ENGINES, or ``file.py:Class``.

    Raises:
        NotInstalled or EngineError: the engine cannot be loaded.
    """
    process = _started(name)
    try:
        for number, check in enumerate(CHECKS):
            try:
                yield check, process.call(_complaint, number)
            except EngineError as error:
                yield check, str(error)
                process.close()
                process = _started(name)
    finally:
        process.close()


def _started(name: str) -> EngineProcess:
    process = EngineProcess(name)
    try:
        process.wait_until_loaded()
    except BaseException:
        process.close()
        raise
    return process


def _complaint(loaded: Loaded, number: int) -> str | None:
    return complaint(CHECKS[number], loaded.engine)
