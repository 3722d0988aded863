"""Sweeps: every number of a small type, derivatives in Arb against those of array language, and planted faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from comparison.atlas.adapters.torch_adapter import NAMESPACE
from comparison.atlas.sweep.bit_patterns import arguments, every, spread
from comparison.atlas.sweep.functions import SWEPT, Swept
from comparison.atlas.sweep.measuring import Strip, sweep, truth
from comparison.atlas.sweep.page import HEIGHT, _bar, rendered
from comparison.atlas.sweep.run import Sweeps
from comparison.atlas.sweep.table import render
from comparison.atlas.types_of_numbers import TYPES
from tests.browser import CONTRAST, STRUCTURE, chromium
from tests.planted_engine import Planted

SINGLE = TYPES["float32"]


def swept(text: str) -> Swept:
    return next(one for one in SWEPT if one.name == text)


def test_every_number_of_float16() -> None:
    patterns = np.arange(2**16, dtype=np.uint32).astype(np.uint16).view(np.float16).astype(np.float64)
    assert np.array_equal(every(TYPES["float16"]), np.unique(patterns[np.isfinite(patterns)]))
    assert len(every(TYPES["bfloat16"])) == 2 * 0x7F80 - 1


def test_the_numbers_of_float32_have_all_exponents() -> None:
    numbers = spread(SINGLE, 20_000, np.random.default_rng(0))
    assert np.array_equal(SINGLE.rounded(numbers), numbers)
    _, exponents = np.frexp(numbers[numbers != 0])
    assert set(range(-140, 129)) <= set(exponents.tolist())


def test_there_are_forty_functions_of_one_number_and_ten_of_two() -> None:
    ones = [one for one in SWEPT if one.formulation.arguments == "x"]
    assert len(ones) >= 40
    assert len(SWEPT) - len(ones) >= 10


KNOWN = [one for one in SWEPT if one.formulation.functions <= set(NAMESPACE)]


def test_pytorch_has_all_functions_but_one() -> None:
    assert len(KNOWN) >= len(SWEPT) - 1


@pytest.mark.parametrize("one", KNOWN, ids=lambda one: one.name)
def test_the_true_derivative_is_that_of_the_function(one: Swept) -> None:
    """Against differences of the function itself, computed by PyTorch in float64."""
    low, high = (1.2, 2.0) if "arccosh" in one.name else (0.2, 0.9)
    x = np.linspace(low, high, 7)
    y = [np.linspace(0.3, 1.9, 7)] if "y" in one.formulation.arguments else []
    known, _ = truth(one, (x, *y))
    function, step = one.formulation.bound(NAMESPACE), 1e-5
    above, below = (function(*map(torch.tensor, (x + s, *y))).numpy() for s in (step, -step))
    assert np.allclose(known.hi, (above - below) / (2 * step), rtol=1e-6, atol=1e-8)


def test_a_derivative_that_is_zero_is_found_where_it_begins() -> None:
    planted = Planted("small", expm1=(np.expm1, lambda x: np.expm1(x) + 1))
    given = arguments(SINGLE, 20_000, of_two=False)
    found, right = (
        sweep(engine, "eager", swept("expm1(x)"), SINGLE, given, truth(swept("expm1(x)"), given)[0])
        for engine in (planted, Planted("right"))
    )
    assert found.zeros > 5
    assert -18 < found.first_broken[0] < -16
    assert (right.zeros, right.nans, right.infinities) == (0, 0, 0)
    assert right.worst < 4
    assert any(strip.broken for strip in found.strips)
    text = render(Sweeps({"small": "1"}, 1.0, [found]))
    assert "expm1(x)" in text


def test_at_a_kink_0_is_not_counted_as_broken() -> None:
    given = (np.arange(-64.0, 65.0),) * 2
    one = swept("maximum(x, y)")
    engine = Planted("one-sided", maximum=(np.maximum, lambda x, y: ((x > y) * 1.0, (y > x) * 1.0)))
    found = sweep(engine, "eager", one, SINGLE, given, truth(one, given)[0])
    assert (found.zeros, found.judged, found.worst) == (0, 129, 0.0)


def test_a_bar_is_as_high_as_the_logarithm_of_its_error() -> None:
    heights = [_bar(Strip(1.0, ulps, 0)).height for ulps in (0.0, 1.0, 3.0, 7.0, 1e9)]
    assert np.diff(heights[:4]).tolist() == [2, 2, 2]
    assert heights[4] == _bar(Strip(1.0, 0.5, 1)).height == HEIGHT


def test_the_page_is_sound(tmp_path: Path) -> None:
    given = arguments(SINGLE, 2000, of_two=False)
    one = swept("exp(x)")
    found = sweep(Planted("right"), "eager", one, SINGLE, given, truth(one, given)[0])
    path = tmp_path / "sweeps.html"
    path.write_text(rendered(Sweeps({"right": "1"}, 1.0, [found])))
    with chromium() as browser:
        page = browser.new_page()
        page.goto(path.as_uri())
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(STRUCTURE) == []
        assert page.locator("svg rect").count() == len(found.strips)
