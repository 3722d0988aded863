"""Missing factors and terms, looked up: what the gradients lack says which values may be missing, and where.

A factor ``f`` at a place of value ``v`` gains ``sum(slope * v * (f - 1))``, a term ``t`` gains ``sum(slope * t)``. For
all places and all values of the learner's that is a few matrix products.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.culprits.intervention import Mend
from backproof.diagnosis.culprits.response import Response, Responses
from backproof.diagnosis.repair.bench import Bench
from backproof.diagnosis.repair.edits import Edited, is_factor
from backproof.diagnosis.repair.inverses import Values, wanted_inside
from backproof.diagnosis.repair.joined import Joined, divisors, factors, terms
from backproof.diagnosis.repair.kinds import Kind, expression, is_value
from backproof.diagnosis.repair.numbers import Times, times
from backproof.diagnosis.repair.parts import Make, places
from backproof.diagnosis.repair.products import matrix_products
from backproof.diagnosis.repair.scope import Scope
from backproof.diagnosis.repair.trial import evaluated
from backproof.replay.places import key_of

_PHRASE, _PAIR = 2.6, 2.7  # what it costs to use another expression of the learner's, or two of his values at once
_SCALED = 2.9  # one of his values times a number, a matrix product of two
_LARGEST = 20_000  # numbers of a place
_CLOSER = 0.1  # than other edits have to come, since so many are tried


def missing(bench: Bench, responses: Responses, root: ast.expr, scope: Scope) -> list[Edited]:
    """The edits of an expression that add a factor or a term by which all gradients may come out right."""
    key = key_of(root)
    response = responses.of(key) if key is not None else None
    if key is None or response is None or response.reshaped:
        return []
    words = _Words(scope)
    operands = {id(one): (other, whole) for one, other, whole in _operands(root)}
    beside = [ast.unparse(other) for other, _ in operands.values()]
    values = evaluated(bench, key, dict.fromkeys(response.values), [*words.texts, *beside])
    numbers, found = times(values, words.counts), list[Edited]()
    known: dict[int, Response] = {}  # of each place, as wide as what it is a part of
    for node, make in places(root):
        at = key_of(node)
        own = responses.of(at) if at is not None else None
        its = own if own is not None and own.values.keys() == response.values.keys() else None
        if id(node) in operands:
            other, around = operands[id(node)]
            its = _widened(its, known.get(id(around)), node, other, around, values)
        if its is not None and is_value(node):
            known[id(node)] = its
            found += _looked_up(_Place(node, make, its), values, words, numbers, is_factor(root, node))
    return found


def _operands(root: ast.expr) -> Iterator[tuple[ast.expr, ast.expr, ast.BinOp]]:
    """Every operand of a sum or a product of numbers, with the other one."""
    for node in ast.walk(root):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            yield node.left, node.right, node
            yield node.right, node.left, node


def _widened(
    its: Response | None, whole: Response | None, node: ast.expr, other: ast.expr, around: ast.BinOp, values: Values
) -> Response | None:
    """The response of an operand that is spread over a wider one, or of a plain number: as if it were as wide."""
    if whole is None or (its is not None and all(its.values[k].shape == v.shape for k, v in whole.values.items())):
        return its
    given, beside = values.get(ast.unparse(node)), values.get(ast.unparse(other))
    if given is None or beside is None:
        return its
    wide, slopes = {}, {}
    for (turn, value), mine, by in zip(whole.values.items(), given, beside, strict=True):
        try:
            wide[turn] = np.broadcast_to(mine, value.shape)
            slopes[turn] = whole.slopes[turn] * _partial(around, node, wide[turn], by)
        except ValueError:
            return its
    return whole._replace(values=wide, slopes=slopes)


def _partial(around: ast.BinOp, node: ast.expr, value: np.ndarray, other: np.ndarray) -> np.ndarray | float:
    """The derivative of a sum or a product with respect to one operand."""
    is_left = node is around.left
    with np.errstate(all="ignore"):
        match around.op:
            case ast.Add():
                return 1.0
            case ast.Sub():
                return 1.0 if is_left else -1.0
            case ast.Mult():
                return other
            case _:
                return 1 / other if is_left else -other / value**2


def missing_at(bench: Bench, mend: Mend, root: ast.expr, scope: Scope) -> list[Edited]:
    """The edits that add a factor or a term to a part of an expression, so that the whole has the values it has to."""
    words, parts = _Words(scope), [*places(root)]
    texts = {id(node): ast.unparse(node) for node, _ in parts}
    values = evaluated(bench, mend.candidate.key, mend.by_turn, [*words.texts, *texts.values()])
    inside = wanted_inside(root, [*mend.by_turn.values()], values)
    numbers, found = times(values, words.counts), list[Edited]()
    for node, make in parts:
        if id(node) in inside and is_value(node):
            response = _as_response(values[texts[id(node)]], inside[id(node)], bench.wanted.close)
            place = _Place(node, make, response)
            found += _looked_up(place, values, words, numbers, is_factor(root, node))
    return found


def _as_response(given: Sequence[np.ndarray], wanted: Sequence[np.ndarray], close: float) -> Response:
    """The response of a sum of the values with any weights: right where the values are."""
    draw = np.random.default_rng(2)
    given = [np.broadcast_to(value, w.shape) for value, w in zip(given, wanted, strict=True)]
    slopes = [draw.uniform(0.5, 1.5, value.shape) for value in wanted]
    lacks = sum(float((s * (w - v)).sum()) for s, w, v in zip(slopes, wanted, given, strict=True))
    return Response(dict(enumerate(given)), dict(enumerate(slopes)), lacks, close, False)


class _Words:
    """What is looked up."""

    def __init__(self, scope: Scope) -> None:
        self.atoms = frozenset(scope.names)
        self.plain = [*dict.fromkeys([*scope.names, *scope.phrases])]
        self.near, self.counts = scope.atoms, [*scope.atoms, *(f"{atom}.shape[0]" for atom in scope.atoms)]
        self.factors, self.divisors = [*factors(scope)], [*divisors(scope)]
        self.texts = [*dict.fromkeys([*self.plain, *(one.text for one in (*self.factors, *self.divisors))])]


def _looked_up(
    place: _Place, values: Values, words: _Words, numbers: Sequence[Times], in_product: bool
) -> Iterator[Edited]:
    if not 0 < place.size <= _LARGEST:
        return
    plain = _table(values, words.plain, place)
    yield from _terms(place, plain, words)
    yield from _scaled_terms(place, plain, numbers)
    yield from _product_terms(place, values, words)
    if not in_product:
        yield from _factors(place, plain, words)
        yield from _scaled_factors(place, plain, numbers)
        yield from _joined(place, _table(values, [one.text for one in words.factors], place), words.factors, ast.Mult())
        yield from _joined(
            place, _table(values, [one.text for one in words.divisors], place), words.divisors, ast.Div()
        )


class _Place:
    """A place whose response is known, its values in a row."""

    def __init__(self, node: ast.expr, make: Make, response: Response) -> None:
        self.node, self.make, self.lacks = node, make, response.lacks
        self.shapes = [value.shape for value in response.values.values()]
        self.slopes = np.concatenate([slope.reshape(-1) for slope in response.slopes.values()])
        self.moved = self.slopes * np.concatenate([value.reshape(-1) for value in response.values.values()])
        self.size, self._close = self.slopes.size, response.close * _CLOSER

    def enough(self, gain: np.ndarray, size: np.ndarray) -> np.ndarray:
        """Whether each gain is what is lacking, beside the size of what was added up."""
        return np.abs(gain - self.lacks) <= self._close * (size + abs(self.lacks))

    def edited(self, new: ast.expr, kind: Kind, cost: float) -> Edited:
        """The whole expression with another in this place."""
        return Edited(self.make(new), kind, float(cost), self.node, new)


class _Table(NamedTuple):
    """Values that broadcast to a place: their texts, and their numbers (m, n)."""

    texts: list[str]
    numbers: np.ndarray


def _table(values: Values, texts: Sequence[str], place: _Place) -> _Table:
    kept, rows = [], []
    for text in texts:
        try:
            given = zip(values[text], place.shapes, strict=True)
            row = np.concatenate([np.broadcast_to(value, shape).reshape(-1) for value, shape in given])
        except (KeyError, ValueError):
            continue
        if np.isfinite(row).all():
            kept.append(text)
            rows.append(row)
    return _Table(kept, np.stack(rows) if rows else np.zeros((0, place.size)))


def _written(form: str, *texts: str) -> ast.expr:
    """Expressions joined: each stays one operand, whatever it is made of."""
    return expression(form.format(*(f"({text})" for text in texts)))


def _sums(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix product, and the size of what is added up in it."""
    return left @ right, np.abs(left) @ np.abs(right)


def _joined(place: _Place, table: _Table, ways: Sequence[Joined], op: ast.operator) -> Iterator[Edited]:
    with np.errstate(all="ignore"):
        numbers = table.numbers if isinstance(op, ast.Mult) else 1 / table.numbers
        gain = numbers @ place.moved - place.moved.sum()
        passed = place.enough(gain, np.abs(numbers) @ np.abs(place.moved) + np.abs(place.moved).sum())
    by_text = {one.text: one for one in reversed(ways)}
    for k in np.flatnonzero(passed):
        one = by_text[table.texts[k]]
        yield place.edited(ast.BinOp(place.node, op, expression(one.text)), one.kind, one.cost)


def _factors(place: _Place, table: _Table, words: _Words) -> Iterator[Edited]:
    """Expressions of the learner's own as factors, differences and products of two of his values."""
    with np.errstate(all="ignore"):
        single, sizes = _sums(table.numbers, place.moved)
        whole = np.abs(place.moved).sum()
        phrases = place.enough(single - place.moved.sum(), sizes + whole)
        pairs = place.enough(single[:, None] - single - place.moved.sum(), sizes[:, None] + sizes + whole)
        products, product_sizes = _sums(table.numbers * place.moved, table.numbers.T)
        two = place.enough(products - place.moved.sum(), product_sizes + whole)
    for k in np.flatnonzero(phrases):
        text = table.texts[k]
        if text not in words.atoms:
            yield place.edited(ast.BinOp(place.node, ast.Mult(), expression(text)), Kind.FACTOR, _PHRASE)
    for i, j in np.argwhere(pairs):
        if i != j:
            new = _written("{} - {}", table.texts[i], table.texts[j])
            yield place.edited(ast.BinOp(place.node, ast.Mult(), new), Kind.FACTOR, _PAIR + 0.01 * (i + j))
    for i, j in np.argwhere(two):
        if i <= j:
            once = ast.BinOp(place.node, ast.Mult(), expression(table.texts[i]))
            new = ast.BinOp(once, ast.Mult(), expression(table.texts[j]))
            yield place.edited(new, Kind.FACTOR, _PAIR + 0.01 * (i + j))


def _terms(place: _Place, table: _Table, words: _Words) -> Iterator[Edited]:
    """The learner's values and expressions as terms, and products of two of them."""
    with np.errstate(all="ignore"):
        gain, sizes = _sums(table.numbers, place.slopes)
        whole, moved = np.abs(place.moved).sum(), place.moved.sum()
        signs = [
            place.enough(gain, sizes),
            place.enough(-gain, sizes),
            place.enough(gain - 2 * moved, sizes + 2 * whole),
        ]
        pairs, pair_sizes = _sums(table.numbers * place.slopes, table.numbers.T)
    for k in np.flatnonzero(np.any(signs, axis=0)):
        text = table.texts[k]
        cost = 1.6 + 0.01 * k if text in words.atoms else _PHRASE
        for passed, (new, kind, more) in zip(signs, terms(place.node, text, cost), strict=True):
            if passed[k]:
                yield place.edited(new, kind, more)
    for sign, op in ((1, ast.Add()), (-1, ast.Sub())):
        for i, j in np.argwhere(place.enough(sign * pairs, pair_sizes)):
            if i <= j:
                new = _written("{} * {}", table.texts[i], table.texts[j])
                yield place.edited(ast.BinOp(place.node, op, new), Kind.TERM, _PAIR + 0.01 * (i + j))


def _scaled_factors(place: _Place, table: _Table, numbers: Sequence[Times]) -> Iterator[Edited]:
    """The learner's values and expressions as factors, times a plain number."""
    with np.errstate(all="ignore"):
        gain, sizes = _sums(table.numbers, place.moved)
        moved, whole = place.moved.sum(), np.abs(place.moved).sum()
        for k, (form, number) in enumerate(numbers):
            for i in np.flatnonzero(place.enough(number * gain - moved, abs(number) * sizes + whole)):
                new = _written(form, table.texts[i])
                yield place.edited(ast.BinOp(place.node, ast.Mult(), new), Kind.FACTOR, _SCALED + 0.01 * (i + k))


def _scaled_terms(place: _Place, table: _Table, numbers: Sequence[Times]) -> Iterator[Edited]:
    """The learner's values and expressions as terms, times a plain number."""
    with np.errstate(all="ignore"):
        gain, sizes = _sums(table.numbers, place.slopes)
        for k, (form, number) in enumerate(numbers):
            for sign, op in ((1, ast.Add()), (-1, ast.Sub())):
                for i in np.flatnonzero(place.enough(sign * number * gain, abs(number) * sizes)):
                    new = _written(form, table.texts[i])
                    yield place.edited(ast.BinOp(place.node, op, new), Kind.TERM, _SCALED + 0.01 * (i + k))


def _product_terms(place: _Place, values: Values, words: _Words) -> Iterator[Edited]:
    """Matrix products of the learner's values as terms."""
    for text, row in matrix_products(values, words.near, place.shapes):
        with np.errstate(all="ignore"):
            gain, size = _sums(row, place.slopes)
        for sign, op in ((1, ast.Add()), (-1, ast.Sub())):
            if place.enough(sign * gain, size):
                yield place.edited(ast.BinOp(place.node, op, expression(text)), Kind.TERM, _SCALED)
