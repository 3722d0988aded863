"""What may be joined to a value that lacks a factor or a term: the learner's values, and their simple functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from backproof.diagnosis.repair.kinds import Change, Kind, expression, is_value
from backproof.diagnosis.repair.scope import RELATED, Scope

SLOPES: tuple[tuple[str, float], ...] = (
    ("({v} > 0)", 1.8), ("(1 - {v})", 1.9), ("({v} * (1 - {v}))", 2.2), ("(1 - {v} ** 2)", 2.2), ("(2 * {v})", 2.3),
)  # fmt: skip
_NEAREST = 12  # variables whose functions' slopes are tried
_LIBRARIES = ("np.", "numpy.", "math.")


class Joined(NamedTuple):
    """A value that may be joined to another, by its text, and how far that is from what the learner wrote."""

    text: str
    kind: Kind
    cost: float


def factors(scope: Scope) -> Iterator[Joined]:
    """What may be missing as a factor."""
    for distance, atom in enumerate(scope.atoms):
        far = 0.01 * distance
        yield Joined(atom, Kind.FACTOR, 1.5 + far)
        for form, cost in SLOPES:
            yield Joined(form.format(v=atom), Kind.FACTOR, cost + far)
        for function in scope.functions:
            is_own = not function.startswith(_LIBRARIES)
            if is_own or distance < _NEAREST:
                yield Joined(f"{function}({atom})", Kind.FACTOR, (1.9 if is_own else 2.1) + far)
            if distance < _NEAREST:
                yield Joined(f"(1 - {function}({atom}) ** 2)", Kind.FACTOR, 2.5 + far)
                yield Joined(f"({function}({atom}) * (1 - {function}({atom})))", Kind.FACTOR, 2.5 + far)

    for phrase in scope.phrases:
        yield from _slopes_of_call(phrase)


def _slopes_of_call(phrase: str) -> Iterator[Joined]:
    """The slopes of an activation that has no name, as it stands in the forward pass: ``np.tanh(X @ W)``."""
    call = expression(phrase)
    if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords and is_value(call.args[0]):
        for form in ("(1 - {} ** 2)", "({0} * (1 - {0}))"):
            yield Joined(form.format(phrase), Kind.FACTOR, 2.4)
        home, _, name = ast.unparse(call.func).rpartition(".")
        argument = ast.unparse(call.args[0])
        for other in RELATED.get(name, ()):
            yield Joined(f"{home}.{other}({argument})" if home else f"{other}({argument})", Kind.FACTOR, 2.2)
        yield Joined(f"({argument} > 0)", Kind.FACTOR, 2.2)


def divisors(scope: Scope) -> Iterator[Joined]:
    """What may be missing as a divisor."""
    for distance, atom in enumerate(scope.atoms):
        far = 0.01 * distance
        yield Joined(atom, Kind.FACTOR, 1.7 + far)
        yield Joined(f"len({atom})", Kind.MEAN, 1.7 + far)
        yield Joined(f"{atom}.size", Kind.MEAN, 1.72 + far)
        yield Joined(f"{atom}.shape[0]", Kind.MEAN, 1.75 + far)
        yield Joined(f"{atom}.shape[1]", Kind.MEAN, 1.8 + far)


def joined(node: ast.expr, scope: Scope, in_product: bool) -> Iterator[Change]:
    """A value with a factor, a divisor or a term more.

    Args:
        in_product: whether it is itself a factor: then a further one is put around the product.
    """
    if not in_product:
        for text, kind, cost in factors(scope):
            yield ast.BinOp(node, ast.Mult(), expression(text)), kind, cost
        for text, kind, cost in divisors(scope):
            yield ast.BinOp(node, ast.Div(), expression(text)), kind, cost
    for distance, atom in enumerate(scope.atoms):
        yield from terms(node, atom, 1.6 + 0.01 * distance)


def terms(node: ast.expr, text: str, cost: float) -> Iterator[Change]:
    """A value with a term more."""
    yield ast.BinOp(node, ast.Add(), expression(text)), Kind.TERM, cost
    yield ast.BinOp(node, ast.Sub(), expression(text)), Kind.TERM, cost + 0.05
    yield ast.BinOp(expression(text), ast.Sub(), node), Kind.TERM, cost + 0.1
