"""Balls contain the exact result of every operation, and in float64 and float32 whatever the type can compute."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.arithmetic import EXACT, FLOAT32, FLOAT64, ProofError
from backproof.balls import Balls, stack

moderate = st.floats(min_value=1e-100, max_value=1e100).flatmap(lambda x: st.sampled_from((x, -x, 0.0)))
radii = st.sampled_from((0.0, 1e-40, 1e-9))
BITS = {FLOAT64: 53, FLOAT32: 24}


def holds(balls: Balls, index: tuple[int, ...], exact: Fraction) -> bool:
    if np.isinf(balls.radius[index]):
        return True
    middle = Fraction(float(balls.hi[index])) + Fraction(float(balls.lo[index]))
    return abs(exact - middle) <= Fraction(float(balls.radius[index]))


def third(x: float) -> tuple[Balls, Fraction]:
    """A ball with a low part, and a number that is in it: x/3."""
    return Balls.of([x], EXACT) / 3, Fraction(x) / 3


@given(moderate, moderate, radii)
def test_sums_products_and_quotients_hold_the_exact_result(x, y, radius):
    (a, exact_a), (b, exact_b) = third(x), third(y)
    spread = Fraction(radius) * Fraction(abs(x))
    a = a.widened(radius * abs(x))
    assert a.radius[0] <= abs(x) * (1e-29 + radius * 1.001) + 1e-200
    for moved in (exact_a - spread, exact_a + spread):
        assert holds(a + b, (0,), moved + exact_b)
        assert holds(a - b, (0,), moved - exact_b)
        assert holds(a * b, (0,), moved * exact_b)
        if y:
            assert holds(a / b, (0,), moved / exact_b)


@given(st.lists(st.tuples(moderate, moderate), min_size=1, max_size=40))
def test_a_matrix_product_holds_the_exact_result_narrowly(pairs):
    a, b = (Balls.of([column], EXACT) for column in zip(*pairs, strict=True))
    product = a @ b.T
    assert holds(product, (0, 0), sum((Fraction(x) * Fraction(y) for x, y in pairs), Fraction(0)))
    assert product.radius[0, 0] <= 1e-28 * sum(abs(x * y) for x, y in pairs) + 1e-290
    thirds = (a / 3) @ (b / 7).T
    assert holds(thirds, (0, 0), sum((Fraction(x) * Fraction(y) / 21 for x, y in pairs), Fraction(0)))


def test_cancellation_keeps_what_float64_loses():
    rng = np.random.default_rng(0)
    x = rng.normal(size=301) * 10.0 ** rng.integers(-8, 8, 301)
    x[-1] = 0
    y = rng.normal(size=301)
    x[-1], y[-1] = -float(x @ y), 1.0
    exact = sum(Fraction(a) * Fraction(b) for a, b in zip(x, y, strict=True))
    product = Balls.of(x[None], EXACT) @ Balls.of(y[:, None], EXACT)
    assert holds(product, (0, 0), exact)
    assert abs(product.hi[0, 0] - float(exact)) <= 1e-9 * abs(float(exact))


def test_one_rounding_too_few_in_a_bound_would_be_seen():
    exact = Balls.of([1.0], EXACT) / 3
    narrow = Balls(exact.hi, exact.lo * 0, exact.radius, EXACT)
    assert holds(exact, (0,), Fraction(1, 3))
    assert not holds(narrow, (0,), Fraction(1, 3))


def rounded(exact: Fraction, bits: int) -> Fraction:
    """The nearest number of so many bits, ties to even, of any exponent."""
    if exact == 0:
        return exact
    exponent = math.floor(math.log2(abs(exact.numerator)) - math.log2(exact.denominator)) - bits
    scaled = exact / Fraction(2) ** exponent
    while abs(scaled) >= 2**bits:
        scaled, exponent = scaled / 2, exponent + 1
    while abs(scaled) < 2 ** (bits - 1):
        scaled, exponent = scaled * 2, exponent - 1
    return round(scaled) * Fraction(2) ** exponent


def computed_sums(terms: list[tuple[Fraction, Fraction]], bits: int, seed: int) -> list[Fraction]:
    """A sum of products, as programs may take it: in order, permuted, in pairs, with fused multiply-adds."""
    shuffled = [terms[i] for i in np.random.default_rng(seed).permutation(len(terms))]
    results = []
    for some in (terms, terms[::-1], shuffled):
        plain = fused = Fraction(0)
        for a, b in some:
            plain = rounded(plain + rounded(a * b, bits), bits)
            fused = rounded(fused + a * b, bits)
        pairs = [rounded(a * b, bits) for a, b in some]
        while len(pairs) > 1:
            pairs = [rounded(sum(pairs[i : i + 2], Fraction(0)), bits) for i in range(0, len(pairs), 2)]
        results += [plain, fused, pairs[0]]
    return results


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.sampled_from((FLOAT64, FLOAT32)))
def test_every_order_of_summation_lies_inside(seed, count, arithmetic):
    rng = np.random.default_rng(seed)
    values = (rng.normal(size=(2, count)) * 10.0 ** rng.integers(-3, 4, (2, count))).astype(arithmetic.name)
    values[0, rng.random(count) < 0.3] = 0
    a, b = values.astype(np.float64)
    balls = Balls.of(a[None], arithmetic) @ Balls.of(b[:, None], arithmetic)
    terms = [(Fraction(x), Fraction(y)) for x, y in zip(a, b, strict=True)]
    for result in computed_sums(terms, BITS[arithmetic], seed):
        assert holds(balls, (0, 0), result)


@pytest.mark.parametrize("arithmetic", [FLOAT64, FLOAT32])
def test_only_what_is_not_zero_counts(arithmetic):
    a = np.zeros((1, 500))
    a[0, :2] = 1.25, 3.5
    b = np.full((500, 1), 1.75)
    sparse = Balls.of(a, arithmetic) @ Balls.of(b, arithmetic)
    assert sparse.radius[0, 0] <= 2.1 * arithmetic.unit_roundoff * sparse.hi[0, 0]
    nothing = Balls.of(np.zeros((1, 500)), arithmetic) @ Balls.of(b, arithmetic)
    assert not nothing.nonzero.any()
    outer = Balls.of([[2.5]], arithmetic) @ Balls.of([[0.0, 1.5]], arithmetic)
    assert outer.nonzero.tolist() == [[False, True]]


@pytest.mark.parametrize("arithmetic", [FLOAT64, FLOAT32])
@given(x=moderate, y=moderate)
def test_one_rounding_each_in_float(arithmetic, x, y):
    with np.errstate(over="ignore"):
        a, b = (float(np.float32(v)) if abs(v) < 1e18 else float(np.sign(v)) for v in (x, y))
    bits = BITS[arithmetic]
    for balls, exact in (
        (Balls.of([a], arithmetic) + b, Fraction(a) + Fraction(b)),
        (b - Balls.of([a], arithmetic), Fraction(b) - Fraction(a)),
        (Balls.of([a], arithmetic) * b, Fraction(a) * Fraction(b)),
    ):
        assert holds(balls, (0,), rounded(exact, bits))
        assert holds(balls, (0,), Fraction(0) if abs(exact) < Fraction(arithmetic.tiny) else exact)
    if b:
        reciprocal = rounded(1 / Fraction(b), bits)
        quotients = Balls.of([a], arithmetic) / b
        assert holds(quotients, (0,), rounded(Fraction(a) / Fraction(b), bits))
        assert holds(quotients, (0,), rounded(Fraction(a) * reciprocal, bits))


def test_a_subnormal_number_may_be_read_as_zero():
    tiny = 1e-40
    assert Balls.of([tiny], FLOAT32).inside(np.array([0.0])).all()
    assert not Balls.of([tiny], EXACT).inside(np.array([0.0])).any()
    assert (Balls.of([[tiny]], FLOAT32) @ Balls.of([[1e8]], FLOAT32)).inside(np.zeros((1, 1))).all()


@pytest.mark.parametrize("function", ["exp", "tanh", "log"])
def test_functions_hold_sixty_digits(function):
    z = np.array([1e-12, 0.3, 1.0, 7.5, 30.0, 300.0])
    balls = getattr(Balls.of(z, EXACT), function)()
    with mpmath.workdps(60):
        for i, x in enumerate(z):
            value = getattr(mpmath, function)(mpmath.mpf(float(x)))
            middle = mpmath.mpf(float(balls.hi[i])) + mpmath.mpf(float(balls.lo[i]))
            assert abs(value - middle) <= mpmath.mpf(float(balls.radius[i]))
            assert balls.radius[i] <= 1e-28 * abs(balls.hi[i])


def test_an_unbounded_ball_never_holds_a_number():
    huge = Balls.of([1e300], FLOAT64)
    for unbounded in (huge * huge, Balls.of([0.0], FLOAT64).log(), huge / Balls.of([0.0], FLOAT64)):
        assert not unbounded.bounded
        assert not unbounded.inside(np.array([1e300])).any()
        assert not unbounded.inside(np.array([np.inf])).any()
        assert not (unbounded - unbounded).inside(np.zeros(1)).any()
    assert not (Balls.of([3e38], FLOAT32) * 2.0).bounded  # float32 overflows here, float64 does not
    assert (Balls.of([3e38], FLOAT64) * 2.0).bounded
    assert not (Balls.of([[3e38, 3e38]], FLOAT32) @ Balls.of([[1.0], [-1.0]], FLOAT32)).bounded


def test_nan_is_never_inside():
    assert Balls.of([1.0, 1.0], FLOAT64).inside(np.array([1.0, np.nan])).tolist() == [True, False]


def test_nothing_is_broadcast_in_a_comparison():
    with pytest.raises(ProofError, match=r"shape \(1,\)"):
        Balls.of(np.ones((2, 1)), FLOAT64).inside(np.ones(1))


def test_a_number_that_is_not_finite_is_refused():
    for bad in (np.inf, -np.inf, np.nan):
        with pytest.raises(ProofError, match="not finite"):
            Balls.of([1.0, bad], EXACT)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ProofError, match="cannot be multiplied"):
        Balls.of(np.ones((2, 3)), EXACT) @ Balls.of(np.ones((2, 3)), EXACT)


def test_numpy_arrays_on_either_side():
    a = np.array([[1.0, 2.0]])
    b = Balls.of([[3.0, 5.0]], EXACT)
    assert (a * b).hi.tolist() == [[3.0, 10.0]]
    assert (a - b).hi.tolist() == [[-2.0, -3.0]]
    assert (1 - b).hi.tolist() == [[-2.0, -4.0]]
    assert stack([b, b], 0).sum(0).hi.tolist() == [6.0, 10.0]
    assert stack([b, b], 0).sum(1).hi.tolist() == [8.0, 8.0]
