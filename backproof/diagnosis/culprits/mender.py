"""The mender: looks for the change of the program that puts right what was pointed at."""

from __future__ import annotations

import ast
import contextlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile

from backproof.diagnosis.calls.case import Case, ExactCall, Player
from backproof.diagnosis.calls.deadline import spent
from backproof.diagnosis.culprits import changes
from backproof.diagnosis.culprits.candidates import Candidate
from backproof.diagnosis.culprits.changes import CHEAP, PLAIN, Costs, Inside
from backproof.diagnosis.culprits.culprit import Culprit, simpler
from backproof.diagnosis.culprits.intervention import Mend
from backproof.diagnosis.culprits.placeholders import writing_into
from backproof.diagnosis.culprits.response import Responses
from backproof.diagnosis.repair.bench import Bench, Change, changes_of, simplest
from backproof.diagnosis.repair.edits import More, edits
from backproof.diagnosis.repair.forgotten import forgotten_terms
from backproof.diagnosis.repair.formulas import formulas_for
from backproof.diagnosis.repair.missing import missing_at
from backproof.diagnosis.repair.scope import Scope, Vocabulary
from backproof.diagnosis.repair.trial import surviving
from backproof.diagnosis.verdict.judging import Judgement
from backproof.replay.places import Expression, Spot

_TRIED_FORMULAS = 2
_OF_NAMES = 2.55  # a factor or a term up to this cost is one of the learner's names, or a simple function of it
_STATEMENTS, _INSIDE = 0.14, 0.2  # shares of the time
_GROUPS = "foreseen", "others"  # changes of a statement


@dataclass
class Mender:
    """Looks for changes, until a deadline.

    Attributes:
        player: may replace what had a part in the wrong gradients.
        parts_call: the call whose every reading is an entry of its own; None where there is none.
        backward: the places that had a part in the wrong gradients.
        wrong: the positions of these.
        counts: how many samples there may be.
    """

    case: Case
    judgement: Judgement
    bench: Bench
    player: Player
    parts_call: ExactCall | None
    backward: Sequence[Candidate]
    wrong: frozenset[int]
    counts: frozenset[int]
    until: float
    seconds: float
    _tried: dict[tuple[int, bool, str], float] = field(default_factory=dict, init=False)
    _inside: dict[int, Inside] = field(default_factory=dict, init=False)
    _mended: set[tuple[int, bool, bytes]] = field(default_factory=set, init=False)
    _vocabularies: dict[int, Vocabulary] = field(default_factory=dict)
    _scopes: dict[int, Scope] = field(default_factory=dict)
    _responses: dict[frozenset[int], Responses | None] = field(default_factory=dict)

    def responses(self, positions: frozenset[int]) -> Responses | None:
        """How these gradients answer to replacements; None where that is not known."""
        if positions not in self._responses:
            found, wanted = None, self.bench.wanted
            if self.parts_call is not None:
                with contextlib.suppress(ValueError):
                    found = Responses(
                        self.case, self.player, wanted, self.parts_call, self.judgement, positions, self.bench.kept
                    )
            self._responses[positions] = found
        return self._responses[positions]

    def spot(self, key: int) -> Spot:
        """Where a place is in the tree."""
        return self.case.program.node(key)

    def place(self, key: int) -> Expression:
        """A place of the program."""
        return self.case.program.expressions[key]

    def repaired(self, found: Sequence[Mend], nearby: Sequence[Spot] = ()) -> Culprit | None:
        """The mend whose expression has the simplest proven patch; the earlier one, where that costs little more.

        Args:
            nearby: statements of which plain edits are tried before costly ones of these expressions.
        """
        best = self.mended(found, cheap=True) or self.changed(nearby, inside=True, most=PLAIN)
        best = best or self.mended(found, cheap=False)
        return best or self.changed(self.spots(found), inside=True, known=True)

    def own(self, mend: Mend, inside: Mend | None) -> Culprit:
        """A culprit among several, with the patch that mends its own gradients.

        Args:
            inside: the same inside of a helper.
        """
        spots = self.spots([mend])
        found = self.repaired([mend]) or self.changed(spots, inside=False) or self.changed(spots, inside=True)
        return replace(found or self.culprit(mend, []), mend=mend, gradients=mend.mended, inside=inside)

    def mended(self, found: Sequence[Mend], cheap: bool) -> Culprit | None:
        """The mend whose expression has the simplest proven patch, among the cheap ones or the others."""
        best: Culprit | None = None
        for mend in found:
            if spent() > self.until:
                break
            name = mend.candidate.key, cheap, b"".join(value.tobytes() for value in mend.replaced.values())
            if self.place(mend.candidate.key).kind == "store" or name in self._mended:
                continue
            self._mended.add(name)
            found_here = self._patches(mend, cheap)
            if found_here:
                best = simpler(best, self.culprit(mend, found_here))
        return best

    def culprit(self, mend: Mend, changes: Sequence[Change]) -> Culprit:
        """The culprit that a mend shows."""
        return Culprit(self._shown(mend.candidate.key), mend, tuple(changes), self.wrong, mend.first)

    def _shown(self, key: int) -> Expression:
        """A place, or the first that is written into an array of zeros."""
        writing = {id(spot.statement) for spot in writing_into(self.spot(key))}
        written = [c for c in self.backward if id(self.spot(c.key).statement) in writing]
        return self.place(min(written, key=lambda c: c.first).key if written else key)

    def _patches(self, mend: Mend, cheap: bool) -> list[Change]:
        spot, responses = self.spot(mend.candidate.key), self.responses(self.bench.right)
        response = None if responses is None else responses.of(mend.candidate.key)
        known = response is not None and not response.reshaped
        if not cheap and known:
            return []  # its statement is looked at as a whole
        scope, more = self._scope(spot), More.NOTHING if cheap else More.FACTORS
        in_time = takewhile(lambda _: spent() < self.until, edits(spot.node, scope, more))
        tried = [e for e in in_time if (e.cost <= CHEAP) is cheap]
        passed = surviving(self.bench, mend.candidate.key, mend.by_turn, tried, self.until)
        lacking = missing_at(self.bench, mend, spot.node, scope)
        passed += [one for one in lacking if (one.cost <= _OF_NAMES) is cheap]
        return simplest(self.bench, changes_of(passed, spot.node), self.until)

    def changed(
        self, spots: Sequence[Spot], inside: bool, most: float = math.inf, known: bool = False
    ) -> Culprit | None:
        """A statement that mends everything when it, or an expression inside of it, is changed at a cost of at most.

        Args:
            known: whether only what is known to be possible is tried.
        """
        until = min(self.until, spent() + (_INSIDE if inside else _STATEMENTS) * self.seconds)
        for spot in spots:
            foreseen, others = (
                Costs(self._tried.get((id(spot.statement), inside, group), 0.0), most) for group in _GROUPS
            )
            if foreseen.least >= most and (known or others.least >= most):
                continue
            if spent() > until:
                return None
            for group in _GROUPS[:1] if known else _GROUPS:
                name = id(spot.statement), inside, group
                self._tried[name] = max(most, self._tried.get(name, 0.0))
            groups = islice(self._groups(spot, inside, foreseen, others, until), 1 if known else None)
            found = next((f for group in groups if (f := simplest(self.bench, group, until))), [])
            if found:
                return self._changed(spot.statement, found)
        return None

    def forgotten(self, spots: Sequence[Spot]) -> Culprit | None:
        """A statement whose variable nothing reads, and another after it that adds it to something."""
        for spot in spots:
            found = simplest(self.bench, forgotten_terms(spot, self._scope(spot)), self.until)
            if found:
                return self._changed(spot.statement, found)
        return None

    def _changed(self, statement: ast.stmt, found: Sequence[Change]) -> Culprit:
        here = [c for c in self.backward if self.spot(c.key).statement is statement]
        near = here or sorted(self.backward, key=lambda c: abs(self.place(c.key).line - statement.lineno))
        return Culprit(self.place(near[0].key), None, tuple(found), self.wrong, near[0].first)

    def _groups(
        self, spot: Spot, inside: bool, foreseen: Costs, others: Costs, until: float
    ) -> Iterator[Iterable[Change]]:
        if not inside:
            every = changes.of_statement(spot, self._scope(spot))
            return iter([[change for change in every if others.hold(change.cost)]])
        name = id(spot.statement)
        if name not in self._inside:
            responses = self.responses(self.bench.right)
            self._inside[name] = Inside(self.bench, responses, spot.statement, self._scope(spot))
        return self._inside[name].groups(foreseen, others, until)

    def _scope(self, spot: Spot) -> Scope:
        known = self._scopes.get(id(spot.statement))
        if known is None:
            home = id(spot.function or spot.tree)
            if home not in self._vocabularies:
                modules = sorted(self.case.program.main.modules)
                self._vocabularies[home] = Vocabulary(spot.function, spot.tree, modules)
            known = self._vocabularies[home].at(spot.statement)._replace(counts=self.counts)
            self._scopes[id(spot.statement)] = known
        return known

    def formula(self, pointed: Sequence[Mend]) -> Culprit | None:
        """A formula of the learner's values in the place of one of the first expressions."""
        best: Culprit | None = None
        for mend in sorted(pointed, key=lambda mend: mend.first)[:_TRIED_FORMULAS]:
            if self.place(mend.candidate.key).kind != "store" and spent() < self.until:
                spot = self.spot(mend.candidate.key)
                formulas = formulas_for(self.bench, mend, spot, self._scope(spot))
                works = simplest(self.bench, changes_of(formulas, spot.node), self.until)
                best = simpler(best, self.culprit(mend, works)) if works else best
        return best

    def spots(self, found: Sequence[Mend]) -> list[Spot]:
        """Where mends are in the tree; of an array of zeros, where it is written into."""
        spots = (self.spot(mend.candidate.key) for mend in found)
        return [one for spot in spots for one in writing_into(spot) or [spot]]
