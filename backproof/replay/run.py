"""One run of a program, in floating point or on exact numbers, with some values replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.balls import Balls
from backproof.replay.loading import Program
from backproof.replay.tape import Tape
from backproof.replay.world import ExactWorld, FloatWorld, Recorded, Visit

Call = Callable[[Mapping[str, Any], "Inputs"], Any]  # from the program's namespace to whatever is wanted of it


class Inputs:
    """How a call hands numbers to the program: as they are, or each number as an entry of its own."""

    def __init__(self, tape: Tape | None = None) -> None:
        self.tape = tape

    def array(self, values: np.ndarray) -> Any:
        """Float arrays as leaves; other arrays are copied."""
        if self.tape is None or values.dtype.kind != "f":
            return values.copy()
        from backproof.replay.array import Traced

        return Traced(self.tape, self.tape.leaves(values))

    def number(self, value: float) -> Any:
        """A float as a leaf."""
        if self.tape is None:
            return value
        from backproof.replay.number import Number

        return Number(self.tape, int(self.tape.leaves(np.asarray(value))))


@dataclass(frozen=True)
class ExactRun:
    """What a run on exact numbers left: the result, the tape, and what passed the hooks, in order."""

    result: Any
    tape: Tape
    records: list[Recorded]


@dataclass(frozen=True)
class FloatRun:
    """What a run in floating point left."""

    result: Any
    records: list[Recorded]


def replay(
    program: Program,
    call: Call,
    replaced: Mapping[Visit, Balls] | None = None,
    keep: bool = True,
    most_entries: int | None = None,
) -> ExactRun:
    """Run a program on exact numbers.

    Raises:
        NotFollowed: it uses something that is in no table.
        TooLarge: it computes too many numbers.
        Exception: whatever the program raises.
    """
    tape = Tape() if most_entries is None else Tape(most_entries)
    world = ExactWorld(tape, replaced, keep)
    loaded = program.load(world)
    try:
        result = call(loaded.namespace, Inputs(tape))
    finally:
        loaded.close()
    return ExactRun(result, tape, world.records)


def play(
    program: Program,
    call: Call,
    replaced: Mapping[Visit, np.ndarray] | None = None,
    keep: bool = False,
) -> FloatRun:
    """Run a program in floating point; with nothing to keep, only the hooks of replaced places are compiled in."""
    world = FloatWorld(replaced, keep)
    only = None if keep else frozenset(key for key, _ in world.replaced)
    with np.errstate(all="ignore"):
        loaded = program.load(world, only)
        try:
            result = call(loaded.namespace, Inputs())
        finally:
            loaded.close()
    return FloatRun(result, world.records)
