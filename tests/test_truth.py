"""The truth of a probe is computed once, and is that of the enclosure."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.arithmetic import EXACT, ProofError, arithmetic_of
from engines import Lines, Parameters, initial_weights
from proof import truth as module
from proof.enclosure import enclose
from proof.probes import Probe, probe
from proof.truth import Truth

RNG = np.random.default_rng(0)
SOME = probe("some", initial_weights(5, 3, seed=0), RNG.random((4, 5)), np.array([0.0, 1.0, 1.0, 0.0]))


def same(found: Lines, expected: Lines) -> bool:
    parts = [(getattr(found, line), getattr(expected, line)) for line in Lines._fields]
    return all(np.array_equal(a.hi, b.hi) and np.array_equal(a.radius, b.radius) for a, b in parts)


@pytest.mark.parametrize("mean_last", [False, True])
def test_it_is_the_enclosure(mean_last: bool) -> None:
    known = Truth(SOME)
    assert same(known.exact(mean_last), enclose(*SOME[1:], EXACT, mean_last=mean_last))
    for dtype in ("float64", "float32"):
        for sound in (False, True):
            expected = enclose(*SOME[1:], arithmetic_of(dtype), mean_last=mean_last, sound_only=sound)
            assert same(known.around(dtype, mean_last=mean_last, sound_only=sound), expected)


def test_nothing_is_computed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    known, asked, compute = Truth(SOME), [], module.enclosure
    monkeypatch.setattr(module, "enclosure", lambda *a, **k: asked.append(k) or compute(*a, **k))
    for _ in range(3):
        known.exact()
        known.around("float32")
        known.around("float32", sound_only=True)
    assert len(asked) == 3


def test_of_a_type_it_is_that_of_rounded_numbers() -> None:
    third = Probe("third", Parameters(*(p / 3 for p in SOME.parameters)), SOME.X / 3, SOME.y)
    rounded = Probe("third", Parameters(*(np.float32(p) for p in third.parameters)), np.float32(third.X), SOME.y)
    assert same(Truth.of(third, "float32").exact(), Truth(rounded).exact())
    assert not same(Truth.of(third, "float32").exact(), Truth(third).exact())


def test_numbers_that_are_not_finite_are_a_proof_error_each_time() -> None:
    known = Truth(SOME._replace(X=SOME.X * np.inf))
    for _ in range(2):
        with pytest.raises(ProofError):
            known.exact()
