"""The results of a benchmark, written down once: what the JSON file holds."""

from __future__ import annotations

import json
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import TypedDict, cast

from benchmarks.interleave import Quartiles

LIBRARIES = ("numpy", "torch", "jax", "python-flint", "numba", "scikit-learn", "autograd", "tinygrad", "tensorflow")


class Measurement(TypedDict):
    """One contestant at one task; times are of one step of SGD over ``batch_size`` samples."""

    table: str  # that it belongs to: "default", "grid" of hidden units and batch sizes, "inputs", or "length" of a run
    contestant: str
    dtype: str
    inputs: int
    hidden: int
    batch_size: int
    steps: int  # in one repeat
    setup_seconds: float  # the first call, with everything that is built and compiled on the way
    microseconds: Quartiles
    multiple_of_floor: float  # median over the floor's median
    loss: float | None  # mean over the first samples; None where nothing is trained
    same_loss: bool | None  # as the NumPy engine's, up to rounding
    ulps: float | None  # median error of the gradient's entries at trained weights; None where it was not asked for


class CheckCost(TypedDict):
    """What it takes to check the gradient of one sample, by one checker or by a part of ours."""

    checker: str
    what: str  # it does
    milliseconds: Quartiles


class ReplayCost(TypedDict):
    """What it takes to check the gradient of one network, from the start, by one checker."""

    network: str
    parameters: int
    entries: int  # numbers in the network's replay
    checker: str
    tried: int  # parameters in the measured call; 1 where it tries one random direction
    milliseconds: Quartiles  # scaled from the parameters that were tried to all
    megabytes: float | None  # the most that was allocated at one time; None where it was not measured


class ScalingPoint(TypedDict):
    """One replay of a dense network."""

    entries: int
    multiply_adds: int
    milliseconds: float


class Replays(TypedDict):
    """Exact replay beside the checks that people use."""

    costs: list[ReplayCost]
    scaling: list[ScalingPoint]
    microseconds_a_number: float  # an operation of Python's own floats, forward and its adjoint


class WholeJob(TypedDict):
    """``python compare.py`` with its defaults, as a process of its own, beside what the plain loops would take."""

    cold_seconds: float  # nothing compiled is left from an earlier run
    warm_seconds: float
    plain_loops: dict[str, float]  # seconds that 20 epochs take, from the step measured in the same run


class BenchmarkResults(TypedDict):
    version: int
    machine: str
    threads: int
    versions: dict[str, str]
    repeats: int
    floor_flags: dict[str, object]
    measurements: list[Measurement]
    checks: list[CheckCost]
    replays: Replays | None  # None where it was not asked for
    whole_job: WholeJob | None  # None where it was not asked for
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
    if not isinstance(results, dict) or results.get("version") != 2 or "measurements" not in results:
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
