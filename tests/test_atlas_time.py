"""Time beside digits: who is timed at what, in which order, and how it is shown; no test looks at how long it took."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import msgspec
import numpy as np
import pytest

from comparison.atlas.cells import Atlas, Cell, Timing
from comparison.atlas.engines_apart import here
from comparison.atlas.families import FAMILIES
from comparison.atlas.family import Family
from comparison.atlas.findings import findings
from comparison.atlas.growth import grown
from comparison.atlas.kept import Kept
from comparison.atlas.language import NUMPY
from comparison.atlas.page import rendered
from comparison.atlas.run import encoded
from comparison.atlas.survey import survey
from comparison.atlas.time_page import plots
from comparison.atlas.time_table import render
from comparison.atlas.timing import ROUNDS, timings
from tests.browser import CONTRAST, STRUCTURE, chromium, in_both_looks
from tests.planted_engine import Planted, sigmoid

SIGMOID = [family for family in FAMILIES if family.name == "sigmoid"]
ENGINES = [here(Planted("right")), here(Planted("small", sigmoid=(sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)))))]
GROWING = [family for family in FAMILIES if family.truth.grows]
SIZE = 1000


@pytest.fixture(scope="module")
def cells() -> list[Cell]:
    return survey(SIGMOID, [(engine, "eager") for engine in ENGINES], ("float64", "float32"), Kept())


@pytest.fixture(scope="module")
def times(cells: list[Cell]) -> list[Timing]:
    return timings(ENGINES, SIGMOID, cells, SIZE)


def test_every_formulation_that_was_judged_is_timed_in_every_column_and_type(
    cells: list[Cell], times: list[Timing]
) -> None:
    judged = {(cell.column, cell.formulation, cell.dtype) for cell in cells if cell.gradient}
    assert len(times) == len(judged)
    assert {(one.column, one.formulation, one.dtype) for one in times} == judged
    assert {one.entries for one in times} == {SIZE}
    assert all(one.milliseconds > 0 and one.first_milliseconds > 0 for one in times)


def test_the_digits_are_the_worst_but_for_edges(times: list[Timing]) -> None:
    digits = {one.column: one.digits for one in times if (one.formulation, one.dtype) == ("sigmoid(x)", "float64")}
    assert digits["small"] == 0  # it is 0 from 37 on
    assert digits["right"] > 15


def test_a_fault_at_edges_alone_costs_no_digits() -> None:
    flushed = Planted(
        "flushed", log=(np.log, lambda x: np.where(x < np.finfo(x.dtype).tiny, 0.0, 1 / x).astype(x.dtype))
    )
    logarithm = [family for family in FAMILIES if family.name == "log"]
    found = survey(logarithm, [(here(flushed), "eager")], ("float64",), Kept())
    own = [cell for cell in found if cell.formulation == "log(x)" and cell.is_bad]
    assert {cell.regime for cell in own} == {"edge"}
    digits = {one.formulation: one.digits for one in timings([here(flushed)], logarithm, found, SIZE)}
    assert digits["log(x)"] > 15


def test_the_points_of_a_function_take_turns(cells: list[Cell]) -> None:
    order = []

    def recording(engine: int):  # type: ignore[no-untyped-def]
        def call(dtype, function, mode, formulation, *rest) -> Future:  # type: ignore[no-untyped-def]
            order.append((engine, formulation.text))
            return ENGINES[engine].call(dtype, function, mode, formulation, *rest)

        return ENGINES[engine]._replace(call=call)

    double = [cell for cell in cells if cell.dtype == "float64"]
    timings([recording(0), recording(1)], SIGMOID, double, SIZE)
    turn = len(order) // (ROUNDS + 1)
    assert len(set(order[:turn])) == turn
    assert order == order[:turn] * (ROUNDS + 1)


@pytest.mark.parametrize("family", GROWING, ids=lambda family: family.name)
def test_longer_arguments_fit_together(family: Family) -> None:
    arguments = grown(family, "float64", SIZE)
    assert arguments is not None
    largest = max(a.size for a in arguments)
    assert SIZE / 4 < largest <= SIZE
    short = family.arguments.calls(family.name, "ordinary", "float64")[0]
    assert [a.ndim for a in arguments] == [a.ndim for a in short]
    for formulation in family.formulations:
        if formulation.grows and not formulation.is_own:
            with np.errstate(all="ignore"):
                value = formulation.bound(NUMPY)(*arguments)
            assert np.shape(value) == ((SIZE,) if family.arguments.elementwise else ())


def test_formulas_that_name_single_entries_are_left_out() -> None:
    left_out = {family.name for family in FAMILIES} - {family.name for family in GROWING}
    assert left_out == {"product", "running product", "determinant"}
    by_name = {family.name: family for family in FAMILIES}
    assert grown(by_name["product"], "float64", SIZE) is None
    assert [one.grows for one in by_name["logsumexp"].formulations] == [True, True, True, False]


SLOW = Timing("b", "f", "x", "float64", 1000, 20.0, 300.0, 15.9)
QUICK = Timing("a", "f", "x", "float64", 1000, 0.5, 2.0, 3.0)


def test_right_is_up_and_slow_is_to_the_right() -> None:
    (of_type,) = plots([QUICK, SLOW])
    quick, slow = of_type.plots[0].points
    assert quick.x < slow.x
    assert quick.y > slow.y
    assert (quick.column, slow.column) == (0, 1)
    assert [mark.text for mark in of_type.across] == ["0.1", "1", "10", "100"]
    assert of_type.across[0].at < quick.x < of_type.across[1].at < of_type.across[2].at < slow.x < of_type.across[3].at
    assert of_type.plots[0].rows == {"x": [QUICK, SLOW]}


def test_the_table_has_time_digits_and_the_first_gradient_apart() -> None:
    text = render([QUICK, SLOW])
    row = next(line for line in text.splitlines() if line.startswith("f "))
    assert row.split()[1:] == ["x", "1,000", "0.5", "(3)", "20", "(16)"]
    assert text.endswith("The first gradient, compilation included, in the middle: a 2 ms, b 300 ms")
    assert "Nothing was timed" in render([])


def test_the_page_has_a_plot_and_the_json_the_same_numbers(
    cells: list[Cell], times: list[Timing], tmp_path: Path
) -> None:
    versions = {"right": "1", "small": "1", "python-flint": "0"}
    atlas = Atlas(versions, 1.0, {"small": [10**6]}, cells, findings(cells), times)
    assert msgspec.json.decode(encoded(atlas), type=Atlas).times == times
    path = tmp_path / "atlas.html"
    path.write_text(rendered(atlas))
    assert "atlas time" in rendered(msgspec.structs.replace(atlas, times=[]))
    with chromium() as browser:
        page = browser.new_page()
        for width in in_both_looks(page, path):
            page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
            assert page.evaluate(CONTRAST) == []
            assert page.evaluate(STRUCTURE) == []
            assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("figure use").count() == len(times)
        drawn = page.locator("figure use").first.bounding_box()
        assert min(drawn["width"], drawn["height"]) > 4
        colours = page.eval_on_selector_all("figure use", "all => all.map((one) => getComputedStyle(one).fill)")
        assert len(set(colours)) == len(ENGINES)
        assert "ms, 0 digits" in page.locator("tr", has_text="sigmoid(x)").last.inner_text()
