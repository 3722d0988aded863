"""The cost of the whole job: ``python compare.py`` with its defaults, from a cold start to the verdict."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.results import Measurement, WholeJob

ROOT = Path(__file__).parents[1]
STEPS = 20 * 12_000
PLAIN_LOOPS = ("plain NumPy", "eager PyTorch", "JAX, jit per step")


def measure_whole_job(measurements: Sequence[Measurement]) -> WholeJob:
    """A cold run and a warm one, and what the plain loops of the three libraries would take for their training alone.

    Raises:
        RuntimeError: the job failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        cold, warm = _seconds(Path(folder)), _seconds(Path(folder))
    default = [m for m in measurements if (m["table"], m["dtype"]) == ("default", "float64")]
    steps = {m["contestant"]: m["microseconds"][1] * 1e-6 for m in default}
    loops = {name: steps[name] * STEPS for name in PLAIN_LOOPS if name in steps}
    return WholeJob(cold_seconds=cold, warm_seconds=warm, plain_loops=loops)


def _seconds(folder: Path) -> float:
    """Of a run that keeps what it compiles in this folder, and leaves its page there."""
    environment = os.environ | {"TORCHINDUCTOR_CACHE_DIR": str(folder / "compiled")}
    start = perf_counter()
    run = subprocess.run([sys.executable, ROOT / "compare.py"], cwd=folder, env=environment, capture_output=True)
    if run.returncode:
        raise RuntimeError(f"compare.py ended with {run.returncode}: {run.stderr.decode(errors='replace')}")
    return perf_counter() - start
