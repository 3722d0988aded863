"""What is asked of a learner's file, and what came of running it: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from engines.interface import Lines, Parameters


class Probe(NamedTuple):
    """Inputs on which a backward pass is judged."""

    parameters: Parameters
    X: np.ndarray  # (n, d)
    y: np.ndarray  # (n,) of 0 and 1


class TrainingRequest(NamedTuple):
    """A training asked of a learner's engine."""

    parameters: Parameters
    X: np.ndarray  # (n, d)
    y: np.ndarray  # (n,)
    epochs: int
    learning_rate: float
    batch_size: int = 1
    block: int = 1  # steps of SGD between two looks at the parameters


@dataclass(frozen=True)
class ShownLine:
    """One line of Algorithm 1 as the learner's program had it."""

    values: np.ndarray  # float32 or float64; in DESIGN's shape, unless the layout is "mean" or "other"
    dtype: str  # as the program had it
    shape: tuple[int, ...]  # as the program had it
    layout: str  # "same", "reshaped", "transposed", "mean" or "other": see check.names.layout_of
    finite: bool
    origin: str  # "returned", "local" to backprop, "helper" (local to another function), "attribute"
    variable: str  # the learner's own name of it
    certainty: str  # how surely that name says which line it is: "exact", "alias" or "guess"
    source_line: int | None  # of the learner's file, where it was last assigned


@dataclass(frozen=True)
class LearnerCall:
    """One call of the learner's program, to be judged by itself against its own inputs."""

    probe: int  # the number of the probe
    repetition: int  # 1 for the second call on the same inputs
    sample: int | None  # which of the probe's samples, for a file that works on one sample at a time
    inputs: Probe
    lines: dict[str, ShownLine]
    ambiguous: dict[str, tuple[str, ...]]  # lines for which variables of different values have equally good names
    changed: tuple[str, ...]  # inputs that the program wrote into

    @property
    def whole_lines(self) -> Lines:
        """The twelve lines; None for a line that is not shown, or not in a shape that can be turned into its own."""
        right = {n: s.values for n, s in self.lines.items() if s.layout in ("same", "reshaped", "transposed")}
        return Lines(*(right.get(name) for name in Lines._fields))


class Block(NamedTuple):
    """Where a training stood after some steps, as the engine had it: of whatever dtype and shape."""

    parameters: Parameters
    losses: np.ndarray


@dataclass
class LearnerRun:
    """All that came of running a learner's file."""

    file: str
    kind: str | None = None  # "function", or "engine" for a class
    name: str | None = None  # of the function or class
    columns: bool = False  # samples are columns
    sample: bool = False  # the file works on one sample at a time
    declared: bool = True  # whether it says so itself (LAYOUT, SAMPLE); found by trying if not
    calls: list[LearnerCall] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    changed_in_training: tuple[str, ...] = ()
    reason: str | None = None  # why the file cannot be judged, in one sentence
    line: int | None = None  # of the file, for that reason
    isolation: str = ""
    confined: bool = True  # all of that was in force
    output: str = ""  # the beginning of what it printed
    output_bytes: int = 0  # how much it printed in all
    seconds: float = 0.0

    @property
    def repeats(self) -> bool | None:
        """Whether the same inputs gave the same lines twice, bit for bit; None if they were not asked twice."""
        pairs: dict[tuple[int, int | None], list[LearnerCall]] = {}
        for call in self.calls:
            pairs.setdefault((call.probe, call.sample), []).append(call)
        twice = [pair for pair in pairs.values() if len(pair) == 2]
        return all(_bits(one) == _bits(other) for one, other in twice) if twice else None


def _bits(call: LearnerCall) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {name: (line.dtype, line.shape, line.values.tobytes()) for name, line in call.lines.items()}
