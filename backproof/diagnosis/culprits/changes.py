"""The changes of one statement, in groups: what is known beforehand to be possible, then what has to be tried."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator

from backproof.diagnosis.culprits.response import Responses
from backproof.diagnosis.repair.bench import Bench, Change, changes_of
from backproof.diagnosis.repair.edits import Edited, More, edits
from backproof.diagnosis.repair.forgotten import forgotten_terms
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


def most_for(kind: Kind, is_whole: bool, most: float) -> float:
    """Up to which cost an edit is tried: a factor or a term more, of a whole expression, is cheap as well."""
    return math.inf if most == CHEAP and is_whole and kind in (Kind.TERM, Kind.FACTOR) else most


def of_statement(spot: Spot, scope: Scope) -> Iterator[Change]:
    """The statement itself changed, moved, left out, or with another after it."""
    yield from forgotten_terms(spot, scope)
    yield from statement_changes(spot.statement, block_of(spot.statement, spot.tree))
    yield from insertions(spot.statement, scope)


def inside(
    bench: Bench, responses: Responses | None, statement: ast.stmt, scope: Scope, most: float, until: float
) -> Iterator[Iterable[Change]]:
    """Changes of the expressions in a statement, in groups: first those that are known to be possible.

    Args:
        responses: of the gradients that have to come out right.
        most: that a change may cost.
    """
    nodes = [*expressions_of(statement)]
    known = [] if responses is None else [root for node in nodes for root in _outermost(node, responses.of)]
    recorded = [] if responses is None else [root for node in nodes for root in _outermost(node, responses.values)]
    looped = [root for root in recorded if all(root is not other for other in known)]
    yield [
        change
        for root in known
        if responses is not None
        for change in _known(bench, responses, root, scope, most, until)
    ]
    looked_at = {id(part) for root in (*looped, *known) for part in ast.walk(root)}
    more = More.FACTORS if most > CHEAP else More.PRODUCTS  # factors and terms cost more
    rest = [c for node in nodes for c in edits_inside(node, scope, more) if id(c.old) not in looked_at]
    yield [
        *(change for change in target_changes(statement, scope) if change.cost <= most),
        *(change for change in rest if change.cost <= min(most, CHEAP)),
    ]
    if responses is not None:
        yield [change for root in looped for change in _looped(bench, responses, root, scope, most, until)]
    if most > CHEAP:
        yield [change for change in rest if change.cost > CHEAP]


def _known(
    bench: Bench, responses: Responses, root: ast.expr, scope: Scope, most: float, until: float
) -> Iterator[Change]:
    """The edits of an expression by which the gradients gain what they lack."""
    key = key_of(root)
    response = responses.of(key) if key is not None else None
    assert key is not None
    assert response is not None
    tried = [e for e in edits(root, scope, More.PRODUCTS if most > CHEAP else More.NOTHING) if e.cost <= most]
    yield from changes_of(gaining(bench, key, response, tried, until), root)
    if most > PLAIN:
        found = missing(bench, responses, root, scope)
        yield from changes_of((e for e in found if e.cost <= most_for(e.kind, e.old is root, most)), root)


def _looped(
    bench: Bench, responses: Responses, root: ast.expr, scope: Scope, most: float, until: float
) -> Iterator[Change]:
    """The edits of an expression whose values have a part in one another, as in a recurrence."""
    key = key_of(root)
    assert key is not None
    tried = [e for e in edits(root, scope, More.FACTORS if most > CHEAP else More.NOTHING) if e.cost <= most]
    if most == CHEAP:
        tried += [Edited(new, kind, cost, root, new) for new, kind, cost in joined(root, scope, False)]
    yield from changes_of(running(bench, key, responses.values(key), tried, until), root)


def _outermost(node: ast.AST, fits: Callable[[int], object]) -> Iterator[ast.expr]:
    """The outermost expressions inside of a node whose places fit."""
    key = key_of(node)
    if key is not None and isinstance(node, ast.expr) and fits(key):
        yield node
    else:
        for inner in ast.iter_child_nodes(node):
            yield from _outermost(inner, fits)
