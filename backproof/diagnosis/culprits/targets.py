"""What a wrong expression might have to be: true adjoints of the program's values, and what follows from them.

Each target is a series: a place in a loop, or in a helper that is called several times, has one value for each time it
was passed.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.calls.leaves import Where
from backproof.diagnosis.verdict.judging import Judgement
from backproof.replay.loading import Program
from backproof.replay.tape import Adjoints


class Meaning(Enum):
    """What a target is of a value of the program."""

    ADJOINT = "the derivative of the loss with respect to"
    SLOPE = "the derivative of"
    VALUE = "the value of"
    PART = "one of the terms that add up to the derivative of the loss with respect to"


@dataclass(frozen=True)
class Meant:
    """A value of the reference, by the name that it has there."""

    name: str


class Target(NamedTuple):
    """A series of values.

    Attributes:
        meaning: what it is.
        of: the key of the place that it is of, the way to an argument, or a value of the reference.
        values: one for every time that the place was passed, in order.
        ids: the entries that they are of.
        through: for a slope, the key of the place that it leads to.
        times: the number that it was multiplied by, where it is divided by it later on.
        minus: whether the values are minus what ``meaning`` says: of ``-a @ b``, which nobody calls by its sign.
    """

    meaning: Meaning
    of: int | Where | Meant
    values: tuple[np.ndarray, ...]
    ids: tuple[np.ndarray, ...] = ()
    through: int | None = None
    times: int = 1
    minus: bool = False


class Series(NamedTuple):
    """The entries of one place, every time that it was passed."""

    of: int | Where
    ids: tuple[np.ndarray, ...]


def forward_series(judgement: Judgement, program: Program) -> list[Series]:
    """Every value that the loss depends on, once: a variable and what reads it have the same entries.

    It is called by the variable that holds it, where there is one.
    """
    used = judgement.forward
    by_key: dict[int, list[np.ndarray]] = {}
    for record in judgement.call.records:
        if record.value.size and used[record.value].any():
            by_key.setdefault(record.key, []).append(record.value)
    found: dict[bytes, Series] = {}
    for where, ids in judgement.call.entries.items():
        found.setdefault(_name([ids]), Series(where, (ids,)))
    for key, several in by_key.items():
        before = found.setdefault(_name(several), Series(key, tuple(several)))
        if not _has_name(before.of, program) and program.variable(key) is not None:
            found[_name(several)] = Series(key, tuple(several))
    return list(found.values())


def _has_name(of: int | Where | Meant, program: Program) -> bool:
    return not isinstance(of, int) or program.variable(of) is not None


def _name(series: Iterable[np.ndarray]) -> bytes:
    return b"|".join(ids.tobytes() + str(ids.shape).encode() for ids in series)


def adjoint_targets(judgement: Judgement, series: Iterable[Series], program: Program) -> list[Target]:
    """The true adjoint of each series; those that are 0 everywhere are none.

    Several values may have the same one, as the terms of a sum have. Variables come first, then whole expressions
    before their parts, so that it is called by what the learner knows.

    At last come those of ``-z`` in ``np.exp(-z)``, with their sign turned: minus the derivative with respect to ``z``
    is a wrong sign.
    """
    found = list(adjoints_of(judgement.adjoints, series, Meaning.ADJOINT))
    named = [target for target in found if _has_name(target.of, program)]
    others = [target for target in reversed(found) if not _has_name(target.of, program)]
    negated = [target for target in others if _is_negation(target.of, program)]
    plain = [target for target in others if not _is_negation(target.of, program)]
    return [*named, *plain, *map(_turned, negated)]


def _turned(target: Target) -> Target:
    return target._replace(values=tuple(-value for value in target.values), minus=True)


def _is_negation(of: int | Where | Meant, program: Program) -> bool:
    """Whether it is ``-z``, or a product that begins with one, and has no name of its own."""
    if not isinstance(of, int):
        return False
    spot = program.node(of)
    node = spot.node
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.MatMult | ast.Div):
        node = node.left
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)):
        return False
    return not (isinstance(spot.statement, ast.Assign) and spot.statement.value is spot.node)


def adjoints_of(adjoints: Adjoints, series: Iterable[Series], meaning: Meaning) -> Iterator[Target]:
    for one in series:
        values = tuple(adjoints.hi[ids] for ids in one.ids)
        if any(np.any(v) for v in values):
            yield Target(meaning, one.of, values, one.ids)


def value_targets(judgement: Judgement, series: Iterable[Series]) -> list[Target]:
    """The forward values themselves: for a variable that is read where another was meant."""
    hi = judgement.tape.hi
    return [Target(Meaning.VALUE, one.of, tuple(hi[ids] for ids in one.ids), one.ids) for one in series]


def meant_targets(case: Case, judgement: Judgement) -> list[Target]:
    """The values of the reference: whole, and row by row or column by column. They have the learner's names if he has
    computed them."""
    run = judgement.call.reference
    if run is None or case.reference is None:
        return []
    tape = judgement.tape
    named: dict[bytes, int] = {}
    for record in judgement.call.records:
        named.setdefault(record.value.tobytes(), record.key)
    by_key: dict[int, list[np.ndarray]] = {}
    for record in run.records:
        if not tape.fixed[record.value].all():
            by_key.setdefault(record.key, []).append(record.value)
    found: dict[bytes, Target] = {}
    for key, several in by_key.items():
        of = named.get(several[0].tobytes(), Meant(case.reference.name(key)))
        for ids in _series_of(several):
            values = tuple(tape.hi[part] for part in ids)
            found.setdefault(_name(ids), Target(Meaning.VALUE, of, values, ids))
    return list(found.values())


def _series_of(several: list[np.ndarray]) -> Iterator[tuple[np.ndarray, ...]]:
    yield tuple(several)
    if len(several) == 1 and several[0].ndim == 2:
        for turned in (several[0], several[0].T):
            if len(turned) > 1:
                yield tuple(turned)


def slope_targets(targets: list[Target]) -> list[Target]:
    """Local derivatives: the adjoint of one value divided by that of another of its shape, entry by entry."""
    found = []
    for before in targets:
        for after in targets:
            if before is after or len(before.values) != len(after.values) or not isinstance(after.of, int):
                continue
            if any(b.shape != a.shape for b, a in zip(before.values, after.values, strict=True)):
                continue
            with np.errstate(all="ignore"):
                values = tuple(
                    np.where(a == 0, 0.0, b / np.where(a == 0, 1.0, a))
                    for b, a in zip(before.values, after.values, strict=True)
                )
            if not all(np.allclose(v, v.flat[0]) for v in values if v.size):
                found.append(Target(Meaning.SLOPE, before.of, values, before.ids, after.of))
    return found


def fitted(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """A target in the shape of what it is to replace: as a row or a column, or transposed; None if it does not fit."""
    if value.shape == shape:
        return value
    if value.size != math.prod(shape):
        return None
    if [n for n in value.shape if n != 1] == [n for n in shape if n != 1]:
        return value.reshape(shape)
    return value.T if value.T.shape == shape and value.ndim == 2 else None


def spread(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """A target of another shape than what it is to replace, where one broadcasts to the other; None if neither does.

    A factor that is missing, or one too many, may be what gives an expression its shape.
    """
    if fitted(value, shape) is not None:
        return None
    try:
        both = np.broadcast_shapes(value.shape, shape)
    except ValueError:
        return None
    return value if both in (value.shape, shape) else None


Fit = Callable[[np.ndarray, tuple[int, ...]], np.ndarray | None]  # a target in the place of what has a shape


def row_targets(targets: Iterable[Target]) -> list[Target]:
    """Matrices row by row, and column by column: for a loop over samples whose forward pass has none."""
    return [
        target._replace(values=tuple(turned), ids=tuple(ids))
        for target in targets
        if len(target.values) == 1 and target.values[0].ndim == 2
        for turned, ids in ((target.values[0], target.ids[0]), (target.values[0].T, target.ids[0].T))
        if len(turned) > 1
    ]


def scaled_targets(sizes: Iterable[int], targets: Iterable[Target]) -> list[Target]:
    """Targets times n: for what is divided by n later on."""
    return [
        target._replace(values=tuple(value * n for value in target.values), times=n)
        for target in targets
        for n in sorted(sizes)
    ]


def samples_of(arguments: Mapping[str, object], judgement: Judgement) -> set[int]:
    """How many samples there may be, in rows or columns or a list: the size that most of the data have.

    Args:
        arguments: of the call, by name.
    """
    parameters = {g.pair.parameter[0] for g in judgement.gradients if g.pair.parameter}
    data = [given for name, given in arguments.items() if name not in parameters]
    sizes = [n for given in data or arguments.values() for n in _sizes(given) if n > 1]
    counts = Counter(sizes)
    return {n for n, count in counts.items() if count == max(counts.values())}


def _sizes(given: object) -> tuple[int, ...]:
    if isinstance(given, Mapping):
        return tuple(n for one in given.values() for n in _sizes(one))
    return (len(given),) if isinstance(given, list | tuple) else getattr(given, "shape", ())
