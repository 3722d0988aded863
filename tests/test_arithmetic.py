"""The model of rounding: gamma bounds what products of roundings do, in both types."""

from fractions import Fraction

import numpy as np
import pytest

from backproof.arithmetic import EXACT, FLOAT32, FLOAT64, ProofError, arithmetic_of


@pytest.mark.parametrize("arithmetic", [FLOAT64, FLOAT32])
@pytest.mark.parametrize("roundings", [1, 2, 17, 784, 100_000])
def test_gamma_bounds_every_product_of_roundings(arithmetic, roundings):
    u, bound = Fraction(arithmetic.unit_roundoff), Fraction(float(arithmetic.gamma(roundings)))
    # Higham's lemma: |prod (1 + delta)^(+-1) - 1| <= m u / (1 - m u); the float may only be larger, and hardly so.
    exact = roundings * u / (1 - roundings * u)
    assert exact <= bound <= exact * (1 + Fraction(1, 2**45))


def test_gamma_is_infinite_where_nothing_can_be_said():
    assert np.isinf(FLOAT32.gamma(2.0**24))
    assert np.isinf(FLOAT32.gamma(np.array([1.0, 2.0**30]))).tolist() == [False, True]


def test_exact_arithmetic_rounds_nothing():
    assert EXACT.gamma(1e6) == 0
    assert EXACT.tiny == 0
    assert EXACT.is_exact
    assert not FLOAT32.is_exact


def test_numbers_of_the_types():
    assert (FLOAT64.unit_roundoff, FLOAT32.unit_roundoff) == (2.0**-53, 2.0**-24)
    assert (FLOAT64.tiny, FLOAT32.tiny) == (2.0**-1022, 2.0**-126)
    assert arithmetic_of("float32") is FLOAT32


def test_another_type_is_refused():
    with pytest.raises(ProofError, match="float16"):
        arithmetic_of("float16")
