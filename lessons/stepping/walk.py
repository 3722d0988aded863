"""A program step by step: every assignment of one call, with the exact value and what it was computed from."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Case, ExactCall, Player, exact_call
from backproof.diagnosis.calls.leaves import spelled
from backproof.diagnosis.verdict.judging import loss_of
from backproof.replay.loading import Program
from backproof.replay.tape import Tape
from lessons.stepping.flow import Visited, base, uses

MOST_STEPS = 400
MOST_TURNS = 6  # of one place in a loop; of more, the first two and the last are shown
CLOSE = 1e-10


class Step(NamedTuple):
    """One assignment.

    Attributes:
        variable: the position of what is assigned among the walk's variables.
        name: as it is written there.
        line: from 1.
        turn, turns: which of the times that this place was passed, from 1, and how many there were.
        value: what it holds then, rounded once.
        uses: what it was computed from: steps by their position, arguments by their names.
    """

    variable: int
    name: str
    line: int
    turn: int
    turns: int
    value: np.ndarray
    uses: tuple[int | str, ...]

    @property
    def at(self) -> tuple[str, int, int]:
        """Which step it is, in any version of the program with the same lines."""
        return self.name, self.line, self.turn


class Variable(NamedTuple):
    """What is assigned in one place, and added to or written into in others.

    Attributes:
        name: without what is in brackets.
        forward: whether the loss depends on it.
        of: what it is the derivative of: the position of a variable, or the name of an argument; None for nothing.
    """

    name: str
    forward: bool
    of: int | str | None


@dataclass(frozen=True)
class Walk:
    """One call of a program.

    Attributes:
        lines: the text.
        arguments: the numbers that it was called with, by name.
        variables: in the order in which they are assigned first.
        steps: in the order of computation.
    """

    lines: tuple[str, ...]
    arguments: Mapping[str, np.ndarray]
    variables: tuple[Variable, ...]
    steps: tuple[Step, ...]

    def marks(self, right: Walk, lines: Collection[int]) -> list[str]:
        """For each step "right", or "wrong" in one of these lines, or "follows".

        Args:
            right: the same program without the mistakes, line for line.
            lines: of the mistakes.
        """
        wanted = right.values
        return [
            "right" if _same(step.value, wanted.get(step.at)) else "wrong" if step.line in lines else "follows"
            for step in self.steps
        ]

    @property
    def values(self) -> dict[tuple[str, int, int], np.ndarray]:
        """What is assigned, by the name, the line and the turn."""
        return {step.at: step.value for step in self.steps}


def walk(program: Program) -> Walk:
    """A call of ``backprop`` with what ``example`` returns.

    Raises:
        CannotCall, NotAnAnswer: there is no such call, or it returns no loss with gradients.
        NotFollowed, TooLarge: the program cannot be replayed.
        Exception: whatever the program raises.
    """
    case = Case(program)
    with Player(case) as player:
        call = exact_call(case, player.call().arguments)
    loss = loss_of(case, call)
    visits = _visits(program, call)
    steps = [
        Step(one.variable, one.name, one.line, one.turn, one.turns, call.tape.hi[one.ids], used)
        for one, used in zip(visits, uses(call, visits), strict=True)
    ]
    arguments = {spelled(where): call.tape.hi[ids] for where, ids in call.entries.items()}
    lines = tuple(program.main.text.rstrip("\n").split("\n"))
    return Walk(lines, arguments, _variables(call, loss, visits), tuple(steps))


def _visits(program: Program, call: ExactCall) -> list[Visited]:
    """The assignments in the file itself of what depends on the arguments."""
    passed: list[tuple[int, np.ndarray]] = []
    latest: dict[str, np.ndarray] = {}
    for key, _, ids in call.records:
        place = program.expressions[key]
        if place.kind != "store" or place.file != str(program.path) or call.tape.fixed[ids].all():
            continue
        # What a function returns gets the same name again: nothing has happened.
        if place.text not in latest or not np.array_equal(latest[place.text], ids):
            passed.append((key, ids))
        latest[place.text] = ids
    keys = [key for key, _ in passed]
    variables, turns = _assigned(program, keys), Counter(keys)
    found: list[Visited] = []
    turn: Counter[int] = Counter()
    for key, ids in passed:
        turn[key] += 1
        if turns[key] <= MOST_TURNS or turn[key] in (1, 2, turns[key]):
            place = program.expressions[key]
            found.append(Visited(variables[key], place.text, place.line, turn[key], turns[key], ids))
    return found[:MOST_STEPS]


def _assigned(program: Program, keys: Sequence[int]) -> dict[int, int]:
    """The variable that each place assigns; what adds to or writes into one goes on with the same."""
    found: dict[int, int] = {}
    latest: dict[tuple[str, str], int] = {}
    for key in dict.fromkeys(keys):
        place = program.expressions[key]
        of = (place.function, base(place.text))
        goes_on = place.text != of[1] or isinstance(program.node(key).statement, ast.AugAssign)
        found[key] = latest[of] = latest[of] if goes_on and of in latest else len(set(found.values()))
    return found


def _variables(call: ExactCall, loss: int, visits: Sequence[Visited]) -> tuple[Variable, ...]:
    reaching = call.tape.reaching(np.array([loss]))
    last = {visit.variable: visit for visit in visits}
    every = {k: bool(reaching[one.ids[~call.tape.fixed[one.ids]]].all()) for k, one in last.items()}
    some = {k: bool(reaching[one.ids].any()) for k, one in last.items()}
    adjoints = call.tape.adjoints(loss).hi
    known: list[tuple[int | str, np.ndarray]] = [(spelled(where), adjoints[ids]) for where, ids in call.entries.items()]
    known += [(visit.variable, adjoints[visit.ids]) for visit in reversed(visits) if some[visit.variable]]
    of = {k: None if every[k] else _meaning(call.tape, known, k, visits) for k in last}
    of_loss = next((k for k in sorted(last) if loss in last[k].ids), 0)
    first = next((k for k in sorted(last) if of[k] is not None), of_loss + 1)
    return tuple(
        Variable(base(last[k].name), every[k] or (of[k] is None and (some[k] or k < first)), of[k])
        for k in sorted(last)
    )


def _meaning(
    tape: Tape, known: Sequence[tuple[int | str, np.ndarray]], variable: int, visits: Sequence[Visited]
) -> int | str | None:
    """Whose adjoint it holds in the end, else in some turn of a loop; maybe a row of it."""
    for visit in reversed(visits):
        value = tape.hi[visit.ids]
        if visit.variable == variable and value.any():
            for of, adjoint in known:
                rows = adjoint if adjoint.ndim == value.ndim + 1 else ()
                if of != variable and any(_same(value, one) for one in (adjoint, *rows)):
                    return of
    return None


def _same(value: np.ndarray, other: np.ndarray | None) -> bool:
    if other is None or [n for n in value.shape if n != 1] != [n for n in other.shape if n != 1]:
        return False
    size = max(np.abs(other).max(initial=0.0), 1e-300)
    return bool(np.abs(value.reshape(other.shape) - other).max(initial=0.0) <= CLOSE * size)
