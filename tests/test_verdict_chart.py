"""The picture of the verdict: what rounding explains lies on the one side, every fault on the other."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from report.verdict_chart import verdict_chart


def line(engine: str, name: str, share: float | None, verdict: str = "rounding", **more: Any) -> Any:
    found = {"engine": engine, "weights": "trained", "dtype": "float64", "line": name, "verdict": verdict}
    return found | ({} if share is None else {"distribution": {"largest_share": share}}) | more


def across(svg: Markup, colour: str) -> list[float]:
    """Where the marks of this colour are, but for those of the legend above the chart."""
    marks = re.findall(rf'<use xlink:href="#m\w+" x="([\d.]+)" y="([\d.]+)" style="fill: var\(--{colour}\)', svg)
    return [float(x) for x, y in marks if float(y) > 40]


def test_nothing_judged_has_no_picture() -> None:
    assert verdict_chart([]) is None


def test_what_rounding_explains_lies_inside_and_a_fault_outside() -> None:
    svg = verdict_chart(
        [
            line("a", "Z1", 0.01),
            line("a", "A1", 0.99),
            line("b", "A1", 0.5, "cancels"),
            line("a", "dZ2", 1e9, "wrong"),
            line("b", "dZ2", 0.4, "wrong"),  # outside of what its own earlier lines leave to rounding
            line("b", "dZ2", 0.4, weights="saturated"),  # nothing wrong there, and yet the line is
            line("b", "dW2", None, "shape"),
            line("a", "db2", 50.0, "follows"),
        ]
    )
    assert svg
    assert "some lie outside" in svg
    small, nearly = across(svg, "engine-0")
    assert small < nearly
    faults = across(svg, "bp-bad")
    assert min(faults) > nearly
    assert len(faults) == 3
    assert len(set(faults)) == 2  # the largest, and two at the border
    texts = {(node.text or "").strip("\u200b \n") for node in ElementTree.fromstring(svg).iter()}
    assert {"Z1", "dZ2", "a", "b", "wrong", "shape", "follows", "it does not"} <= texts


def test_the_worst_setting_of_a_line_is_shown() -> None:
    calm = [line("a", "Z1", 0.01), line("a", "Z1", 0.02, weights="saturated")]
    assert verdict_chart(calm) == verdict_chart(calm[::-1])
    assert verdict_chart(calm) != verdict_chart(calm[:1])
    assert "all lie inside" in str(verdict_chart(calm))


@pytest.mark.parametrize("word", ["", "</svg><script>alert(1)</script>"])
def test_an_unknown_verdict_is_drawn(word: str) -> None:
    assert ElementTree.fromstring(str(verdict_chart([line(word, "Z1", 0.5, word)]))).tag == "svg"
