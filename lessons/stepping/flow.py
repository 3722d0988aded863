"""What was computed from what, step by step: read off the tape of one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import ExactCall
from backproof.diagnosis.calls.leaves import spelled
from backproof.replay.tape import Tape


class Visited(NamedTuple):
    """A step on the tape: as in ``Step``, with the entries of its value."""

    variable: int
    name: str
    line: int
    turn: int
    turns: int
    ids: np.ndarray


def base(name: str) -> str:
    """A variable without what is in brackets."""
    return name.partition("[")[0]


def uses(call: ExactCall, visits: Sequence[Visited]) -> list[tuple[int | str, ...]]:
    """For each visit what it was computed from: visits by their position, arguments by their names."""
    owner = np.full(call.tape.size, -1)
    names = [spelled(where) for where in call.entries]
    for k, ids in enumerate(call.entries.values()):
        owner[ids] = k
    first = len(names)
    for k, visit in enumerate(visits, first):
        owner[visit.ids[(owner[visit.ids] < 0) & ~call.tape.fixed[visit.ids]]] = k
    found = []
    for k, visit in enumerate(visits):
        owners = _computed_from(call.tape, owner, first + k, visit.ids)
        shown = [_as_it_stands(visits, o - first, k) for o in sorted(owners) if o >= first]
        latest = {visits[one].variable: one for one in shown}
        found.append((*(names[o] for o in sorted(owners) if o < first), *sorted(latest.values())))
    return found


def _as_it_stands(visits: Sequence[Visited], used: int, now: int) -> int:
    """What is read for it now: a later name of the same numbers; of an array that is filled in parts, the last part."""
    one = visits[used]
    if one.name != base(one.name):
        return max(k for k in range(now) if visits[k].variable == one.variable)
    return max(k for k in range(used, now) if k == used or np.array_equal(visits[k].ids, one.ids))


def _computed_from(tape: Tape, owner: np.ndarray, own: int, ids: np.ndarray) -> set[int]:
    """The owners of the entries that these were computed from, through no other owner's."""
    found = set(owner[ids].ravel().tolist())
    reached = np.zeros(tape.size, bool)
    reached[ids[owner[ids] == own]] = True
    for record in reversed(tape.records):
        made = np.asarray(record.made).reshape(-1)
        others = made[reached[made] & (owner[made] >= 0) & (owner[made] != own)]
        found |= set(owner[others].tolist())
        reached[others] = False
        if reached[made].any():
            record.marks(reached)
    found |= set(owner[reached].tolist())  # arguments: no operation has made them
    return found - {-1, own}
