"""Reads what came back from the process of a learner's file, believing nothing of it.

The form: the run's token, the length of a JSON header in eight bytes, the header, and raw little-endian floats.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from check.learner_run import Block, LearnerCall, LearnerRun, Probe, ShownLine
from check.names import Candidate, choose, oriented
from engines.interface import Parameters

LARGEST_HEADER = 8 * 1024 * 1024
LARGEST_RESULTS = 256 * 1024 * 1024
LARGEST_TOTAL = 64 * 1024 * 1024  # bytes of all arrays, of which several may be the same part of the results


class NoResults(Exception):
    """Nothing came back."""


class Malformed(ValueError):
    """What came back is not in the agreed form; the text says what of it."""


def escaped(text: str) -> str:
    """The text with every character that a terminal would obey, not show, written as Python writes it."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)


def read_results(path: Path, token: bytes, run: LearnerRun, probes: list[Probe], lines: int) -> None:
    """Fill the run from the results file; the learner's file has so many lines.

    Raises:
        NoResults: nothing was written.
        Malformed: it is not in the agreed form.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_RESULTS:
            raise Malformed("too large")
        raw = path.read_bytes()
    except OSError:
        raise NoResults from None
    if not raw:
        raise NoResults
    start = len(token) + 8
    length = int.from_bytes(raw[len(token) : start], "little")
    if raw[: len(token)] != token or length > min(LARGEST_HEADER, len(raw) - start):
        raise Malformed("the beginning")
    try:
        _fill(run, json.loads(raw[start : start + length]), _Reader(raw[start + length :], lines), probes)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError) as error:
        raise error if isinstance(error, Malformed) else Malformed("the header") from None


def _fill(run: LearnerRun, header: dict[str, Any], reader: _Reader, probes: list[Probe]) -> None:
    run.reason = None if header["reason"] is None else reader.text(header["reason"], 1000)
    run.line = reader.line(header["line"])
    if "kind" in header:
        run.kind, run.name = reader.text(header["kind"], 10), reader.text(header["name"], 200)
    if "columns" in header:
        run.columns, run.sample, run.declared = (bool(header[name]) for name in ("columns", "sample", "declared"))
    run.calls = [reader.call(entry, probes, run.columns) for entry in header["calls"]]
    for entries in header["blocks"]:
        *parameters, losses = (reader.array(entry) for entry in entries)
        run.blocks.append(Block(Parameters(*parameters), losses))
    run.changed_in_training = tuple(reader.text(name, 10) for name in header["changed"])
    if run.reason is None:
        if {call.probe for call in run.calls} != set(range(len(probes))):
            raise Malformed("calls are missing")
        if not all(call.lines for call in run.calls):
            run.reason = f"{run.name} shows nothing that has the name of a line of Algorithm 1"


class _Reader:
    """Takes the parts of the results apart, believing nothing."""

    def __init__(self, data: bytes, lines: int) -> None:
        self.data = data
        self.lines = lines
        self.taken = 0

    def text(self, value: Any, most: int) -> str:
        if not isinstance(value, str):
            raise Malformed("text")
        return escaped(value[:most])

    def line(self, value: Any) -> int | None:
        if value is None or (type(value) is int and 0 < value <= self.lines + 1):
            return value
        raise Malformed("line")

    def array(self, entry: dict[str, Any]) -> np.ndarray:
        """An array of float32 or float64, of the shape it says."""
        shape = tuple(entry["shape"])
        if len(shape) > 8 or not all(type(axis) is int and axis >= 0 for axis in shape):
            raise Malformed("shape")
        if entry["kind"] not in ("<f4", "<f8"):
            raise Malformed("kind of number")
        dtype = np.dtype(entry["kind"])
        start, count = entry["start"], math.prod(shape)
        if type(start) is not int or start < 0 or start + count * dtype.itemsize > len(self.data):
            raise Malformed("size")
        self.taken += count * dtype.itemsize
        if self.taken > LARGEST_TOTAL:
            raise Malformed("too large")
        flat = np.frombuffer(self.data, dtype, count, start) if count else np.empty(0, dtype)
        return flat.reshape(shape).astype(dtype.newbyteorder("="))

    def call(self, entry: dict[str, Any], probes: list[Probe], columns: bool) -> LearnerCall:
        probe, sample = entry["probe"], entry["sample"]
        if type(probe) is not int or not 0 <= probe < len(probes):
            raise Malformed("probe")
        inputs = probes[probe]
        if sample is not None:
            if type(sample) is not int or not 0 <= sample < len(inputs.y):
                raise Malformed("sample")
            rows = slice(sample, sample + 1)
            inputs = Probe(inputs.parameters, inputs.X[rows], inputs.y[rows])
        n, (h, d) = len(inputs.y), inputs.parameters.W1.shape
        chosen, ambiguous = choose(map(self.candidate, entry["candidates"]), n, d, h, columns)
        lines = {}
        for name, (candidate, layout, certainty) in chosen.items():
            values = oriented(candidate.values, name, n, d, h, columns)
            finite = bool(np.isfinite(values).all())
            known = (candidate.origin, candidate.name, certainty, candidate.source_line)
            lines[name] = ShownLine(values, candidate.dtype, candidate.shape, layout, finite, *known)
        changed = tuple(self.text(name, 10) for name in entry.get("changed", ()))
        return LearnerCall(probe, int(entry["repetition"]), sample, inputs, lines, ambiguous, changed)

    def candidate(self, entry: dict[str, Any]) -> Candidate:
        values = self.array(entry)
        name, origin = self.text(entry["name"], 100), self.text(entry["origin"], 10)
        line, dtype = self.line(entry["line"]), self.text(entry["dtype"], 20)
        return Candidate(name, origin, line, bool(entry["repeated"]), dtype, values.shape, values)
