"""Which statements and expressions are looked at, and in which order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from backproof.diagnosis.culprits.candidates import Candidate, computing_the_loss, is_right
from backproof.diagnosis.culprits.targets import Series, Target
from backproof.diagnosis.repair.forgotten import is_never_read
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


_FIRST_STATEMENTS = 3


def first_wrong(
    program: Program,
    judgement: Judgement,
    backward: Sequence[Candidate],
    adjoints: Iterable[Target],
    parts: Iterable[Target],
) -> list[Candidate]:
    """Those in the statements that are the first to set something wrong, in one turn of a loop: others may only follow.

    A variable may hold adjoints, or what single uses add to them; but not the one in this turn and the other in that.
    """
    whole, part = ({_sign(v) for target in of for v in target.values if v.any()} for of in (adjoints, parts))
    of_the_loss = {_statement(program, key) for key in computing_the_loss(judgement)}
    first: dict[int, int] = {}
    for c in _set(program, backward):
        if any(value.any() for value in c.values) and _statement(program, c.key) not in of_the_loss:
            signs = [_sign(value) for value in c.values]
            mixed = any(sign in whole for sign in signs)
            right = whole if mixed else whole | part
            wrong = [at for at, sign in zip(c.positions, signs, strict=True) if sign not in right]
            if wrong:
                statement = _statement(program, c.key)
                first[statement] = min(wrong[0], first.get(statement, wrong[0]))
    chosen = sorted(first, key=lambda statement: first[statement])[:_FIRST_STATEMENTS]
    return [c for statement in chosen for c in backward if _statement(program, c.key) == statement]


def _set(program: Program, backward: Sequence[Candidate]) -> Iterator[Candidate]:
    """What statements set: a variable; of one that sets none alone, as a dict, its outermost expressions."""
    with_store = {_statement(program, c.key) for c in backward if program.expressions[c.key].kind == "store"}
    nodes = [program.node(c.key).node for c in backward]
    inside = {id(part) for node in nodes for part in ast.walk(node) if part is not node}
    for c in backward:
        kind, spot = program.expressions[c.key].kind, program.node(c.key)
        if kind == "store" or (
            kind == "value" and id(spot.statement) not in with_store and id(spot.node) not in inside
        ):
            yield c


def _sign(value: np.ndarray) -> tuple[int, str, str]:
    """The same for the same numbers, in rows or columns and up to rounding."""
    return value.size, f"{np.abs(value).sum():.8e}", f"{np.abs(value).max(initial=0.0):.8e}"


def read_on_the_way_back(program: Program, judgement: Judgement, loads: Sequence[Candidate]) -> list[Candidate]:
    """Forward values that are read in statements that compute nothing of the loss."""
    forward = {_statement(program, key) for key in computing_the_loss(judgement)}
    return [c for c in loads if _statement(program, c.key) not in forward]


_LOOKED_AT = (ast.Assign, ast.AugAssign, ast.For, ast.If, ast.Return)


def around(
    program: Program,
    backward: Sequence[Candidate],
    forward: Iterable[Series],
    pointed: Sequence[Spot],
    wrong: frozenset[int],
) -> list[Spot]:
    """Every statement that computes gradients, and those of the same functions that compute nothing of the loss.

    Those nearest to a statement that was pointed at come first. Without one, those that have a part in all that is
    wrong, and then those nearest to what is returned.

    Args:
        forward: the values that the loss depends on.
        wrong: the positions of the wrong gradients.
    """
    spots = [program.node(c.key) for c in backward]
    homes = {id(spot.function): spot for spot in spots if spot.function is not None}
    known = {_statement(program, one.of) for one in forward if isinstance(one.of, int)}
    for home in homes.values():
        assert home.function is not None
        for node in ast.walk(home.function):
            if isinstance(node, _LOOKED_AT) and id(node) not in known:
                spots.append(home._replace(statement=node))
    spots.sort(key=lambda spot: isinstance(spot.statement, ast.Return))
    near = [spot.statement.lineno for spot in pointed or spots[-1:]]
    in_all = {_statement(program, c.key) for c in backward if pointed or c.reaches == wrong}

    def order(spot: Spot) -> tuple[bool, int]:
        away = min(abs(spot.statement.lineno - line) for line in near)
        return not pointed and id(spot.statement) not in in_all, away

    return sorted(distinct(spots), key=order)


def doubled(program: Program, backward: Sequence[Candidate]) -> frozenset[int]:
    """The variables that hold just what an expression in the same statement computes: to replace one is enough."""
    places = program.expressions
    computed = {(c.first + 1, _statement(program, c.key)): c for c in backward if places[c.key].kind == "value"}
    found = set()
    for c in backward:
        whole = computed.get((c.first, _statement(program, c.key)))
        if places[c.key].kind == "store" and whole is not None and len(whole.ids) == len(c.ids):
            found |= {c.key} if all(map(np.array_equal, whole.ids, c.ids)) else set()
    return frozenset(found)


def never_read(program: Program, backward: Sequence[Candidate]) -> list[Spot]:
    """The statements that set a variable which nothing reads: a part of a gradient that was forgotten."""
    homes = {id(spot.function): spot for spot in (program.node(c.key) for c in backward) if spot.function is not None}
    return [
        home._replace(statement=node)
        for home in homes.values()
        if home.function is not None
        for node in ast.walk(home.function)
        if isinstance(node, ast.Assign) and is_never_read(node, home.function)
    ]


def distinct(spots: Iterable[Spot]) -> list[Spot]:
    """The first place of each statement."""
    found: dict[int, Spot] = {}
    for spot in spots:
        found.setdefault(id(spot.statement), spot)
    return list(found.values())


def _statement(program: Program, key: int) -> int:
    return id(program.node(key).statement)
