"""How accurate a contestant's gradient is: its error against the truth, in ulps, at trained weights.

A contestant shows where its training ends, not its gradient. But one step of SGD at a learning rate of 2**k, so large
that the weights it starts from vanish beside it, ends at -2**k times the gradient, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproof.arithmetic import EXACT, arithmetic_of
from benchmarks.contestant import Contestant, Task
from engines import Parameters, initial_weights, load_engine
from proof.enclosure import enclose
from proof.probes import Probe, probe
from proof.verdict import ulp

SAMPLES, EPOCHS = 8, 20
LEARNING_RATE = {"float64": 2.0**200, "float32": 2.0**90}


def trained_probes(X: np.ndarray, y: np.ndarray, hidden: int) -> list[Probe]:
    """The first samples, one by one, at the weights that the main job ends with on these samples."""
    engine = load_engine("numpy")(initial_weights(X.shape[1], hidden, seed=0))
    engine.fit(X, y, epochs=EPOCHS, learning_rate=0.01)
    return [probe("trained", engine.parameters, X[i : i + 1], y[i : i + 1]) for i in range(min(SAMPLES, len(y)))]


def gradient(contestant: Contestant, at: Probe, dtype: str) -> Parameters | None:
    """The contestant's gradient for the one sample of this probe; where it is 0, a number below 1e-27.

    None if it trains nothing.
    """
    rate = LEARNING_RATE[dtype]
    start = Parameters(*(p.astype(dtype) for p in at.parameters))
    trained = contestant(Task(start, at.X.astype(dtype), at.y.astype(dtype), rate, batch_size=1))()
    return trained and Parameters(*(-p / rate for p in trained.parameters))


def median_ulps(contestant: Contestant, probes: Sequence[Probe], dtype: str) -> float | None:
    """The median error of the gradient's entries over these probes, in ulps; None if nothing is trained."""
    errors = []
    for at in probes:
        found = gradient(contestant, at, dtype)
        if found is None:
            return None
        truth = enclose(at.parameters, at.X, at.y, EXACT)
        for values, balls in zip(found, (truth.dW1, truth.db1, truth.dW2, truth.db2), strict=True):
            some = np.abs(balls.hi) > balls.radius  # elsewhere the truth is 0
            errors.append(np.abs(balls.error(values) / ulp(balls, arithmetic_of(dtype)))[some])
    return float(np.median(np.concatenate(errors)))
