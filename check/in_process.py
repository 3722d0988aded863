"""A function or an engine class of the caller's own, tried where it stands: for a notebook or a test-suite."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from check.engine_calls import call_engine, train_engine
from check.function_calls import call_function
from check.learner_run import Block, LearnerCall, LearnerRun, Probe, ShownLine, TrainingRequest
from check.names import Candidate, choose, oriented
from check.program import CannotRun, Program
from check.stores import read_source
from engines.interface import Parameters

ISOLATION = "It ran in this very process, without limits."


class _Living(Program):
    """What has been loaded already."""

    def __init__(self, path: str, module: ModuleType) -> None:
        self.path, self.module, self.memory = path, module, 0
        try:
            self.tree = ast.parse("".join(linecache.getlines(path)))
        except SyntaxError:  # a notebook's cell may hold more than Python
            self.tree = ast.parse("")
        self.source = read_source(self.tree)

    def load(self) -> ModuleType:
        return self.module


def run_here(
    backward: Callable[..., Any], probes: Sequence[tuple[Parameters, np.ndarray, np.ndarray]], training: TrainingRequest
) -> LearnerRun:
    """Call a function ``backprop(X, y, W1, b1, W2, b2)``, or the steps of an engine class, on every probe.

    A function's module may say LAYOUT and SAMPLE. A class is trained as well.
    """
    if not callable(backward):
        raise TypeError(f"a function, a class or the path of a file is asked for, not {backward!r}")
    asked = [Probe(*probe) for probe in probes]
    code = getattr(inspect.unwrap(backward), "__code__", None)
    path = code.co_filename if code else str(getattr(sys.modules.get(backward.__module__), "__file__", ""))
    run = LearnerRun(path, name=getattr(backward, "__name__", "backprop"), isolation=ISOLATION)
    header: dict[str, Any] = {"calls": [], "blocks": [], "changed": []}
    arrays: dict[str, np.ndarray] = {}
    for number, probe in enumerate(asked):
        arrays |= _named(f"p{number}_", probe)
    try:
        if isinstance(backward, type):
            run.kind = "engine"
            program = _Living(path, ModuleType(path))
            call_engine(program, backward, arrays, "float64", header)
            settings = {n: getattr(training, n) for n in ("epochs", "learning_rate", "batch_size", "block")}
            arrays |= _named("t_", Probe(training.parameters, training.X, training.y))
            train_engine(program, backward, arrays, "float64", settings, header)
        else:
            run.kind = "function"
            module = ModuleType(path)
            own = getattr(sys.modules.get(backward.__module__), "__dict__", {})
            for name in ("LAYOUT", "SAMPLE"):
                setattr(module, name, own.get(name))
            module.backprop = backward  # type: ignore[attr-defined]
            call_function(_Living(path, module), module, arrays, header)
    except CannotRun as failure:
        run.reason, run.line = failure.reason, failure.line
    run.columns, run.sample = bool(header.get("columns")), bool(header.get("sample"))
    run.calls = [_call(record, asked, run.columns) for record in header["calls"]]
    run.blocks = [Block(Parameters(*arrays[:4]), arrays[4]) for arrays in header["blocks"]]
    run.changed_in_training = tuple(header["changed"])
    return run


def _named(prefix: str, probe: Probe) -> dict[str, np.ndarray]:
    return {prefix + name: array for name, array in (probe.parameters._asdict() | {"X": probe.X, "y": probe.y}).items()}


def _call(record: dict[str, Any], probes: Sequence[Probe], columns: bool) -> LearnerCall:
    inputs, sample = probes[record["probe"]], record["sample"]
    if sample is not None:
        inputs = Probe(inputs.parameters, inputs.X[sample : sample + 1], inputs.y[sample : sample + 1])
    (n, d), h = inputs.X.shape, len(inputs.parameters.b1)
    chosen, ambiguous = choose(map(_real, record["candidates"]), n, d, h, columns)
    lines = {}
    for name, (candidate, layout, certainty) in chosen.items():
        values = oriented(candidate.values, name, n, d, h, columns)
        known = (candidate.origin, candidate.name, certainty, candidate.source_line)
        finite = bool(np.isfinite(values).all())
        lines[name] = ShownLine(values, candidate.dtype, candidate.shape, layout, finite, *known)
    changed = tuple(record.get("changed", ()))
    return LearnerCall(record["probe"], record["repetition"], sample, inputs, lines, ambiguous, changed)


def _real(candidate: Candidate) -> Candidate:
    kind = np.float32 if candidate.values.dtype == np.float32 else np.float64
    values = np.asarray(candidate.values, kind)  # np.matrix included
    return replace(candidate, values=values)
