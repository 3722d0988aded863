"""The results of a benchmark, written down once: what the JSON file holds."""

from __future__ import annotations

import json
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import TypedDict, cast

from benchmarks.interleave import Quartiles

LIBRARIES = ("numpy", "torch", "jax", "numba", "scikit-learn", "autograd")


class Measurement(TypedDict):
    """One contestant at one task; times are of one step of SGD over ``batch_size`` samples."""

    contestant: str
    dtype: str
    hidden: int
    batch_size: int
    steps: int  # in one repeat
    setup_seconds: float  # the first call, with everything that is built and compiled on the way
    microseconds: Quartiles
    multiple_of_floor: float  # median over the floor's median
    loss: float | None  # mean over the first samples; None where nothing is trained
    same_loss: bool | None  # as the NumPy engine's, up to rounding


class BenchmarkResults(TypedDict):
    version: int
    machine: str
    threads: int
    versions: dict[str, str]
    repeats: int
    floor_flags: dict[str, object]
    measurements: list[Measurement]
    missing: dict[str, str]  # contestants that could not be prepared, and why


def machine() -> str:
    """The processor's name where the system tells it, and the number of its cores."""
    names = (line for line in _cpu_info() if line.startswith("model name"))
    processor = next(names, f"model name: {platform.machine()}").partition(":")[2].strip()
    return f"{platform.system()}, {processor}, {os.cpu_count()} cores"


def versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {library: _version(library) for library in LIBRARIES}


def read(path: Path) -> BenchmarkResults:
    """The results in a file that the benchmark wrote.

    Raises:
        ValueError: the file is something else; OSError, it cannot be read.
    """
    try:
        results = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f"{path} is not JSON") from error
    if not isinstance(results, dict) or results.get("version") != 1 or "measurements" not in results:
        raise ValueError(f"{path} does not hold the results of a benchmark")
    return cast(BenchmarkResults, results)


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


def _cpu_info() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
