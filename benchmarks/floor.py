"""The floor: the step as plain loops over numbers with nothing between them, which is the Numba engine's.

It is a floor for one sample a step; for large batches a product that is blocked for the caches, as a BLAS does it, may
be faster.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from benchmarks.contestant import Task, Training, engine_contestant
from engines.numba_engine import FLAGS, NumbaEngine

floor = engine_contestant(NumbaEngine)


@njit(**FLAGS)
def read_and_write(W1: np.ndarray, steps: int, factor: float) -> None:
    for _ in range(steps):
        for i in range(W1.shape[0]):
            for j in range(W1.shape[1]):
                W1[i, j] *= factor


def memory(task: Task) -> Training:
    """Every weight of W1 read and written once a step, the least traffic that a step can have; nothing is trained."""
    steps = -(-len(task.y) // task.batch_size)
    factor = task.X.dtype.type(1.000001)

    return lambda: read_and_write(task.parameters.W1.copy(), steps, factor)
