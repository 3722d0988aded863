"""The truth of the atlas: two independent ways to it agree, and all formulations of a family are one function."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, ctx

from comparison.atlas.arguments import Call
from comparison.atlas.families import FAMILIES
from comparison.atlas.family import Family
from comparison.atlas.known import Known
from comparison.atlas.language import NUMPY, Formulation
from comparison.atlas.truth import Truth, by_arb, by_replay, truths_of
from comparison.atlas.types_of_numbers import TYPES

DOUBLE = TYPES["float64"]


def meet(a: Known, b: Known) -> bool:
    """Whether the balls have a number in common."""
    apart = np.abs((a.hi - b.hi) + (a.lo - b.lo))
    return bool((apart <= (a.radius + b.radius) * 1.001 + 2.0**-100 * np.abs(a.hi)).all())


def same(a: Truth, b: Truth, held: int) -> bool:
    ours, theirs = (a.value, *a.gradients), (b.value, *b.gradients)
    return all(meet(x, y) for x, y in zip(ours[: len(ours) - held], theirs[: len(ours) - held], strict=True))


def some(family: Family) -> Call:
    """Ordinary arguments, few of them."""
    call = family.arguments.calls(family.name, "ordinary", "float64")[0]
    return tuple(a[:6] for a in call) if family.arguments.elementwise else call


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_replay_and_arb_enclose_the_same_numbers(family: Family) -> None:
    call = some(family)
    replayed, computed = by_replay(family.truth, [call])[0], by_arb(family.truth, call, 200)
    assert np.isfinite(replayed.value.radius).all()
    assert same(replayed, computed, 0)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_all_formulations_of_a_family_are_one_function(family: Family) -> None:
    call = some(family)
    truth = by_arb(family.truth, call, 200)
    for formulation in family.formulations:
        if not formulation.is_own:
            close = by_arb(formulation, call, 200)
            for ours, theirs in zip((truth.value, *truth.gradients), (close.value, *close.gradients), strict=True):
                if ours is not truth.gradients[-1] or not family.arguments.held:
                    # Constants such as the logarithm of 2 are rounded, each formulation's in its own way.
                    assert np.allclose(ours.hi, theirs.hi, rtol=1e-12, atol=1e-14), formulation.text


def test_there_are_sixty_formulas_and_every_regime() -> None:
    texts = [formulation.text for family in FAMILIES for formulation in family.formulations if not formulation.is_own]
    assert len(texts) >= 60
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    assert {regime for family in FAMILIES for regime in family.arguments.regimes} == {
        "ordinary", "large", "small", "cancelling", "edge",
    }  # fmt: skip


def test_where_replay_ends_arb_goes_on() -> None:
    naive = Formulation("x", "log(1 + exp(x))")
    found = truths_of(naive, [(np.array([1.0, 1000.0]),)], DOUBLE)[0]
    assert found.means == "replay and Arb"
    assert found.value.hi[1] == 1000
    assert found.gradients[0].hi[1] == 1
    assert found.value.ordinary(DOUBLE).all()


def test_a_kink_has_every_derivative_between_its_sides() -> None:
    (slope,) = truths_of(Formulation("x", "maximum(x, 0.0)"), [(np.array([0.0, 2.0]),)], DOUBLE)[0].gradients
    full = DOUBLE.digits
    assert slope.digits(np.array([0.0, 1.0]), DOUBLE).tolist() == [full, full]
    assert slope.digits(np.array([1.0, 1.0]), DOUBLE).tolist() == [full, full]
    assert slope.digits(np.array([np.nan, 0.5]), DOUBLE).tolist() == [0.0, pytest.approx(0.3, abs=0.01)]


def test_numbers_that_the_type_has_not_are_not_judged() -> None:
    with ctx.workprec(200):
        known = Known.of_arb([arb(1), arb(10) ** -320, arb(10) ** 400, arb("nan"), arb(0)], (5,))
    assert known.ordinary(DOUBLE).tolist() == [True, False, False, False, True]
    assert known.ordinary(TYPES["float32"]).tolist() == [True, False, False, False, True]


def test_digits_count_from_the_true_number() -> None:
    with ctx.workprec(200):
        known = Known.of_arb([arb(3)], (1,))
    assert known.digits(np.array([3.003]), DOUBLE)[0] == pytest.approx(3.0, abs=0.01)
    assert known.digits(np.array([-3.0]), DOUBLE)[0] == 0


@pytest.mark.parametrize("name", ["float32", "float16"])
def test_rounding_is_that_of_numpy(name: str) -> None:
    random = np.random.default_rng(0)
    kind, limits = TYPES[name], np.finfo(name)
    values = random.standard_normal(2000) * 10.0 ** random.uniform(-50, 50, 2000)
    with np.errstate(over="ignore"):
        assert np.array_equal(kind.rounded(values), values.astype(name).astype(np.float64))
    assert (kind.tiny, kind.largest, kind.epsilon) == (limits.tiny, limits.max, limits.eps)
    assert kind.subnormal == limits.smallest_subnormal


def test_bfloat16_is_the_upper_half_of_float32() -> None:
    kind = TYPES["bfloat16"]
    bits = np.arange(0, 0x7F80, dtype=np.uint32) << 16  # all positive finite patterns
    numbers = bits.view(np.float32).astype(np.float64)
    assert np.array_equal(kind.rounded(numbers), numbers)
    assert kind.rounded(1 + 2.0**-8) == 1  # a tie goes to the even one
    assert kind.rounded(1 + 3 * 2.0**-8) == 1 + 2.0**-6


def test_a_formulation_knows_its_functions() -> None:
    formulation = Formulation("x, w", "e = exp(x - max(x))\nsum(w * e.T / softmax(x))")
    assert formulation.functions == {"exp", "max", "sum", "softmax"}
    assert formulation.is_own
    with pytest.raises(KeyError, match="softmax"):
        formulation.bound(NUMPY)
    assert Formulation("x", "x * x").bound(NUMPY)(3.0) == 9
