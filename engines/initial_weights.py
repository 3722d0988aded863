"""The weights every engine starts from, made once, so that no engine initialises anything."""

from __future__ import annotations

import numpy as np

from engines.interface import Parameters


def initial_weights(inputs: int, hidden: int, seed: int) -> Parameters:
    """Random weights and biases of an ``inputs``-``hidden``-1 network, float64 holding float32 values.

    Uniform on (-1/sqrt(fan_in), 1/sqrt(fan_in)), as ``torch.nn.Linear`` draws both. They are rounded to float32 once,
    so that an engine in either dtype starts from the very same real numbers.
    """
    rng = np.random.default_rng(seed)

    def uniform(fan_in: int, *shape: int) -> np.ndarray:
        bound = fan_in**-0.5
        return rng.uniform(-bound, bound, shape).astype(np.float32).astype(np.float64)

    return Parameters(
        uniform(inputs, hidden, inputs), uniform(inputs, hidden), uniform(hidden, 1, hidden), uniform(hidden, 1)
    )
