"""Trials: all edits of an expression are evaluated in one run of the program, at the place itself.

There they are compared with what the expression has to be, or with what the gradients lack.
"""

from __future__ import annotations

import ast
import contextlib
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from backproof.diagnosis.calls.case import Player
from backproof.diagnosis.calls.deadline import each_at_most, spent
from backproof.diagnosis.culprits.response import Response
from backproof.diagnosis.repair.bench import Bench
from backproof.diagnosis.repair.edits import Edited
from backproof.diagnosis.repair.kinds import expression
from backproof.diagnosis.repair.reading import Reading, parts_of
from backproof.replay import instrument
from backproof.replay.world import instead_of

_ONE_EDIT, _ONE_RUN = 0.05, 1.0  # seconds
Occurrences = Mapping[int, np.ndarray | None]  # when the place is looked at, and what goes on from there


class _Test(Protocol):
    """What an edit's values have to be."""

    @property
    def turns(self) -> Occurrences:
        """When the place is looked at, and what goes on from there."""

    def passes(self, edit: int, occurrence: int, value: np.ndarray) -> bool:
        """Whether a value is possible, the first time, the second time, and so on."""

    def passed(self, edit: int) -> bool:
        """Whether all values together are right."""


class _Equals:
    """The values are these."""

    def __init__(self, targets: Mapping[int, np.ndarray], close: float) -> None:
        self.turns, self._targets, self._close = targets, targets, close

    def passes(self, _: int, occurrence: int, value: np.ndarray) -> bool:
        target = self._targets[occurrence]
        if value.shape != target.shape and _full(value.shape) != _full(target.shape):
            return False
        size = max(float(np.abs(target).max(initial=0.0)), 1e-300)
        return bool(np.abs(value.reshape(target.shape) - target).max(initial=0.0) <= self._close * size)

    def passed(self, _: int) -> bool:
        return True


class _Gains:
    """The gradients gain by the values what they lack.

    Of values of another shape, and where a gradient has a wrong one, that is not known: they are kept.

    Attributes:
        reshaped: the values of each edit that is kept, by occurrence.
    """

    def __init__(self, response: Response) -> None:
        self.turns: Occurrences = dict.fromkeys(response.values)
        self.reshaped: dict[int, dict[int, np.ndarray]] = {}
        self._response = response
        self._values: dict[int, dict[int, np.ndarray]] = {}

    def passes(self, edit: int, occurrence: int, value: np.ndarray) -> bool:
        shape = self._response.values[occurrence].shape
        spread = _spread(value.shape, shape)
        if spread == shape and not self._response.reshaped:
            value = np.broadcast_to(value, shape)
        elif self._response.reshaped or spread == value.shape:
            self.reshaped[edit] = self._values.setdefault(edit, {})
        else:
            return False
        self._values.setdefault(edit, {})[occurrence] = value
        return bool(np.isfinite(value).all())

    def passed(self, edit: int) -> bool:
        return edit not in self.reshaped and self._response.may_mend(self._values[edit])


def _spread(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape that two broadcast to."""
    try:
        return np.broadcast_shapes(one, other)
    except ValueError:
        return None


def surviving(
    bench: Bench, key: int, targets: Mapping[int, np.ndarray], edited: Sequence[Edited], until: float
) -> list[Edited]:
    """The edits of one expression whose value is what it has to be, every time that it is passed.

    Args:
        key: of the expression.
        targets: what it has to be, by the times that it was passed.
    """
    return _tried(bench, key, edited, _Equals(targets, bench.wanted.close * 10), until)


def gaining(bench: Bench, key: int, response: Response, edited: Sequence[Edited], until: float) -> list[Edited]:
    """The edits of one expression by whose values all gradients may come out right.

    Args:
        key: of the expression.
        response: of it, whose values had no part in one another.
    """
    test = _Gains(response)
    passed = _tried(bench, key, edited, test, until)
    with Player(bench.case, frozenset([key, *(k for k, _ in bench.kept)])) as player:
        works: dict[bytes, bool] = {}  # by what the values are
        for number, values in test.reshaped.items():
            name = b"".join(value.tobytes() for value in values.values())
            if name not in works and spent() < until:
                replaced = {(key, occurrence): value for occurrence, value in values.items()}
                works[name] = bench.right <= bench.wanted.right(player, {**bench.kept, **replaced})
            if works.get(name):
                passed.append(edited[number])
    return passed


class _Distinct:
    """The values are others than before, and than those of a simpler edit.

    Attributes:
        found: the first edit that has these values.
    """

    def __init__(self, before: Mapping[int, np.ndarray]) -> None:
        self.turns: Occurrences = dict.fromkeys(before)
        self.found: dict[tuple[bytes, ...], int] = {self._name(before): -1}
        self._values: dict[int, dict[int, np.ndarray]] = {}

    def passes(self, edit: int, occurrence: int, value: np.ndarray) -> bool:
        self._values.setdefault(edit, {})[occurrence] = value
        return bool(np.isfinite(value).all())

    def passed(self, edit: int) -> bool:
        return self.found.setdefault(self._name(self._values[edit]), edit) == edit

    @staticmethod
    def _name(values: Mapping[int, np.ndarray]) -> tuple[bytes, ...]:
        return tuple(value.tobytes() for value in values.values())


def running(
    bench: Bench, key: int, before: Mapping[int, np.ndarray], edited: Sequence[Edited], until: float
) -> list[Edited]:
    """The edits of one expression by whose values, as they come turn by turn, all gradients come out right.

    Args:
        key: of the expression.
        before: its values, by the times that it was passed.
    """
    distinct = _tried(bench, key, sorted(edited, key=lambda one: one.cost), _Distinct(before), until)
    parts = parts_of(bench.case.program.node(key).node)
    found = []
    with Player(bench.case, frozenset([key, *(k for k, _ in bench.kept)]), most_seconds=_ONE_RUN) as player:
        for one in distinct:
            if spent() > until:
                break

            def value(passed: int, passing: Any, node: ast.expr = one.node) -> Any:
                passing = player.world.value(passed, passing)
                if passed != key:
                    return passing
                return instead_of(passing, np.asarray(Reading(sys._getframe(1), parts).value(node), np.float64))

            player.replace_hook(instrument.VALUE, value)
            if bench.right <= bench.wanted.right(player, bench.kept):
                found.append(one)
    return found


def _tried(bench: Bench, key: int, edited: Sequence[Edited], test: _Test, until: float) -> list[Edited]:
    left = list(enumerate(edited))

    def look(occurrence: int, reading: Reading, begin: Callable[[], None]) -> None:
        nonlocal left
        kept = []
        for number, one in left:
            if spent() > until:
                break
            begin()
            try:
                value = np.asarray(reading.value(one.node), np.float64)
            except Exception:
                continue
            if test.passes(number, occurrence, value):
                kept.append((number, one))
        left = kept

    times = _run(bench, key, test.turns, look)
    return [one for number, one in left if test.passed(number)] if times else []


def evaluated(bench: Bench, key: int, turns: Occurrences, texts: Iterable[str]) -> dict[str, list[np.ndarray]]:
    """The values that expressions have where another stands, each time that it is passed; those that fail are left out.

    Args:
        key: of the place.
        turns: the times that it was passed, and what goes on from there.
    """
    found: dict[str, list[np.ndarray]] = {text: [] for text in texts}

    def look(_: int, reading: Reading, begin: Callable[[], None]) -> None:
        for text, values in found.items():
            begin()
            try:
                values.append(np.array(reading.value(expression(text)), np.float64))
            except Exception:
                continue

    times = _run(bench, key, turns, look)
    return {text: values for text, values in found.items() if times and len(values) == times}


Look = Callable[[int, Reading, Callable[[], None]], None]


def _run(bench: Bench, key: int, turns: Occurrences, look: Look) -> int:
    """Run the program until the place has been passed each time, and look; gives how often that was, 0 if it fails."""
    times, looking = 0, False
    parts = parts_of(bench.case.program.node(key).node)
    with Player(bench.case, frozenset([key, *(k for k, _ in bench.kept)])) as player:
        world = player.world

        def value(passed: int, passing: Any) -> Any:
            nonlocal times, looking
            occurrence = world.passed.get(passed, 0)
            passing = world.value(passed, passing)
            if passed != key or occurrence not in turns or looking:  # what is looked at may call the function itself
                return passing
            times, looking = times + 1, True
            counted = dict(world.passed)  # what an edit calls passes places too
            with warnings.catch_warnings(), each_at_most(_ONE_EDIT) as begin:
                warnings.simplefilter("ignore")
                look(occurrence, Reading(sys._getframe(1), parts), begin)
            world.passed, looking = counted, False
            if times == len(turns):
                raise _Enough  # what edits have called may have left its traces in the program's objects
            target = turns[occurrence]
            return passing if target is None else instead_of(passing, target)

        player.replace_hook(instrument.VALUE, value)
        with contextlib.suppress(_Enough, Exception):
            player.call(bench.wanted.probe, bench.kept)
    return times if times == len(turns) else 0


class _Enough(BaseException):
    """Not an Exception, which programs catch."""


def _full(shape: tuple[int, ...]) -> list[int]:
    return [n for n in shape if n != 1]
