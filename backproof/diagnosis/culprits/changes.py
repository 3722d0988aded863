"""The changes of one statement, in groups: what is known beforehand to be possible, then what has to be tried."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from backproof.diagnosis.culprits.response import Responses
from backproof.diagnosis.repair.bench import Bench, Change, changes_of
from backproof.diagnosis.repair.edits import Edited, More, edits
from backproof.diagnosis.repair.joined import joined
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.repair.missing import missing
from backproof.diagnosis.repair.scope import Scope
from backproof.diagnosis.repair.statements import (
    block_of,
    edits_inside,
    expressions_of,
    insertions,
    statement_changes,
    target_changes,
)
from backproof.diagnosis.repair.trial import gaining, running
from backproof.replay.places import Spot, key_of

PLAIN, CHEAP = 0.9, 1.35  # edits up to these costs are tried first: a sign, a transpose; another name


class Costs(NamedTuple):
    """What changes may cost: more than what was tried before, and no more than what is tried now."""

    least: float
    most: float

    def hold(self, cost: float) -> bool:
        """Whether a change of this cost is tried now."""
        return self.least < cost <= self.most


def _due(one: Edited, root: ast.expr) -> float:
    """When an edit is tried: a factor or a term more, of a whole expression, with what is cheap."""
    is_whole = one.old is root and one.kind in (Kind.TERM, Kind.FACTOR)
    return min(one.cost, CHEAP) if is_whole else one.cost


def of_statement(spot: Spot, scope: Scope) -> Iterator[Change]:
    """The statement itself changed, moved, left out, or with another after it."""
    yield from statement_changes(spot.statement, block_of(spot.statement, spot.tree))
    yield from insertions(spot.statement, scope)


class Inside:
    """Changes of the expressions in a statement.

    Args:
        responses: of the gradients that have to come out right.
    """

    def __init__(self, bench: Bench, responses: Responses | None, statement: ast.stmt, scope: Scope) -> None:
        self._bench, self._responses, self._statement, self._scope = bench, responses, statement, scope
        self._nodes = [*expressions_of(statement)]
        self._known = [] if responses is None else self._outermost(responses.of)
        recorded = [] if responses is None else self._outermost(responses.values)
        self._looped = [root for root in recorded if all(root is not other for other in self._known)]
        self._missing: dict[int, list[Edited]] = {}
        self._made: dict[tuple[int, More], list[Edited]] = {}
        self._rest: dict[More, list[Change]] = {}

    def _outermost(self, fits: Callable[[int], object]) -> list[ast.expr]:
        return [root for node in self._nodes for root in _outermost(node, fits)]

    def groups(self, foreseen: Costs, others: Costs, until: float) -> Iterator[Iterable[Change]]:
        """First the changes that are known to be possible, then what has to be tried."""
        yield [change for root in self._known for change in self._foreseen(root, foreseen, until)]
        rest = self._edits(More.FACTORS if others.most > CHEAP else More.PRODUCTS)  # factors and terms cost more
        rest = [change for change in rest if others.hold(change.cost)]
        yield [
            *(change for change in target_changes(self._statement, self._scope) if others.hold(change.cost)),
            *(change for change in rest if change.cost <= CHEAP),
        ]
        yield [change for root in self._looped for change in self._in_turns(root, others, until)]
        yield [change for change in rest if change.cost > CHEAP]

    def _edits(self, more: More) -> list[Change]:
        if more not in self._rest:
            looked_at = {id(part) for root in (*self._looped, *self._known) for part in ast.walk(root)}
            every = (change for node in self._nodes for change in edits_inside(node, self._scope, more))
            self._rest[more] = [change for change in every if id(change.old) not in looked_at]
        return self._rest[more]

    def _edits_of(self, root: ast.expr, more: More) -> Sequence[Edited]:
        known = id(root), more
        if known not in self._made:
            self._made[known] = [*edits(root, self._scope, more)]
        return self._made[known]

    def _foreseen(self, root: ast.expr, costs: Costs, until: float) -> Iterator[Change]:
        """The edits of an expression by which the gradients gain what they lack."""
        key, responses = key_of(root), self._responses
        assert key is not None
        assert responses is not None
        response = responses.of(key)
        assert response is not None
        every = self._edits_of(root, More.PRODUCTS if costs.most > CHEAP else More.NOTHING)
        yield from changes_of(
            gaining(self._bench, key, response, [e for e in every if costs.hold(e.cost)], until), root
        )
        if costs.most > PLAIN:
            if key not in self._missing:
                self._missing[key] = missing(self._bench, responses, root, self._scope)
            yield from changes_of((one for one in self._missing[key] if costs.hold(_due(one, root))), root)

    def _in_turns(self, root: ast.expr, costs: Costs, until: float) -> Iterator[Change]:
        """The edits of an expression whose values have a part in one another, as in a recurrence."""
        key = key_of(root)
        assert key is not None
        assert self._responses is not None
        every = [*self._edits_of(root, More.FACTORS if costs.most > CHEAP else More.NOTHING)]
        if costs.most == CHEAP:
            every += [Edited(new, kind, cost, root, new) for new, kind, cost in joined(root, self._scope, False)]
        tried = [one for one in every if costs.hold(_due(one, root))]
        yield from changes_of(running(self._bench, key, self._responses.values(key), tried, until), root)


def _outermost(node: ast.AST, fits: Callable[[int], object]) -> Iterator[ast.expr]:
    """The outermost expressions inside of a node whose places fit."""
    key = key_of(node)
    if key is not None and isinstance(node, ast.expr) and fits(key):
        yield node
    else:
        for inner in ast.iter_child_nodes(node):
            yield from _outermost(inner, fits)
