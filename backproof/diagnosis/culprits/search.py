"""The search for the culprits of a wrong program: by intervention, and by what a small change puts right.

From the strictest question to the loosest: one expression and one true adjoint that mend everything; a slope, a value,
a part of an adjoint; a changed statement; at last the expression that mends most, is kept, and the search goes on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from backproof.diagnosis.calls.case import Case, ExactCall, Player, exact_call
from backproof.diagnosis.calls.deadline import spent
from backproof.diagnosis.culprits import near
from backproof.diagnosis.culprits.candidates import Candidate, candidates, is_right
from backproof.diagnosis.culprits.changes import CHEAP
from backproof.diagnosis.culprits.culprit import Culprit, simpler
from backproof.diagnosis.culprits.flow import Flow
from backproof.diagnosis.culprits.helpers import computed_where, inside_of_helper
from backproof.diagnosis.culprits.intervention import Mend, mends
from backproof.diagnosis.culprits.mender import Mender
from backproof.diagnosis.culprits.parts import parts_of
from backproof.diagnosis.culprits.questions import DEEP, questions
from backproof.diagnosis.culprits.targets import (
    Fit,
    Target,
    adjoint_targets,
    fitted,
    forward_series,
    meant_targets,
    samples_of,
)  # fmt: skip
from backproof.diagnosis.repair.bench import Bench
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.verdict.judging import Judgement, judge, loss_of
from backproof.replay.places import Spot
from backproof.replay.whole import balls_of

MOST_CULPRITS = 4
_SEEN_EXPRESSIONS = 20  # of the mends found, in the order of their places
_TRIED_EXPRESSIONS = 8  # of the mends found, for patches
_TRIED_STATEMENTS = 4
_EARLY = DEEP + 3  # question without an answer, after which cheap edits are tried everywhere
_ENOUGH = DEEP + 5  # questions, where one had an answer and half of the time is over: changes there come next
_MOST_ENTRIES_OF_FLOW = 100_000
_ONE_QUESTION = 0.12  # share of the time


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

    def run(self) -> list[Culprit]:
        """The culprits in the order of computation."""
        wrong, places = sorted(self.wrong), self.case.program.expressions
        self.backward = candidates(self.judgement, wrong, forward=False, places=places)
        self.doubled = near.doubled(self.case.program, self.backward)
        loads = candidates(self.judgement, wrong, forward=True, places=places)
        self.series = forward_series(self.judgement, self.case.program)
        used = self.judgement.forward
        self.flow = Flow(self.judgement.tape, used) if used.size < _MOST_ENTRIES_OF_FLOW else None
        self.adjoints = adjoint_targets(self.judgement, self.series, self.case.program)
        call = self._parts_call()
        self.parts = parts_of(self.case, self.judgement, call)
        self.first = near.first_wrong(self.case.program, self.judgement, self.backward, self.adjoints, self.parts)
        self.meant = meant_targets(self.case, self.judgement)
        right = {c.key for c in self.backward if is_right(c, self.adjoints)}
        self.not_right = [c for c in self.backward if c.key not in right]
        self.used_wrongly = [c for c in self.backward if c.key in right]
        self.read_back = near.read_on_the_way_back(self.case.program, self.judgement, loads)
        self.computed = computed_where([c for c in self.backward if places[c.key].kind != "store"])
        keys = frozenset([*(c.key for c in [*self.backward, *self.read_back]), *(key for key, _ in self.bench.kept)])
        with Player(self.case, keys) as player:
            self.player = player
            given = self.case.given(player.loaded.namespace).by_name
            self.counts = frozenset(samples_of(given, self.judgement))
            self.mender = Mender(
                self.case,
                self.judgement,
                self.bench,
                player,
                call,
                self.backward,
                self.wrong,
                self.counts,
                self.until,
                self.seconds,
            )
            found = self._single()
            found = found or self._explained(self.mender.changed(self._around_first(), inside=True, most=CHEAP))
            if found is not None:
                return [found]
            several = self._several()
            if several and all(culprit.changes for culprit in several):
                return several
            found = self._one_helper(several) or self._thorough([])
            return [found] if found is not None else several

    def _parts_call(self) -> ExactCall | None:
        """The call once more, whose every reading is an entry of its own; None where that can't be."""
        balls = {visit: balls_of(value) for visit, value in self.bench.kept.items()}
        try:
            call = exact_call(self.case, self.bench.wanted.probe, replaced=balls, parts=True)
            loss_of(self.case, call)
        except Exception:  # what shares arrays may not run so
            return None
        return call

    def _single(self) -> Culprit | None:
        """One culprit that explains everything: the simplest change, and where none is found the first place."""
        mender = self.mender
        pointed: list[Mend] = []
        best = mender.forgotten(near.never_read(self.case.program, self.backward))
        if best is not None:
            return best
        for turn, question in enumerate(questions(self)):
            found = self._first_places(question)
            if turn < DEEP and not self.meant:  # what comes later may have the plainer patch
                best = mender.mended(found, cheap=True)
            else:
                here = [*pointed, *found] if turn == DEEP else found
                near_by = here if turn == DEEP or not (pointed or self.meant) else ()
                best = mender.repaired(here, self._around(mender.spots(near_by)) if near_by else ())
                best = best or (mender.formula(found) if self.meant else None)
                best = best or (
                    None if pointed and turn != DEEP else mender.changed(mender.spots(found), inside=False, most=CHEAP)
                )
            if turn == _EARLY and not (found or pointed or self.meant):
                best = self._explained(mender.changed(self._around_first(), inside=True, most=CHEAP))
            pointed += found
            late = turn >= _ENOUGH and self.until - spent() < self.seconds / 2
            if best or (pointed and late):
                break
        if best is None:
            best = self._thorough(pointed)
        else:
            best = self._simpler(best, near.distinct(mender.spots(pointed))[:_TRIED_STATEMENTS])
        return best if best is None or best.mend or not pointed else replace(best, mend=pointed[0])

    def _simpler(self, best: Culprit, spots: Sequence[Spot]) -> Culprit:
        """A culprit, or one with a simpler change in the statements that were pointed at."""
        first = self.mender.spot(best.place.key).statement
        if best.changes[0].cost > CHEAP or all(first is not spot.statement for spot in spots[:1]):
            best = simpler(self.mender.changed(spots, inside=False), best) or best
        if best.changes[0].kind is Kind.FORMULA:
            best = simpler(self.mender.changed(spots, inside=True, most=CHEAP), best) or best
        return best

    def _explained(self, found: Culprit | None) -> Culprit | None:
        """With what its expression should be, where a change was found without asking."""
        if found is None or found.mend is not None:
            return found
        statement = self.mender.spot(found.place.key).statement
        here = [c for c in self.backward if self.mender.spot(c.key).statement is statement]
        mend = next(iter(self.mends(here, [*self.adjoints, *self.parts], likely=True)), None)
        return found if mend is None else replace(found, mend=mend, place=self.mender.place(mend.candidate.key))

    def _thorough(self, pointed: Sequence[Mend]) -> Culprit | None:
        """Every edit near what was pointed at; at last the place itself, without a change."""
        mender, spots = self.mender, near.distinct(self.mender.spots(pointed))
        nearby = self._around(spots)
        return (
            mender.changed(nearby, inside=True, most=CHEAP, known=True)
            or mender.changed(nearby, inside=False, most=CHEAP)
            or mender.changed(nearby, inside=True, most=CHEAP)
            or mender.changed(spots[:_TRIED_STATEMENTS], inside=False)
            or mender.changed(spots, inside=True, known=True)
            or mender.formula(pointed)
            or mender.changed(spots, inside=True)
            or mender.changed(nearby, inside=False)
            or (mender.changed(nearby, inside=True) if pointed else None)
            or self._first_of(pointed)
        )

    def _first_of(self, pointed: Sequence[Mend]) -> Culprit | None:
        """The first wrong expression that the strictest question pointed at, without a change."""
        if not pointed:
            return None
        wrong = {candidate.key for candidate in self.not_right}
        among = [mend for mend in pointed if mend.candidate.key in wrong] or pointed
        return self.mender.culprit(among[0], [])

    def _several(self) -> list[Culprit]:
        """The expression that mends most, kept, and whatever explains the others."""
        if len(self.wrong) < 2 or self.depth >= MOST_CULPRITS or spent() > self.until:
            return []
        found: list[Mend] = []
        for among in (self.not_right, self.used_wrongly):
            tried = sorted(among, key=lambda c: (-len(c.reaches), c.first))
            found = found or list(self.mends(tried, [*self.meant, *self.adjoints], whole=False))
        if not found:
            return []
        best = min(found, key=lambda m: (-len(m.mended), is_right(m.candidate, self.meant), m.first))
        rest = self.wrong - best.mended
        mender = replace(self.mender, bench=replace(self.bench, right=self.bench.wanted.positions - rest, alone=False))
        culprit = mender.own(best, self._in_helper(best))
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

    def _in_helper(self, best: Mend) -> Mend | None:
        """The same inside of a helper, where a call of one mends as much."""
        tried = [c for c in self.backward if isinstance(self.mender.spot(c.key).node, ast.Call)]
        for mend in [best, *self.mends(tried, [*self.adjoints, *self.parts], whole=False, likely=True)]:
            if best.mended <= mend.mended:
                inner = self._inside(mend)
                if inner is not None:
                    return inner
        return None

    def _inside(self, mend: Mend) -> Mend | None:
        return inside_of_helper(mend, self.computed, self.bench.wanted, self.player, self.bench.kept, self.wrong)

    def _one_helper(self, several: Sequence[Culprit]) -> Culprit | None:
        """One culprit instead of several: the helper that is wrong each time that it is called."""
        inner = [culprit.inside for culprit in several if culprit.inside is not None]
        if len(several) < 2 or len(inner) < len(several) or len({mend.candidate.key for mend in inner}) > 1:
            return None
        replaced = {visit: value for mend in inner for visit, value in mend.replaced.items()}
        if not self.bench.right <= self.bench.wanted.right(self.player, {**self.bench.kept, **replaced}):
            return None
        candidate = next(c for c in self.backward if c.key == inner[0].candidate.key)
        whole = Mend(candidate, inner[0].target, replaced, self.wrong)
        return self.mender.repaired([whole]) or self._thorough([whole])

    def _around_first(self) -> list[Spot]:
        """All statements, those that are the first to set something wrong before the others."""
        first = near.distinct([self.mender.spot(c.key) for c in self.first])
        return near.distinct([*first, *self._around(first)])

    def _around(self, pointed: Sequence[Spot]) -> list[Spot]:
        return near.around(self.case.program, self.backward, self.series, pointed, self.wrong)

    def mends(
        self,
        tried: Sequence[Candidate],
        targets: Sequence[Target],
        whole: bool = True,
        likely: bool = False,
        fit: Fit = fitted,
    ) -> Iterator[Mend]:
        """What mends gradients among some places and targets, in this question's share of the time."""
        until = min(self.until, spent() + _ONE_QUESTION * self.seconds)
        wanted, kept = self.bench.wanted, self.bench.kept
        tried = [candidate for candidate in tried if candidate.key not in self.doubled]
        responses = self.mender.responses(wanted.positions) if whole else None
        return mends(
            self.player, wanted, tried, targets, self.wrong, kept, until, whole, self.flow, likely, fit, responses
        )

    def _first_places(self, found: Iterable[Mend]) -> list[Mend]:
        """The mends of what was wrong first, one for each place."""
        by_key: dict[int, Mend] = {}
        for mend in found:
            by_key.setdefault(mend.candidate.key, mend)
            if len(by_key) >= _SEEN_EXPRESSIONS:
                break
        for mend in [*by_key.values()]:
            inner = self._inside(mend)
            if inner is not None:
                by_key.setdefault(inner.candidate.key, inner)
        return sorted(by_key.values(), key=lambda mend: mend.first)[:_TRIED_EXPRESSIONS]
