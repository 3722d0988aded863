"""Products of matrices and tensors of exact numbers: each is one record, not one for each multiplication."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.replay.elementwise import apply
from backproof.replay.operands import array, follows, ids_of, out_or, result
from backproof.replay.records import product_of
from backproof.replay.refusal import NotFollowed
from backproof.replay.rules import RULES
from backproof.replay.tape import Tape


@follows("matmul", "linalg.matmul")
def matmul(tape: Tape, x: Any, y: Any, out: Any = None, **rounding: Any) -> Any:
    """``np.matmul``: matrices, vectors, and stacks of matrices."""
    left, right = ids_of(tape, x), ids_of(tape, y)
    if left.ndim == 0 or right.ndim == 0:
        raise ValueError("matmul: a single number has no rows and columns; use * instead")
    row, column = left.ndim == 1, right.ndim == 1
    left = left[None] if row else left
    right = right[:, None] if column else right
    if left.shape[-1] != right.shape[-2]:
        raise ValueError(f"matmul: {np.shape(x)} times {np.shape(y)} does not fit")
    many = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    made = np.empty((*many, left.shape[-2], right.shape[-1]), np.int64)
    left, right = np.broadcast_to(left, many + left.shape[-2:]), np.broadcast_to(right, many + right.shape[-2:])
    for place in np.ndindex(many):
        made[place] = product_of(tape, left[place], right[place])
    if row:
        made = made[..., 0, :]
    if column:
        made = made[..., 0]
    return out_or(tape, made, out)


@follows("dot")
def dot(tape: Tape, x: Any, y: Any, out: Any = None) -> Any:
    """``np.dot``."""
    left, right = ids_of(tape, x), ids_of(tape, y)
    if left.ndim == 0 or right.ndim == 0:
        return out_or(tape, apply(tape, RULES["multiply"], x, y), out)
    if right.ndim <= 2:
        if left.shape[-1] != right.shape[0]:
            raise ValueError(f"dot: {left.shape} times {right.shape} does not fit")
        return out_or(tape, _tensordot(tape, left, right, [left.ndim - 1], [0]), out)
    return out_or(tape, _tensordot(tape, left, right, [left.ndim - 1], [right.ndim - 2]), out)


@follows("inner")
def inner(tape: Tape, x: Any, y: Any) -> Any:
    """``np.inner``."""
    left, right = ids_of(tape, x), ids_of(tape, y)
    if left.ndim == 0 or right.ndim == 0:
        return result(tape, apply(tape, RULES["multiply"], x, y))
    return result(tape, _tensordot(tape, left, right, [left.ndim - 1], [right.ndim - 1]))


@follows("vdot")
def vdot(tape: Tape, x: Any, y: Any) -> Any:
    """``np.vdot``."""
    return result(tape, _tensordot(tape, ids_of(tape, x).ravel(), ids_of(tape, y).ravel(), [0], [0]))


@follows("outer", "linalg.outer")
def outer(tape: Tape, x: Any, y: Any, out: Any = None) -> Any:
    """``np.outer``."""
    column, row = ids_of(tape, x).reshape(-1, 1), ids_of(tape, y).reshape(1, -1)
    return out_or(tape, apply(tape, RULES["multiply"], array(tape, column), array(tape, row)), out)


@follows("multiply.outer")
def _outer(tape: Tape, x: Any, y: Any) -> Any:
    left, right = ids_of(tape, x), ids_of(tape, y)
    return result(tape, apply(tape, RULES["multiply"], array(tape, left.reshape(left.shape + (1,) * right.ndim)), y))


@follows("tensordot", "linalg.tensordot")
def tensordot(tape: Tape, x: Any, y: Any, axes: Any = 2) -> Any:
    """``np.tensordot``."""
    left, right = ids_of(tape, x), ids_of(tape, y)
    if isinstance(axes, int | np.integer):
        of_left, of_right = list(range(left.ndim - int(axes), left.ndim)), list(range(int(axes)))
    else:
        of_left, of_right = ([int(a)] if np.ndim(a) == 0 else [int(k) for k in a] for a in axes)
    return result(tape, _tensordot(tape, left, right, of_left, of_right))


def _tensordot(tape: Tape, left: np.ndarray, right: np.ndarray, of_left: list[int], of_right: list[int]) -> np.ndarray:
    of_left, of_right = [a % left.ndim for a in of_left], [a % right.ndim for a in of_right]
    summed = [left.shape[a] for a in of_left]
    if summed != [right.shape[a] for a in of_right]:
        raise ValueError(f"shapes {left.shape} and {right.shape} do not fit along the axes that are summed")
    rows, columns = ([a for a in range(x.ndim) if a not in of] for x, of in ((left, of_left), (right, of_right)))
    count = math.prod(summed)
    matrix = (
        left.transpose([*rows, *of_left]).reshape(-1, count)
        if count
        else np.zeros((math.prod(left.shape[a] for a in rows), 0), int)
    )
    other = (
        right.transpose([*of_right, *columns]).reshape(count, -1)
        if count
        else np.zeros((0, math.prod(right.shape[a] for a in columns)), int)
    )
    made = product_of(tape, matrix, other)
    return made.reshape([left.shape[a] for a in rows] + [right.shape[a] for a in columns])


@follows("einsum")
def einsum(tape: Tape, spec: Any, *operands: Any, out: Any = None, **options: Any) -> Any:
    """``np.einsum`` with letters: operands are taken in pairs, each pair a product of matrices where it can be one."""
    if not isinstance(spec, str):
        raise NotFollowed("np.einsum without letters")
    inputs, output = _letters(spec, [np.ndim(x) for x in operands])
    arrays = [ids_of(tape, x) for x in operands]
    named = [_diagonals(ids, letters) for ids, letters in zip(arrays, inputs, strict=True)]
    ids, letters = named[0]
    for place, (other, its) in enumerate(named[1:], 1):
        later = set(output).union(*(further for _, further in named[place + 1 :]))
        ids, letters = _pair(tape, ids, letters, other, its, later)
    ids, letters = _without_letters(tape, ids, letters, set(output))
    return out_or(tape, ids.transpose([letters.index(c) for c in output]), out)


def _letters(spec: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """The letters of each operand and of the result; an ellipsis becomes capital letters of its own."""
    left, arrow, right = spec.replace(" ", "").partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ndims):
        raise ValueError(f"einsum: {len(inputs)} operands are named, {len(ndims)} are given")
    free = [*map(chr, range(0x3B1, 0x3CA))]  # no letters of the learner's
    dots = max([n - len(i.replace("...", "")) for i, n in zip(inputs, ndims, strict=True) if "..." in i], default=0)
    names = "".join(free[:dots])
    inputs = [
        i.replace("...", names[dots - (n - len(i) + 3) :] if n - len(i) + 3 else "")
        for i, n in zip(inputs, ndims, strict=True)
    ]
    if not arrow:
        every = "".join(inputs)
        right = names + "".join(sorted(c for c in set(every) if every.count(c) == 1 and c not in names))
    return inputs, right.replace("...", names)


def _diagonals(ids: np.ndarray, letters: str) -> tuple[np.ndarray, list[str]]:
    """Each letter once."""
    left = list(letters)
    while len(set(left)) < len(left):
        twice = next(c for c in left if left.count(c) > 1)
        first = left.index(twice)
        second = left.index(twice, first + 1)
        ids = np.diagonal(ids, 0, first, second)
        left = [c for k, c in enumerate(left) if k not in (first, second)] + [twice]
    return ids, left


def _without_letters(tape: Tape, ids: np.ndarray, letters: list[str], wanted: set[str]) -> tuple[np.ndarray, list[str]]:
    from backproof.replay.reductions import sum_

    gone = tuple(k for k, c in enumerate(letters) if c not in wanted)
    if gone:
        ids = ids_of(tape, sum_(tape, array(tape, ids), axis=gone))
    return ids, [c for c in letters if c in wanted]


def _pair(
    tape: Tape, a: np.ndarray, a_letters: list[str], b: np.ndarray, b_letters: list[str], later: set[str]
) -> tuple[np.ndarray, list[str]]:
    a, a_letters = _without_letters(tape, a, a_letters, later | set(b_letters))
    b, b_letters = _without_letters(tape, b, b_letters, later | set(a_letters))
    both = [c for c in a_letters if c in b_letters]
    many, summed = [c for c in both if c in later], [c for c in both if c not in later]
    rows, columns = [c for c in a_letters if c not in both], [c for c in b_letters if c not in both]
    if not summed:
        every = many + rows + columns
        left = a.transpose([a_letters.index(c) for c in many + rows]).reshape(
            _sizes(a, a_letters, many + rows) + [1] * len(columns)
        )
        right = b.transpose([b_letters.index(c) for c in many + columns])
        right = right.reshape(_sizes(b, b_letters, many) + [1] * len(rows) + _sizes(b, b_letters, columns))
        return apply(tape, RULES["multiply"], array(tape, left), array(tape, right)), every
    left = a.transpose([a_letters.index(c) for c in many + rows + summed])
    right = b.transpose([b_letters.index(c) for c in many + summed + columns])
    stack, count = math.prod(_sizes(a, a_letters, many)), math.prod(_sizes(a, a_letters, summed))
    n_rows, n_columns = math.prod(_sizes(a, a_letters, rows)), math.prod(_sizes(b, b_letters, columns))
    made = ids_of(
        tape,
        matmul(
            tape, array(tape, left.reshape(stack, n_rows, count)), array(tape, right.reshape(stack, count, n_columns))
        ),
    )
    shape = _sizes(a, a_letters, many + rows) + _sizes(b, b_letters, columns)
    return made.reshape(shape), many + rows + columns


def _sizes(ids: np.ndarray, letters: list[str], wanted: list[str]) -> list[int]:
    return [ids.shape[letters.index(c)] for c in wanted]


@follows("vecdot", "linalg.vecdot")
def vecdot(tape: Tape, x: Any, y: Any, axis: int = -1) -> Any:
    """``np.vecdot``: inner products along the last axis."""
    if axis != -1:
        raise NotFollowed("np.vecdot with axis=")
    return einsum(tape, "...i,...i->...", x, y)


@follows("matvec")
def matvec(tape: Tape, x: Any, y: Any) -> Any:
    """``np.matvec``."""
    return einsum(tape, "...ij,...j->...i", x, y)


@follows("vecmat")
def vecmat(tape: Tape, x: Any, y: Any) -> Any:
    """``np.vecmat``."""
    return einsum(tape, "...i,...ij->...j", x, y)


@follows("kron")
def kron(tape: Tape, x: Any, y: Any) -> Any:
    """``np.kron``; the array with fewer axes gets them in front."""
    a, b = ids_of(tape, x), ids_of(tape, y)
    ndim = max(a.ndim, b.ndim)
    a, b = (ids.reshape((1,) * (ndim - ids.ndim) + ids.shape) for ids in (a, b))
    wide = a.reshape([s for size in a.shape for s in (size, 1)])
    other = b.reshape([s for size in b.shape for s in (1, size)])
    made = apply(tape, RULES["multiply"], array(tape, wide), array(tape, other))
    return result(tape, made.reshape([p * q for p, q in zip(a.shape, b.shape, strict=True)]))


@follows("linalg.multi_dot")
def multi_dot(tape: Tape, arrays: Sequence[Any]) -> Any:
    """``np.linalg.multi_dot``, from left to right."""
    made = arrays[0]
    for other in arrays[1:]:
        made = dot(tape, made, other)
    return made
