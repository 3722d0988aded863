from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from proof.binary_numbers import (
    Integers,
    fraction_bits,
    from_mantissa_and_exponent,
    mantissa_and_exponent,
    two_floats,
)

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=1, max_size=5))
def test_fraction_bits_make_integers_and_one_bit_fewer_does_not(numbers: list[float]) -> None:
    shift = fraction_bits(np.array(numbers))
    assert all((Fraction(x) * 2**shift).denominator == 1 for x in numbers)
    assert shift == 0 or any((Fraction(x) * 2 ** (shift - 1)).denominator > 1 for x in numbers)


def test_float32_pixels_are_multiples_of_2_to_the_minus_31() -> None:
    pixels = (np.arange(256) / 255).astype(np.float32).astype(np.float64)
    assert fraction_bits(pixels) == 31


@given(st.lists(finite, min_size=1, max_size=5))
def test_integers_are_exact(numbers: list[float]) -> None:
    array = np.array(numbers)
    shift = fraction_bits(array)
    integers = [int(i) for i in Integers(shift).of(array)]
    assert integers == [Fraction(x) * 2**shift for x in numbers]


@given(st.integers(-(2**300), 2**300), st.integers(-400, 400))
def test_mantissa_and_exponent_go_there_and_back(mantissa: int, exponent: int) -> None:
    m, e = mantissa_and_exponent(from_mantissa_and_exponent(mantissa, exponent))
    assert Fraction(m) * Fraction(2) ** e == Fraction(mantissa) * Fraction(2) ** exponent


def test_a_ball_with_a_radius_is_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - python-flint's own words
        mantissa_and_exponent(arb(1, 0.5))


@given(st.integers(-(2**300), 2**300), st.integers(-400, 400))
def test_two_floats_are_right_to_half_an_ulp_of_the_second(mantissa: int, exponent: int) -> None:
    exact = Fraction(mantissa) * Fraction(2) ** exponent
    high, low = two_floats(mantissa, exponent)
    assert abs(exact - Fraction(high) - Fraction(low)) <= Fraction(float(np.spacing(abs(low)))) / 2
    assert abs(exact - Fraction(high)) <= Fraction(float(np.spacing(abs(high)))) / 2
