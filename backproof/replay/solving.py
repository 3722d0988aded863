"""Linear systems of exact numbers: inverse, solution, determinant, powers of a matrix.

Elimination with the largest pivot, written with the operations of the tape, so that values and derivatives are right
whatever the pivots.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.replay.operands import array, floats, follows, ids_of, result
from backproof.replay.refusal import NotFollowed
from backproof.replay.tape import Tape


def _square(ids: np.ndarray, name: str) -> int:
    if ids.ndim != 2:
        raise NotFollowed(f"np.linalg.{name} of a stack of matrices")
    if ids.shape[0] != ids.shape[1]:
        raise np.linalg.LinAlgError("the matrix must be square")
    return ids.shape[0]


def _eliminated(tape: Tape, matrix: np.ndarray, right: np.ndarray) -> tuple[Any, Any, int]:
    """The upper triangle, the right-hand sides beside it, and the sign of the exchanged rows."""
    a, b, sign = array(tape, matrix.copy()), array(tape, right.copy()), 1
    size = matrix.shape[0]
    for k in range(size):
        pivot = k + int(np.argmax(np.abs(floats(tape, a[k:, k]))))
        if pivot != k:
            for part in (a.ids, b.ids):
                part[[k, pivot]] = part[[pivot, k]]
            sign = -sign
        for row in range(k + 1, size):
            factor = a[row, k] / a[k, k]
            a[row, k:] = a[row, k:] - factor * a[k, k:]
            b[row] = b[row] - factor * b[k]
    return a, b, sign


@follows("linalg.solve")
def solve(tape: Tape, matrix: Any, right: Any) -> Any:
    """``np.linalg.solve`` of one matrix."""
    ids, sides = ids_of(tape, matrix), ids_of(tape, right)
    size = _square(ids, "solve")
    a, b, _ = _eliminated(tape, ids, sides.reshape(size, -1))
    for k in reversed(range(size)):
        known = b[k] - a[k, k + 1 :] @ b[k + 1 :] if k + 1 < size else b[k]
        b[k] = known / a[k, k]
    return array(tape, b.ids.reshape(sides.shape))


@follows("linalg.inv")
def inverse(tape: Tape, matrix: Any) -> Any:
    """``np.linalg.inv`` of one matrix."""
    size = _square(ids_of(tape, matrix), "inv")
    return solve(tape, matrix, array(tape, tape.constants(np.eye(size))))


@follows("linalg.det")
def determinant(tape: Tape, matrix: Any) -> Any:
    """``np.linalg.det`` of one matrix."""
    ids = ids_of(tape, matrix)
    size = _square(ids, "det")
    a, _, sign = _eliminated(tape, ids, np.zeros((size, 0), np.int64))
    return array(tape, np.diagonal(a.ids)).prod() * sign


@follows("linalg.matrix_power")
def matrix_power(tape: Tape, matrix: Any, power: int) -> Any:
    """``np.linalg.matrix_power``, one product after the other."""
    ids = ids_of(tape, matrix)
    size = _square(ids, "matrix_power")
    base = inverse(tape, matrix) if power < 0 else array(tape, ids)
    made: Any = array(tape, tape.constants(np.eye(size)))
    for _ in range(abs(power)):
        made = made @ base
    return result(tape, made.ids)
