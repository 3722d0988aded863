"""A stranger's file, run in a process of its own, and the lines of Algorithm 1 that it computed.

The parent sends inputs and takes numbers back; it executes nothing of the learner's and believes nothing of what comes
back but its form. The true values never enter the other process. What the operating system took away from that
process is said in ``LearnerRun.isolation``: it is no secure sandbox.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backproof.sandbox.ending import by_force, how_it_ended, last_line, message
from backproof.sandbox.isolation import describe, missing
from backproof.sandbox.process import run_child
from check.learner_run import Block, LearnerCall, LearnerRun, Probe, ShownLine, TrainingRequest
from check.received import Malformed, NoResults, read_results
from engines.interface import DTYPES, Parameters

__all__ = ["Block", "LearnerCall", "LearnerRun", "Probe", "ShownLine", "TrainingRequest", "run_learner"]


def run_learner(
    path: str | Path,
    probes: Sequence[tuple[Parameters, np.ndarray, np.ndarray]],
    *,
    dtype: str = "float64",
    seconds: float = 10,
    memory: int = 1024,
    training: TrainingRequest | None = None,
) -> LearnerRun:
    """Run a learner's file apart, call its backward pass on each probe (on the first one twice), take the lines back.

    The file defines ``backprop(X, y, W1, b1, W2, b2)``, shapes as in ``engines.interface`` and the gradient that of
    the mean loss, or an engine class with ``lines`` and ``fit``. It may say ``LAYOUT = "columns"`` (X (d, n), y (1, n),
    b1 (h, 1), b2 (1, 1)) and ``SAMPLE = True`` (one sample a call: x (d,), or (d, 1) in columns, and y a number); what
    it does not say is found by trying. Python files beside it may be imported, but take the place of no library.

    Args:
        path: the file.
        probes: (parameters, X (n, d), y (n,)) each; small, at least one.
        dtype: "float64" or "float32", of everything that is handed over.
        seconds: of wall-clock time for all of it.
        memory: address space in MiB, for each process.
        training: for an engine, a training to do after the probes.

    Returns:
        What came of it. ``reason`` says why the file cannot be judged: it does not raise for the learner's mistakes.

    Raises:
        ValueError: an unknown dtype, a limit that is not positive, or no probe.
    """
    if dtype not in DTYPES:
        raise ValueError(f"the dtype is {dtype!r}, but only float64 and float32 are known")
    if not (seconds > 0 and math.isfinite(seconds) and memory > 0):
        raise ValueError("the limits of time and memory must be positive")
    if not probes:
        raise ValueError("at least one probe is needed")
    run = LearnerRun(str(path))
    file = Path(path).resolve()
    try:
        source = file.read_bytes()
    except OSError as error:
        run.reason = f"{path} cannot be read: {error.strerror}"
        return run
    asked = [_as_probe(probe, dtype) for probe in probes]
    token = secrets.token_hex(16)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="backproof-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        (folder / "work").mkdir()
        request = _write_request(folder, file, token, asked, dtype, seconds, memory, training)
        status, output = run_child(request, folder, seconds)
        ending = message(folder / "ending.json", token)
        facts = message(folder / "facts.json", token) | ending
        run.isolation = describe(facts, seconds, memory)
        started = "memory" in facts
        run.confined = started and not missing(facts)
        try:
            read_results(folder / "results.bin", bytes.fromhex(token), run, asked, len(source.splitlines()))
        except NoResults:
            run.reason, run.line = _why_nothing(status, ending, seconds, started), last_line(folder, file)
        except Malformed as error:
            run = LearnerRun(str(path), isolation=run.isolation, confined=run.confined)
            run.reason = f"what came back is not in the agreed form, as if the file had written it itself: {error}"
    run.output, run.output_bytes = output.kept.decode("utf-8", "replace"), output.size
    run.seconds = time.monotonic() - start
    return run


def _as_probe(given: tuple[Parameters, np.ndarray, np.ndarray], dtype: str) -> Probe:
    parameters, X, y = given
    return Probe(Parameters(*(np.array(p, dtype) for p in parameters)), np.array(X, dtype), np.array(y, dtype))


def _write_request(
    folder: Path,
    file: Path,
    token: str,
    probes: list[Probe],
    dtype: str,
    seconds: float,
    memory: int,
    training: TrainingRequest | None,
) -> bytes:
    arrays: dict[str, Any] = {}
    wanted = None
    for number, probe in enumerate(probes):
        arrays |= {f"p{number}_{name}": array for name, array in probe.parameters._asdict().items()}
        arrays |= {f"p{number}_X": probe.X, f"p{number}_y": probe.y}
    if training is not None:
        samples = _as_probe((training.parameters, training.X, training.y), dtype)
        arrays |= {f"t_{name}": array for name, array in samples.parameters._asdict().items()}
        arrays |= {"t_X": samples.X, "t_y": samples.y}
        wanted = {name: getattr(training, name) for name in ("epochs", "learning_rate", "batch_size", "block")}
    np.savez(folder / "request.npz", **arrays)
    home = Path(os.environ.get("HOME") or os.environ.get("USERPROFILE") or folder).resolve()
    request = {"path": str(file), "home": str(home), "folder": str(folder), "token": token, "dtype": dtype}
    request |= {"module": "check.worker", "package": str(Path(__file__).resolve().parent)}
    return json.dumps(request | {"seconds": seconds, "memory": memory, "training": wanted}).encode()


def _why_nothing(status: int | None, ending: dict[str, Any], seconds: float, started: bool) -> str:
    """Why there are no results, in one sentence."""
    how, value = how_it_ended(status, ending)
    forced = by_force("the file", how, value, seconds)
    if forced is not None:
        return forced
    if how == "exit" and type(value) is int:
        return f"the file ended its process with status {value} before backprop had returned"
    if not started:
        return f"the file was not started after {seconds:g} s"
    advice = 'put training below the function under if __name__ == "__main__":'
    return f"the file was not done after {seconds:g} s; {advice}"
