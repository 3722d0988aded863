"""Saturated and extreme probes are what they say, and their numbers are float32 values."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from backproof.arithmetic import EXACT, ProofError
from engines.interface import Parameters
from proof.enclosure import enclose
from proof.probes import Probe, probe, saturated, with_logits


def extreme(X: np.ndarray, y: np.ndarray, hidden: int, seed: int) -> Probe:
    return with_logits("extreme", X, y, hidden, (45.0, 60.0), seed)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("make", "low", "high"), [(saturated, 8, 16), (extreme, 40, 70)])
def test_saturated_and_extreme_probes_are_what_they_say(make, low, high, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.random((6, 50)) * (rng.random((6, 50)) < 0.5), np.array([0, 1, 0, 1, 1, 0])
    some = make(X, y, 8, seed)
    for array in (*some.parameters, some.X):
        assert np.array_equal(array, array.astype(np.float32))
    truth = enclose(some.parameters, some.X, some.y, EXACT)
    for Z in (truth.Z1.hi, truth.Z2.hi):
        assert ((np.abs(Z) > low) & (np.abs(Z) < high)).all()
        assert (Z > 0).any()
        assert (Z < 0).any()
    predicted = (truth.Z2.hi[:, 0] > 0).astype(float)
    assert np.flatnonzero(predicted != some.y).tolist() == [0]


def test_probes_that_cannot_be_made_are_a_sentence():
    X = np.random.default_rng(0).random((4, 5))
    with pytest.raises(ProofError, match="both labels"):
        saturated(X, np.ones(4), 3)
    with pytest.raises(ProofError, match="no weights"):
        with_logits(
            "impossible", np.tile(X[:1], (3, 1)), np.array([0, 1, 0]), 3, (8.0, 9.0), 0
        )  # one sample on both sides


def test_a_probe_is_rounded_to_float32_once():
    some = probe(
        "any", Parameters(np.ones((1, 5)), np.ones(1), np.ones((1, 1)), np.array([0.1])), np.full((1, 5), 0.1), [1]
    )
    assert Fraction(float(some.parameters.b2[0])) == Fraction(float(np.float32(0.1)))
    assert some.X.dtype == np.float64
