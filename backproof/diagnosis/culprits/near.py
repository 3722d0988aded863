"""Which statements and expressions are looked at, and in which order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from backproof.diagnosis.culprits.candidates import Candidate, computing_the_loss, is_right
from backproof.diagnosis.culprits.targets import Series, Target
from backproof.diagnosis.verdict.judging import Judgement
from backproof.replay.loading import Program
from backproof.replay.places import Spot


def suspects_first(
    program: Program, backward: Sequence[Candidate], wrong: Sequence[Candidate], adjoints: Sequence[Target]
) -> tuple[list[Candidate], list[Candidate]]:
    """The wrong expressions, and those in statements that set what is right, at least in a loop's first turn."""
    stores = [c for c in backward if program.expressions[c.key].kind == "store"]
    right = {c.key for c in stores if is_right(c, adjoints, turns=1)}
    innocent = {_statement(program, key) for key in right}
    innocent -= {_statement(program, c.key) for c in stores if c.key not in right}
    suspects = [c for c in wrong if _statement(program, c.key) not in innocent]
    return suspects, [c for c in wrong if _statement(program, c.key) in innocent]


def read_on_the_way_back(program: Program, judgement: Judgement, loads: Sequence[Candidate]) -> list[Candidate]:
    """Forward values that are read in statements that compute nothing of the loss."""
    forward = {_statement(program, key) for key in computing_the_loss(judgement)}
    return [c for c in loads if _statement(program, c.key) not in forward]


def around(
    program: Program, backward: Sequence[Candidate], forward: Iterable[Series], pointed: Sequence[Spot]
) -> list[Spot]:
    """Every statement that computes gradients, and those of the same functions that compute nothing of the loss.

    Those nearest to a statement that was pointed at come first.

    Args:
        forward: the values that the loss depends on.
    """
    spots = [program.node(c.key) for c in backward]
    homes = {id(spot.function): spot for spot in spots if spot.function is not None}
    known = {_statement(program, one.of) for one in forward if isinstance(one.of, int)}
    for home in homes.values():
        assert home.function is not None
        for node in ast.walk(home.function):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.For | ast.If) and id(node) not in known:
                spots.append(home._replace(statement=node))
    near = [spot.statement.lineno for spot in pointed] or [0]
    return sorted(spots, key=lambda spot: min(abs(spot.statement.lineno - line) for line in near))


def distinct(spots: Sequence[Spot]) -> list[Spot]:
    """One place of each statement."""
    return list({id(spot.statement): spot for spot in reversed(spots)}.values())[::-1]


def _statement(program: Program, key: int) -> int:
    return id(program.node(key).statement)
