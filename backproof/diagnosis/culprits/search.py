"""The search for the culprits of a wrong program: by intervention, and by what a small change puts right.

From the strictest question to the loosest: one expression and one true adjoint that mend everything; a slope, a value,
a part of an adjoint; a changed statement; at last the expression that mends most, is kept, and the search goes on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from backproof.diagnosis.calls.case import Case, Player, exact_call
from backproof.diagnosis.culprits.candidates import Candidate, candidates, is_right
from backproof.diagnosis.culprits.culprit import Culprit, simpler
from backproof.diagnosis.culprits.flow import Flow
from backproof.diagnosis.culprits.helpers import computed_where, inside_of_helper
from backproof.diagnosis.culprits.intervention import Mend, mends
from backproof.diagnosis.culprits.near import around, distinct, read_on_the_way_back, suspects_first
from backproof.diagnosis.culprits.targets import (
    Fit,
    Target,
    adjoint_targets,
    fitted,
    forward_series,
    meant_targets,
    parts_of,
    row_targets,
    samples_of,
    scaled_targets,
    slope_targets,
    spread,
    value_targets,
)  # fmt: skip
from backproof.diagnosis.repair.bench import Bench, Change, changes_of, simplest, surviving
from backproof.diagnosis.repair.edits import edits
from backproof.diagnosis.repair.formulas import formulas_for
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.repair.scope import Scope, scope_of
from backproof.diagnosis.repair.statements import block_of, inner_changes, insertions, statement_changes
from backproof.diagnosis.verdict.judging import Judgement, judge
from backproof.replay.places import Expression, Spot
from backproof.replay.whole import balls_of

MOST_CULPRITS = 4
_SEEN_EXPRESSIONS = 20  # of the mends found, in the order of their places
_TRIED_EXPRESSIONS = 8  # of the mends found, for patches
_TRIED_STATEMENTS = 4
_TRIED_FORMULAS = 2
_MOST_ENTRIES_OF_FLOW = 100_000
_PLAIN, _CHEAP = 0.9, 1.35  # edits up to these costs are tried first: a sign, a transpose; another name
_ONE_QUESTION, _STATEMENTS, _INSIDE = 0.12, 0.14, 0.2  # shares of the time


@dataclass
class Search:
    """A search for culprits, until a deadline."""

    case: Case
    judgement: Judgement
    bench: Bench
    until: float
    seconds: float
    wrong: frozenset[int]
    depth: int = 0
    asked: set[tuple[int, bool, float]] = field(default_factory=set)

    def run(self) -> list[Culprit]:
        """The culprits in the order of computation."""
        wrong, places = sorted(self.wrong), self.case.program.expressions
        self.backward = candidates(self.judgement, wrong, forward=False, places=places)
        loads = candidates(self.judgement, wrong, forward=True, places=places)
        self.series = forward_series(self.judgement, self.case.program)
        used = self.judgement.forward
        self.flow = Flow(self.judgement.tape, used) if used.size < _MOST_ENTRIES_OF_FLOW else None
        self.adjoints = adjoint_targets(self.judgement, self.series, self.case.program)
        self.meant = meant_targets(self.case, self.judgement)
        right = {c.key for c in self.backward if is_right(c, self.adjoints)}
        self.not_right = [c for c in self.backward if c.key not in right]
        self.used_wrongly = [c for c in self.backward if c.key in right]
        self.read_back = read_on_the_way_back(self.case.program, self.judgement, loads)
        self.computed = computed_where([c for c in self.backward if self._place(c.key).kind != "store"])
        keys = frozenset([*(c.key for c in [*self.backward, *self.read_back]), *(key for key, _ in self.bench.kept)])
        with Player(self.case, keys) as player:
            self.player = player
            found = self._single() or self._changed(self._around([]), inside=True, most=_CHEAP)
            if found is not None:
                return [found]
            several = self._several()
            if several and all(culprit.changes for culprit in several):
                return several
            found = self._thorough([])
            return [found] if found is not None else several

    def _single(self) -> Culprit | None:
        """One culprit that explains everything: the simplest change, and where none is found the first place."""
        pointed: list[Mend] = []
        best: Culprit | None = None
        for question in self._questions():
            found = self._first_places(question)
            best = self._repaired(found, near=not (pointed or self.meant))
            pointed += found
            if best is not None:
                break
        spots = distinct(self._spots(pointed))[:_TRIED_STATEMENTS]
        first = self._spot(best.place.key).statement if best else None
        if best is None or best.changes[0].cost > _CHEAP or all(first is not spot.statement for spot in spots[:1]):
            best = simpler(self._changed(spots, inside=False), best)
        if best is None or best.changes[0].kind is Kind.FORMULA:
            best = simpler(self._changed(spots, inside=True, most=_CHEAP), best)
        if best is not None:
            return best if best.mend or not pointed else replace(best, mend=pointed[0])
        return self._changed(self._around(spots), inside=False) or (self._thorough(pointed) if pointed else None)

    def _thorough(self, pointed: Sequence[Mend]) -> Culprit | None:
        """Every edit near what was pointed at; at last the place itself, without a change."""
        spots = distinct(self._spots(pointed))
        near = self._around(spots)
        found = self._changed(near, inside=True, most=_CHEAP) or self._changed(spots, inside=True)
        return found or self._changed(near, inside=True) or self._first_of(pointed)

    def _first_of(self, pointed: Sequence[Mend]) -> Culprit | None:
        """The first wrong expression that was pointed at, without a change."""
        if not pointed:
            return None
        wrong = {candidate.key for candidate in self.not_right}
        among = [mend for mend in pointed if mend.candidate.key in wrong] or pointed
        return self._culprit(min(among, key=lambda mend: mend.first), [])

    def _several(self) -> list[Culprit]:
        """The expression that mends most gradients, kept, and whatever explains the others."""
        if len(self.wrong) < 2 or self.depth >= MOST_CULPRITS or time.process_time() > self.until:
            return []
        found: list[Mend] = []
        for among in (self.not_right, self.used_wrongly):
            tried = sorted(among, key=lambda c: (-len(c.reaches), c.first))
            found = found or list(self._mends(tried, [*self.meant, *self.adjoints], whole=False))
        if not found:
            return []
        best = min(found, key=lambda m: (-len(m.mended), is_right(m.candidate, self.meant), m.first))
        rest = self.wrong - best.mended
        culprit = self._own(best, replace(self.bench, right=self.bench.wanted.positions - rest, alone=False))
        kept = {**self.bench.kept, **best.replaced}
        balls = {visit: balls_of(value) for visit, value in kept.items()}
        try:
            call = exact_call(self.case, self.bench.wanted.probe, replaced=balls)
            after = judge(self.case, self.bench.wanted.probe, self.bench.pairs, call)
        except Exception:
            return [culprit]
        bench = replace(self.bench, kept=kept, alone=False)
        others = Search(self.case, after, bench, self.until, self.seconds, rest, depth=self.depth + 1).run()
        return sorted([culprit, *others], key=lambda c: c.first)

    def _own(self, mend: Mend, bench: Bench) -> Culprit:
        """A culprit among several, with the patch that mends its own gradients."""
        before, self.bench = self.bench, bench
        try:
            found = self._repaired([mend]) or self._changed(self._spots([mend]), inside=False)
            found = found or self._changed(self._spots([mend]), inside=True)
            found = found or self._culprit(mend, [])
            return replace(found, mend=mend, gradients=mend.mended)
        finally:
            self.bench = before

    def _questions(self) -> Iterator[Iterator[Mend]]:
        """The interventions, from the strictest kind to the loosest."""
        if self.meant:
            yield self._mends([c for c in self.not_right if not is_right(c, self.meant)], self.meant)
            yield self._mends([c for c in self.not_right if is_right(c, self.meant)], self.meant)
        for among in suspects_first(self.case.program, self.backward, self.not_right, self.adjoints):
            yield self._mends(among, self.adjoints)
            yield self._mends(among, self._scaled)
            yield self._mends(among, self._slopes, likely=True)
            yield self._mends(among, self.adjoints, likely=True, fit=spread)
        in_loops = [c for c in [*self.not_right, *self.read_back] if len(c.occurrences) > 1]
        yield self._mends(in_loops, row_targets([*self.adjoints, *self._scaled]))
        yield self._mends(self.read_back, value_targets(self.judgement, self.series), likely=True)
        yield self._mends(self.used_wrongly, self.adjoints, likely=True)
        yield self._mends(self.read_back, self.adjoints, likely=True)
        yield self._mends([*self.used_wrongly, *self.read_back], self.adjoints, likely=True, fit=spread)
        yield self._mends(self.backward, parts_of(self.case, self.judgement, self.bench.wanted.probe), likely=True)

    @cached_property
    def _scaled(self) -> list[Target]:
        arguments = self.case.given(self.player.loaded.namespace).by_name
        return scaled_targets(samples_of(arguments, self.judgement), self.adjoints)

    @cached_property
    def _slopes(self) -> list[Target]:
        return slope_targets(self.adjoints[:40])

    def _spots(self, found: Sequence[Mend]) -> list[Spot]:
        return [self._spot(mend.candidate.key) for mend in found]

    def _around(self, pointed: Sequence[Spot]) -> list[Spot]:
        return around(self.case.program, self.backward, self.series, pointed)

    def _mends(
        self,
        tried: Sequence[Candidate],
        targets: Sequence[Target],
        whole: bool = True,
        likely: bool = False,
        fit: Fit = fitted,
    ) -> Iterator[Mend]:
        until = min(self.until, time.process_time() + _ONE_QUESTION * self.seconds)
        wanted, kept = self.bench.wanted, self.bench.kept
        return mends(self.player, wanted, tried, targets, self.wrong, kept, until, whole, self.flow, likely, fit)

    def _first_places(self, found: Iterable[Mend]) -> list[Mend]:
        """The mends of what was wrong first, one for each place."""
        by_key: dict[int, Mend] = {}
        for mend in found:
            by_key.setdefault(mend.candidate.key, mend)
            if len(by_key) >= _SEEN_EXPRESSIONS:
                break
        for mend in [*by_key.values()]:
            inner = inside_of_helper(mend, self.computed, self.bench.wanted, self.player, self.bench.kept, self.wrong)
            if inner is not None:
                by_key.setdefault(inner.candidate.key, inner)
        return sorted(by_key.values(), key=lambda mend: mend.first)[:_TRIED_EXPRESSIONS]

    def _spot(self, key: int) -> Spot:
        return self.case.program.node(key)

    def _place(self, key: int) -> Expression:
        return self.case.program.expressions[key]

    def _repaired(self, found: Sequence[Mend], near: bool = False) -> Culprit | None:
        """The mend whose expression has the simplest proven patch; the earlier one, where that costs little more.

        Args:
            near: whether plain edits of other statements are tried before costly ones of these expressions.
        """
        best = self._mended(found, cheap=True)
        if best is None and near and found:
            best = self._changed(self._around(self._spots(found)), inside=True, most=_PLAIN)
        return best or self._mended(found, cheap=False)

    def _mended(self, found: Sequence[Mend], cheap: bool) -> Culprit | None:
        best: Culprit | None = None
        for turn, mend in enumerate(found):
            if time.process_time() > self.until:
                break
            if self._place(mend.candidate.key).kind == "store":
                continue
            changes = self._patches(mend, cheap)
            if not changes and best is None and not cheap and turn < _TRIED_FORMULAS:
                spot = self._spot(mend.candidate.key)
                formulas = formulas_for(self.bench, mend, spot)
                changes = simplest(self.bench, changes_of(formulas, spot.node), self.until)
            if changes:
                best = simpler(best, self._culprit(mend, changes))
        return best

    def _culprit(self, mend: Mend, changes: Sequence[Change]) -> Culprit:
        return Culprit(self._place(mend.candidate.key), mend, tuple(changes), self.wrong, mend.first)

    def _patches(self, mend: Mend, cheap: bool) -> list[Change]:
        spot = self._spot(mend.candidate.key)
        tried = [one for one in edits(spot.node, self._scope(spot)) if (one.cost <= _CHEAP) is cheap]
        passed = surviving(self.bench, mend.candidate.key, mend.by_turn, tried, self.until)
        return simplest(self.bench, changes_of(passed, spot.node), self.until)

    def _changed(self, spots: Sequence[Spot], inside: bool, most: float = math.inf) -> Culprit | None:
        """A changed statement that mends everything.

        Args:
            inside: whether the expressions in the statements are edited, or the statements themselves.
            most: the cost of an edit that is tried.
        """
        until = min(self.until, time.process_time() + (_INSIDE if inside else _STATEMENTS) * self.seconds)
        for spot in spots:
            asked = id(spot.statement), inside, most
            if asked in self.asked:
                continue
            if time.process_time() > until:
                return None
            self.asked.add(asked)
            changes = simplest(self.bench, self._changes(spot, inside, most), until)
            if changes:
                statement = spot.statement
                here = [c for c in self.backward if self._spot(c.key).statement is statement]
                near = here or sorted(self.backward, key=lambda c: abs(self._place(c.key).line - statement.lineno))
                return Culprit(self._place(near[0].key), None, tuple(changes), self.wrong, near[0].first)
        return None

    def _changes(self, spot: Spot, inside: bool, most: float) -> Iterator[Change]:
        scope = self._scope(spot)
        if inside:
            changes = inner_changes(spot.statement, scope, simple=most <= _CHEAP)
            yield from (change for change in changes if change.cost <= most)
        else:
            yield from statement_changes(spot.statement, block_of(spot.statement, spot.tree))
            yield from insertions(spot.statement, scope)

    def _scope(self, spot: Spot) -> Scope:
        return scope_of(spot.function, spot.tree, spot.statement, sorted(self.case.program.main.modules))
