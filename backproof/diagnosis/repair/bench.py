"""Repair: the learner's expression after a small edit, proven by exact replay to give every gradient.

All edits of an expression are evaluated in one run, at the place itself, and compared there with what it has to be; the
few that pass are run as programs, and what passes that is proven on exact numbers, at every probe.
"""

from __future__ import annotations

import ast
import contextlib
import sys
import time
import types
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Case, Player, Probe
from backproof.diagnosis.calls.deadline import at_most
from backproof.diagnosis.calls.pairing import Pair
from backproof.diagnosis.culprits.intervention import Replacements, Wanted
from backproof.diagnosis.repair.edits import Edited
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.verdict.judging import Status, judge
from backproof.replay import instrument
from backproof.replay.loading import Program
from backproof.replay.patches import Edit
from backproof.replay.places import key_of
from backproof.replay.refusal import NotFollowed, TooLarge
from backproof.replay.world import instead_of

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


def surviving(
    bench: Bench, key: int, targets: Mapping[int, np.ndarray], edited: Sequence[Edited], until: float
) -> list[Edited]:
    """The edits of one expression whose value is what it has to be, every time that it is passed.

    Args:
        key: of the expression.
        targets: what it has to be, by the times that it was passed.
    """
    trial = _Trial(key, targets, edited, bench.wanted.close * 10, until)
    only = frozenset([key, *(k for k, _ in bench.kept)])
    with Player(bench.case, only) as player:
        trial.hook(player)
        try:
            player.call(bench.wanted.probe, bench.kept)
        except Exception:
            return []
    return trial.left


def evaluated(
    bench: Bench, key: int, occurrences: Mapping[int, np.ndarray], texts: Sequence[str]
) -> dict[str, list[np.ndarray]]:
    """The values that expressions have where another stands, each time that it is passed; those that fail are left out.

    Args:
        key: of the place.
        occurrences: what goes on from there, by the times that it was passed.
    """
    looks = _Looks(key, occurrences, texts)
    with Player(bench.case, frozenset([key, *(k for k, _ in bench.kept)])) as player:
        looks.hook(player)
        try:
            player.call(bench.wanted.probe, bench.kept)
        except Exception:
            return {}
    return {text: values for text, values in looks.found.items() if len(values) == looks.times}


class _Looks:
    """Stands at one place of a running program and looks at the values of expressions."""

    def __init__(self, key: int, occurrences: Mapping[int, np.ndarray], texts: Sequence[str]) -> None:
        self.key, self.occurrences, self.times = key, occurrences, 0
        self.codes = {text: code for text in texts if (code := _code(ast.parse(text, mode="eval").body)) is not None}
        self.found: dict[str, list[np.ndarray]] = {text: [] for text in self.codes}

    def hook(self, player: Player) -> None:
        """Stand at the place."""
        world = player.world

        def value(key: int, passing: Any) -> Any:
            occurrence = world.passed.get(key, 0)
            passing = world.value(key, passing)
            target = self.occurrences.get(occurrence) if key == self.key else None
            if target is None:
                return passing
            names, space = _names_at(sys._getframe(1))
            self.times += 1
            for text, code in self.codes.items():
                with warnings.catch_warnings(), contextlib.suppress(Exception), at_most(_ONE_EDIT):
                    warnings.simplefilter("ignore")
                    self.found[text].append(np.array(eval(code, space, names), np.float64))
            return instead_of(passing, target)

        player.replace_hook(instrument.VALUE, value)


def _names_at(frame: types.FrameType) -> tuple[dict[str, Any], dict[str, Any]]:
    """The local and the global names of a place; in a comprehension those around it too."""
    names = dict(frame.f_locals)
    while frame.f_code.co_name in ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>") and frame.f_back:
        frame = frame.f_back
        names = {**frame.f_locals, **names}
    return names, frame.f_globals


class _Trial:
    """Stands at one place of a running program: every edit is evaluated there, and what it has to be goes on."""

    def __init__(
        self, key: int, targets: Mapping[int, np.ndarray], edited: Sequence[Edited], close: float, until: float
    ) -> None:
        self.key, self.targets, self.close, self.until = key, targets, close, until
        self.edited = list(edited)
        self.alive: list[tuple[Edited, types.CodeType]] | None = None

    @property
    def left(self) -> list[Edited]:
        """The edits that gave the right value each time; none where the place was not passed."""
        return [one for one, _ in self.alive or []]

    def hook(self, player: Player) -> None:
        """Stand at the place."""
        world = player.world

        def value(key: int, passing: Any) -> Any:
            occurrence = world.passed.get(key, 0)
            passing = world.value(key, passing)
            target = self.targets.get(occurrence) if key == self.key else None
            if target is None:
                return passing
            frame = sys._getframe(1)
            self._try(frame, target)
            return instead_of(passing, target)

        player.replace_hook(instrument.VALUE, value)

    def _try(self, frame: types.FrameType, target: np.ndarray) -> None:
        names, space = _names_at(frame)
        if self.alive is None:
            self.alive = [(one, code) for one in self.edited if (code := _code(one.node)) is not None]
        size = max(float(np.abs(target).max(initial=0.0)), 1e-300)
        kept = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for one, code in self.alive:
                if time.process_time() > self.until:
                    break
                try:
                    with at_most(_ONE_EDIT):
                        value = np.asarray(eval(code, space, names), np.float64)
                except Exception:
                    continue
                if value.shape != target.shape and _full(value.shape) != _full(target.shape):
                    continue
                if np.abs(value.reshape(target.shape) - target).max(initial=0.0) <= self.close * size:
                    kept.append((one, code))
        self.alive = kept


def _full(shape: tuple[int, ...]) -> list[int]:
    return [n for n in shape if n != 1]


def _code(node: ast.expr) -> types.CodeType | None:
    """An edited expression compiled; None where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(ast.fix_missing_locations(ast.Expression(node)), "<edit>", "eval")
    except (SyntaxError, ValueError, TypeError):
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
        if time.process_time() > until:
            break
        if bench.works(change) and (not bench.alone or bench.proven([change])):
            found.append(change)
            if bench.alone or len(found) == _ALTERNATIVES:
                break
    return found
