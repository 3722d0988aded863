"""Repair: the learner's expression after a small edit, proven by exact replay to give every gradient.

What passed a trial at its place is run as a program, and what passes that is proven on exact numbers, at every probe.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from backproof.diagnosis.calls.case import Case, Player, Probe
from backproof.diagnosis.calls.deadline import spent
from backproof.diagnosis.calls.pairing import Pair
from backproof.diagnosis.culprits.wanted import Replacements, Wanted
from backproof.diagnosis.repair.edits import Edited
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.verdict.judging import Status, judge
from backproof.replay.loading import Program
from backproof.replay.patches import Edit
from backproof.replay.places import key_of
from backproof.replay.refusal import NotFollowed, TooLarge

_ONE_EDIT, _ONE_CALL = 0.05, 1.0  # seconds
_ALTERNATIVES = 3  # changes of one culprit among several


class Change(NamedTuple):
    """A change of the program, and how far it is from what the learner wrote.

    Attributes:
        edits: of the tree.
        kind: of the change.
        cost: the fewer new operations, the lower.
        old, new: what is shown: the place in the learner's text, and what stands there now.
    """

    edits: tuple[Edit, ...]
    kind: Kind
    cost: float
    old: ast.expr | ast.stmt
    new: tuple[ast.expr | ast.stmt, ...]


@dataclass(frozen=True)
class Bench:
    """A wrong program, and what it takes to show that a change puts it right.

    Attributes:
        case: the program.
        wanted: the gradients of the first probe.
        pairs: which gradient belongs to which argument.
        probes: the numbers of every argument, for each probe.
        kept: replacements that stand for other faults that are known.
        right: the positions of the gradients that must come out right.
        alone: whether a single change has to put everything right; else the proof is for several together.
    """

    case: Case
    wanted: Wanted
    pairs: tuple[Pair, ...]
    probes: tuple[Probe, ...]
    kept: Replacements
    right: frozenset[int]
    alone: bool = True

    def works(self, change: Change) -> bool:
        """Whether the changed program gives the gradients, in floating point and on the first probe."""
        program = patched(self.case.program, change)
        if program is None:
            return False
        try:
            with Player(
                self.case.patched(program), frozenset(key for key, _ in self.kept), most_seconds=_ONE_CALL
            ) as player:
                return self.right <= self.wanted.right(player, self.kept)
        except Exception:
            return False

    def proven(self, changes: Sequence[Change]) -> bool:
        """Whether the changed program gives the true gradients, on exact numbers, at every probe."""
        program = patched(self.case.program, *changes)
        if program is None:
            return False
        return all(self._proven(self.case.patched(program), probe) for probe in self.probes)

    def _proven(self, case: Case, probe: Probe) -> bool:
        try:
            gradients = judge(case, probe, self.pairs).gradients
        except (NotFollowed, TooLarge):
            return False
        except Exception:
            return False
        return all(g.status is Status.RIGHT for g in gradients)


def patched(program: Program, *changes: Change) -> Program | None:
    """The program after some changes; None where they do not go together."""
    try:
        for change in changes:
            path = _file_of(program, change)
            program = program.patched(*change.edits, path=path)
    except (ValueError, KeyError):
        return None
    return program


def _file_of(program: Program, change: Change) -> Any:
    """The file that a change is in: the one whose tree holds the old node."""
    for edit in change.edits:
        for node in ast.walk(edit.old):
            key = key_of(node)
            if key is not None:
                return program.source(Path(program.expressions[key].file)).path
    return None


def changes_of(edited: Iterable[Edited], node: ast.expr) -> Iterator[Change]:
    """Edits of an expression as changes of the program."""
    for one in edited:
        yield Change((Edit(node, (one.node,)),), one.kind, one.cost, one.old, (one.new,))


def simplest(bench: Bench, changes: Iterable[Change], until: float) -> list[Change]:
    """The simplest changes that work, simplest first.

    One that is proven, where it is to put everything right alone; else some, to be proven together with others.
    """
    found: list[Change] = []
    for change in sorted(changes, key=lambda c: c.cost):
        if spent() > until:
            break
        if bench.works(change) and (not bench.alone or bench.proven([change])):
            found.append(change)
            if bench.alone or len(found) == _ALTERNATIVES:
                break
    return found
