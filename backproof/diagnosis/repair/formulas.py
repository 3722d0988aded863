"""Formulas: where no small edit gives what an expression has to be, the learner's values combined may.

``(a - b) / n``, ``a * (1 - b)``, ``a.T @ b``, ``a.sum(0)``: found by comparing all of them at once with what is wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.culprits.intervention import Mend
from backproof.diagnosis.repair.bench import Bench
from backproof.diagnosis.repair.edits import Edited
from backproof.diagnosis.repair.kinds import Kind, expression
from backproof.diagnosis.repair.reductions import factor_between, reductions
from backproof.diagnosis.repair.scope import Scope
from backproof.diagnosis.repair.trial import evaluated
from backproof.replay.places import Spot

_FORMS = (
    ("{v}", 0.0), ("(1 - {v})", 0.3), ("({v} > 0)", 0.2), ("({v} * (1 - {v}))", 0.5), ("(1 - {v} ** 2)", 0.5),
    ("np.sign({v})", 0.3), ("np.exp({v})", 0.4), ("(np.exp({v}) - 1)", 0.6), ("{v}.T", 0.3),
)  # fmt: skip
_FACTORS = (1.0, -1.0, 2.0, 0.5, -2.0, -0.5)
_LARGEST = 400  # numbers of a target
_NEAREST = 10  # variables to which the learner's functions are applied
_BASIC_COST = 2.6


class Basis(NamedTuple):
    """A value that the learner has, simply transformed."""

    text: str
    cost: float


def formulas_for(bench: Bench, mend: Mend, spot: Spot, scope: Scope) -> list[Edited]:
    """The formulas that give what an expression has to be."""
    targets = mend.by_turn
    of_text = {basis.text: basis for basis in bases(scope)}
    lengths = [f"len({atom})" for atom in scope.atoms] + [f"{atom}.shape[1]" for atom in scope.atoms]
    values = evaluated(bench, mend.candidate.key, targets, [*of_text, *lengths])
    wants = list(targets.values())
    own = Basis(ast.unparse(spot.node), 0.0)
    by_turn = dict(zip(mend.candidate.occurrences, mend.candidate.values, strict=True))
    given = [by_turn[turn] for turn in targets]
    there = _spread(given, wants)
    have = [] if there is None else [(own, there)]
    have += [
        (basis, spread)
        for text, basis in of_text.items()
        if text in values and (spread := _spread(values[text], wants)) is not None
    ]
    counts = [(text, float(values[text][0])) for text in lengths if text in values]
    plain = {atom: values[atom] for atom in scope.atoms if atom in values}
    wholes = [("", wants)]
    if there is not None:  # what is there may be right, and a product or a sum missing beside it
        wholes.append((f"{own.text} + ", [want - value for want, value in zip(wants, given, strict=True)]))
        wholes.append((f"({own.text}) * ", [*map(_quotient, wants, given)]))
    whole = [
        edited
        for before, parts in wholes
        for text, factor in reductions(plain, parts)
        for edited in _scaled(f"({text})", factor, _BASIC_COST - 0.5, counts, spot.node, before)
    ]
    return [*whole, *formulas(have, counts, np.concatenate([value.reshape(-1) for value in wants]), spot.node)]


def _quotient(wanted: np.ndarray, given: np.ndarray) -> np.ndarray:
    """By what a value must be multiplied; NaN where any number will do, for both are 0."""
    with np.errstate(all="ignore"):
        return np.where((wanted == 0) & (given == 0), np.nan, wanted / given)


def _spread(values: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> np.ndarray | None:
    """Values in the shapes of the targets, in a row; None where they do not broadcast or are not finite."""
    try:
        rows = [np.broadcast_to(v, t.shape).reshape(-1) for v, t in zip(values, targets, strict=True)]
    except ValueError:
        return None
    row = np.concatenate(rows)
    return row if np.isfinite(row).all() else None


def bases(scope: Scope) -> list[Basis]:
    """The values that may be combined."""
    forms = [
        Basis(form.format(v=atom), cost + 0.01 * distance)
        for distance, atom in enumerate(scope.atoms)
        for form, cost in _FORMS
    ]
    own = [function for function in scope.functions if function.isidentifier()]
    applied = [
        Basis(f"{function}({atom})", 0.3 + 0.01 * distance)
        for distance, atom in enumerate(scope.atoms[:_NEAREST])
        for function in own
    ]
    return [*forms, *applied]


def formulas(
    have: Sequence[tuple[Basis, np.ndarray]], lengths: Sequence[tuple[str, float]], target: np.ndarray, node: ast.expr
) -> Iterator[Edited]:
    """Formulas of the learner's values that give the target: two of them, or his own expression and two more.

    Args:
        have: values that broadcast to the target, in its shape; the first is the expression's own.
        lengths: the texts of numbers that it may be divided by.
        target: what is wanted.
        node: the expression that they stand for.
    """
    if not have or target.size > _LARGEST or not target.any():
        return
    own, value = have[0]
    asked = [("", target), (f"{own.text} + ", target - value), (f"({own.text}) * ", _quotient(target, value))]
    stack = np.stack([value.reshape(-1) for _, value in have])
    for basis, single in have[1:]:
        factor = factor_between(single, target)
        if factor is not None:
            yield from _scaled(basis.text, factor, 1.5 + basis.cost, lengths, node)
    for before, wanted in asked:
        known = ~np.isnan(wanted)
        if not np.isfinite(wanted[known]).all() or not wanted[known].any():
            continue
        for sign in "-*/+":
            for i, j, factor in _found(sign, stack[:, known], wanted[known]):
                if not (before and 0 in (i, j)):
                    yield from _written(before, have[i][0], have[j][0], sign, factor, lengths, node)


def _found(sign: str, stack: np.ndarray, wanted: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """The pairs that give what is wanted, times a factor."""
    with np.errstate(all="ignore"):
        made = _combined(sign, stack)
        size = np.einsum("ijk,ijk->ij", made, made)
        factor = np.einsum("ijk,k->ij", made, wanted) / size
        left = np.abs(made * factor[:, :, None] - wanted).max(2)
    close = left <= 1e-8 * np.abs(wanted).max()
    for i, j in np.argwhere(close & np.isfinite(factor)):
        if i != j and not (sign in "*+" and i > j):
            yield int(i), int(j), float(factor[i, j])


def _combined(sign: str, stack: np.ndarray) -> np.ndarray:
    a, b = stack[:, None, :], stack[None, :, :]
    return {"-": np.subtract, "+": np.add, "*": np.multiply, "/": np.divide}[sign](a, b)


def _written(
    before: str, a: Basis, b: Basis, sign: str, factor: float, lengths: Sequence[tuple[str, float]], node: ast.expr
) -> Iterator[Edited]:
    text = f"({a.text} {sign} {b.text})" if sign in "+-" else f"{a.text} {sign} {b.text}"
    cost = _BASIC_COST + a.cost + b.cost + (0.3 if before else 0)
    yield from _scaled(text, factor, cost, lengths, node, before)


def _scaled(
    text: str, factor: float, cost: float, lengths: Sequence[tuple[str, float]], node: ast.expr, before: str = ""
) -> Iterator[Edited]:
    """A formula times a factor, where that is a simple number, or one over a length."""
    for known in _FACTORS:
        if abs(factor - known) < 1e-8 * abs(known):
            whole = text if known == 1 else f"-{text}" if known == -1 else f"{known:g} * {text}"
            yield _edited(before + whole, cost + (0 if known == 1 else 0.3), node)
        for length, value in lengths:
            if value > 1 and abs(factor * value - known) < 1e-8 * abs(known):
                lead = "" if known == 1 else "-" if known == -1 else f"{known:g} * "
                yield _edited(f"{before}{lead}{text} / {length}", cost + 0.4 + (0 if known == 1 else 0.3), node)


def _edited(text: str, cost: float, node: ast.expr) -> Edited:
    new = expression(text)
    return Edited(new, Kind.FORMULA, cost, node, new)
