"""Edits of several places of an expression at once: a variable, a subscript, a call, the factors of a product."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from backproof.diagnosis.repair.kinds import Change, Kind, expression
from backproof.diagnosis.repair.scope import Scope
from backproof.replay.nodes import altered, same_or

_MOST_FACTORS = 5


def factors_left_out(node: ast.expr) -> Iterator[Change]:
    """A product of three factors or more without two of them, or without all but the first."""
    factors = _factors(node)
    if 3 <= len(factors) <= _MOST_FACTORS:
        for out in combinations(range(len(factors)), 2):
            left = [factor for k, factor in enumerate(factors) if k not in out]
            made = left[0]
            for factor in left[1:]:
                made = ast.BinOp(made, ast.Mult(), factor)
            yield made, Kind.EXTRA_FACTOR, 0.95


def other_slope(node: ast.expr) -> Iterator[Change]:
    """A product with the slope of tanh for that of a sigmoid, or the other way round: both are written often."""
    factors = _factors(node)
    texts = [ast.unparse(factor) for factor in factors]
    for k, text in enumerate(texts):
        if f"1 - {text}" in texts:
            other = texts.index(f"1 - {text}")
            yield _product([f for n, f in enumerate(factors) if n not in (k, other)], f"(1 - {text} ** 2)"), *_SLOPE
        match factors[k]:
            case ast.BinOp(ast.Constant(1), ast.Sub(), ast.BinOp(value, ast.Pow(), ast.Constant(2))):
                own = ast.unparse(value)
                yield _product([*factors[:k], *factors[k + 1 :]], f"{own} * (1 - {own})"), *_SLOPE


_SLOPE = Kind.FUNCTION, 1.0


def _product(factors: list[ast.expr], last: str) -> ast.expr:
    """The product of factors, and of one or two more, from the left."""
    made = factors[:1]
    for factor in [*factors[1:], *_factors(expression(last))]:
        made = [ast.BinOp(made[0], ast.Mult(), factor)] if made else [factor]
    return made[0]


def _factors(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def everywhere(node: ast.expr, scope: Scope) -> Iterator[Change]:
    """The expression with another variable, or without a subscript, wherever that stands twice or more."""
    for text, alike in _by_text(n for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute | ast.Call)):
        for distance, atom in enumerate(scope.atoms):
            if atom != text:
                yield _replaced(node, alike, lambda _, new=atom: expression(new)), Kind.NAME, 1.05 + 0.01 * distance
        call = expression(text)
        if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
            yield _replaced(node, alike, lambda old: old.args[0]), Kind.FUNCTION, 1.0
    subscripts = {id(n.slice): n for n in ast.walk(node) if isinstance(n, ast.Subscript)}
    for _, indices in _by_text(n.slice for n in subscripts.values()):
        alike = frozenset(id(subscripts[index]) for index in indices)
        yield _replaced(node, alike, lambda old: old.value), Kind.INDEX, 0.9


def _by_text(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, frozenset[int]]]:
    """The texts that stand twice or more, and the ids of their nodes."""
    found = defaultdict[str, list[int]](list)
    for node in nodes:
        found[ast.unparse(node)].append(id(node))
    yield from ((text, frozenset(ids)) for text, ids in found.items() if len(ids) > 1)


def _replaced(node: ast.expr, at: frozenset[int], new: Callable[..., ast.expr]) -> ast.expr:
    """A new tree with something else at these places; what holds none of them is shared."""
    if id(node) in at:
        return new(node)
    fields = {name: _with_replaced(value, at, new) for name, value in ast.iter_fields(node)}
    changed = {name: value for name, value in fields.items() if value is not getattr(node, name)}
    return altered(node, **changed) if changed else node


def _with_replaced(value: object, at: frozenset[int], new: Callable[..., ast.expr]) -> object:
    if isinstance(value, list):
        return same_or([_with_replaced(one, at, new) for one in value], value)
    if isinstance(value, ast.expr):
        return _replaced(value, at, new)
    if isinstance(value, ast.keyword):
        inner = _replaced(value.value, at, new)
        return value if inner is value.value else altered(value, value=inner)
    return value
