"""A part of a gradient that was computed and forgotten: a statement more, that adds it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backproof.diagnosis.repair.bench import Change
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.repair.scope import Scope
from backproof.replay.nodes import placed
from backproof.replay.patches import Edit
from backproof.replay.places import Spot

_MOST_DIVISORS = 6


def is_never_read(statement: ast.AST, function: ast.AST) -> bool:
    """Whether a statement sets a variable that nothing in its function reads."""
    if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
        return False
    name = statement.targets[0].id
    return all(n.id != name or not isinstance(n.ctx, ast.Load) for n in ast.walk(function) if isinstance(n, ast.Name))


def _divisors(function: ast.AST) -> list[str]:
    """What the function divides by elsewhere: the number of samples, as the learner writes it."""
    found = {
        ast.unparse(node.right): None
        for node in ast.walk(function)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and isinstance(node.right, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    }
    return [*found][:_MOST_DIVISORS]


def forgotten_terms(spot: Spot, scope: Scope) -> Iterator[Change]:
    """What a statement computes and nothing reads, added to each variable set before, whole or as a mean's share."""
    statement = spot.statement
    assert spot.function is not None
    assert isinstance(statement, ast.Assign)
    name = ast.unparse(statement.targets[0])
    set_before = {
        node.id
        for node in ast.walk(spot.function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < statement.lineno
    }
    variables = [atom for atom in scope.atoms if atom in set_before and atom != name]
    shares = [f" / {divisor}" for divisor in _divisors(spot.function)]
    for far, variable in enumerate(variables):
        for share in ("", *shares):
            new = placed(ast.parse(f"{variable} += {name}{share}").body[0], statement)
            cost = 0.8 + 0.01 * far + (0.2 if share else 0)
            yield Change((Edit(statement, (statement, new)),), Kind.INSERTED, cost, statement, (new,))
