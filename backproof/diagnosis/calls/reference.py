"""A reference: another program whose loss is the one that is meant, where the learner's own is missing or may be wrong.

It runs after the learner's program, on the same exact numbers. Wherever it computes what the learner has computed too,
it goes on with the learner's own entries: so the learner's variables have derivatives, whatever they are called.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from backproof.diagnosis.calls.leaves import leaves
from backproof.replay.loading import Program
from backproof.replay.operands import array, is_traced, number
from backproof.replay.tape import Tape
from backproof.replay.world import ExactWorld, FloatWorld, Recorded

_SAME = 1e-13  # relative; exact values that are rounded once


@dataclass(frozen=True)
class Reference:
    """A loss function.

    Attributes:
        program: it is defined there.
        function: its name; it takes some of the arguments of the learner's function, by their names.
        title: what to call it.
        of: the names of the arguments that gradients are wanted of; empty where the gradients say it.
    """

    program: Program
    function: str
    title: str
    of: tuple[str, ...] = ()

    def exactly(self, arguments: Mapping[str, Any], tape: Tape, records: Sequence[Recorded]) -> ReferenceRun:
        """Its loss on the tape of the learner's program.

        Where it would still need a parameter by itself, the learner's forward pass is another one, and has no part in
        this loss.

        Args:
            records: what the learner's program computed.
        """
        first = len(tape.records)
        run = self._run(_Grafting(tape, records), arguments)
        reached = tape.reaching(np.array([run.loss]), first)
        own = [leaf for name, value in arguments.items() if name in self.of for leaf in leaves(value).values()]
        needs = any(reached[leaf.ids].any() for leaf in own if is_traced(leaf))
        return self._run(ExactWorld(tape, keep=False), arguments) if needs else run

    def _run(self, world: ExactWorld, arguments: Mapping[str, Any]) -> ReferenceRun:
        with self.program.load(world) as loaded:
            world.keep, world.records, world.passed = True, [], {}
            loss = _call(loaded.namespace[self.function], arguments)
        return ReferenceRun(entry_of(world.tape, loss), world.records)

    def value(self, arguments: Mapping[str, Any]) -> float:
        """Its loss in floating point."""
        with self.program.load(FloatWorld(), frozenset()) as loaded:
            return float(_call(loaded.namespace[self.function], arguments))

    def name(self, key: int) -> str:
        """What one of its values is called: the variable that it is assigned to, or its expression."""
        spot = self.program.node(key)
        statement = spot.statement
        if isinstance(statement, ast.Assign) and statement.value is spot.node:
            return ast.unparse(statement.targets[0])
        return ast.unparse(spot.node)


class ReferenceRun(NamedTuple):
    """The entry of the loss, and every value that was computed, in order."""

    loss: int
    records: list[Recorded]


def _call(function: Any, arguments: Mapping[str, Any]) -> Any:
    takes = inspect.signature(function).parameters
    return function(**{name: value for name, value in arguments.items() if name in takes})


def entry_of(tape: Tape, number: Any) -> int:
    """The entry of one number; a plain one is a constant."""
    return int(number.ids.reshape(())) if is_traced(number) else tape.constant(float(number))


class _Grafting(ExactWorld):
    """A world in which a value that another program has computed already is that program's."""

    def __init__(self, tape: Tape, records: Iterable[Recorded]) -> None:
        super().__init__(tape, keep=False)
        self._by_size: dict[int, list[np.ndarray]] = {}
        for record in records:
            self._by_size.setdefault(record.value.size, []).append(record.value)
        self._single = _Numbers(tape, [ids for arrays in self._by_size.values() for ids in arrays])

    def value(self, key: int, value: Any) -> Any:
        """A value passes."""
        keep, self.keep = self.keep, False
        value = super().value(key, value)
        self.keep = keep
        if not is_traced(value):
            return value
        ids = self._learners(value.ids)
        if ids is not None:
            value = array(self.tape, ids) if type(value).__name__ == "Traced" else number(self.tape, int(ids))
        if keep:
            self.records.append(Recorded(key, self.passed[key] - 1, value.ids.copy()))
        return value

    def _learners(self, ids: np.ndarray) -> np.ndarray | None:
        """The entries of the learner's program that have these values; None where it has not computed them."""
        values = self.tape.hi[ids]
        for other in self._by_size.get(ids.size, ()):
            for laid in _layouts(other, ids.shape):
                if _same(self.tape.hi[laid], values):
                    return laid
        return self._single.find(ids)


def _layouts(ids: np.ndarray, shape: tuple[int, ...]) -> list[np.ndarray]:
    """Entries in another shape: as a row or column, or turned."""
    found = []
    for turned in (ids, ids.T):
        if [n for n in turned.shape if n != 1] == [n for n in shape if n != 1]:
            found.append(turned.reshape(shape))
    return found


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((np.abs(one - other) <= _SAME * np.abs(other)).all())


class _Numbers:
    """All single numbers of a program that are like no other, to find the parts of an array computed in a loop."""

    def __init__(self, tape: Tape, arrays: Sequence[np.ndarray]) -> None:
        self._tape = tape
        ids = np.unique(np.concatenate([a.reshape(-1) for a in arrays])) if arrays else np.empty(0, np.int64)
        values = tape.hi[ids]
        telling = np.isfinite(values) & (values != 0) & (np.abs(values) != 1)
        order = np.lexsort((ids[telling], values[telling]))
        self._ids, self._values = ids[telling][order], values[telling][order]

    def find(self, ids: np.ndarray) -> np.ndarray | None:
        """The first entry of each value; None where one has none."""
        wanted = self._tape.hi[ids]
        slack = _SAME * np.abs(wanted)
        at = np.searchsorted(self._values, wanted - slack)
        known = at < self._values.size
        if not wanted.size or not known.all() or not (self._values[at] <= wanted + slack).all():
            return None
        return np.asarray(self._ids[at])
