"""Charts are whole SVG elements in the page's colours, whatever the numbers and names are."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from report import charts

HOSTILE = "</svg><script>alert(1)</script>$x^2$_\\\"'&"
ENGINES: Any = {
    name: {"losses": losses, "seconds": {"setup": 1.0, "train": 2.0}}
    for name, losses in (("numpy", [0.1, 0.01, 0.001]), (HOSTILE, [0.1, None, 0.0]), ("_hidden", [None] * 3))
}
PAIRS: Any = [{"engines": ["numpy", HOSTILE], "drift": [0.0, None, 3.0]}, {"engines": ["a", "b"], "drift": []}]
CONTROL: Any = {"engine": HOSTILE, "drift": [1.0, 2.0, 3.0]}
CERTIFICATE: Any = {"losses": ["0.1", "0.01", "0.001"], "drift": {HOSTILE: [{"W1": 1.0, "b1": 2.0}] * 3}}
BLOCKS: Any = {
    HOSTILE: [
        {"first_step": 0, "steps": 300, "radius": 1e-9, "word": "rounding"},
        {"first_step": 300, "steps": 300, "radius": 0.0, "word": "wrong"},
        {"first_step": 600, "steps": 300, "radius": None, "word": "not observable"},
    ],
    "numpy": [],
}
DRAWINGS: list[Callable[[], Markup]] = [
    lambda: charts.losses_chart(ENGINES, CERTIFICATE),
    lambda: charts.losses_chart({}, None),
    lambda: charts.drift_chart(PAIRS, CONTROL, CERTIFICATE),
    lambda: charts.drift_chart([], None, None),
    lambda: charts.audit_chart(BLOCKS),
    lambda: charts.audit_chart({}),
    lambda: charts.time_chart(ENGINES),
    lambda: charts.time_chart({}),
]


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.filterwarnings("error")
def test_a_chart_is_one_element_in_the_colours_of_the_page(draw: Callable[[], Markup]) -> None:
    svg = draw()
    root = ElementTree.fromstring(svg)
    assert root.tag == "svg"
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert not [node for node in root.iter() if node.tag in ("script", "style", "image")]
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) == set()  # no colour of its own
    assert "var(--bp-ink)" in svg


def test_names_are_shown_as_they_are() -> None:
    root = ElementTree.fromstring(charts.losses_chart(ENGINES, None))
    texts = {"".join(node.itertext()).strip("\u200b") for node in root.iter() if node.tag == "text"}
    assert {"numpy", "_hidden", f"…{HOSTILE[-32:]}"} <= texts


def test_ids_of_all_charts_are_different() -> None:
    together = "".join(draw() for draw in (DRAWINGS[0], DRAWINGS[2], DRAWINGS[4], DRAWINGS[6]))
    ids = re.findall(r'\bid="([^"]+)"', together)
    assert len(set(ids)) == len(ids)
    assert {name.lstrip("#") for name in re.findall(r'(?:url\(|href=")(#\w+)', together)} == set(ids)


def test_the_same_twice() -> None:
    assert DRAWINGS[2]() == DRAWINGS[2]()


def words(svg: Markup) -> list[str]:
    return [
        "".join(node.itertext()).strip().lstrip("\u200b")
        for node in ElementTree.fromstring(svg).iter()
        if node.tag == "text"
    ]


@pytest.mark.parametrize(("losses", "expected"), [([0.11, 0.1], "0.1"), ([0.4, 0.3], "0.2"), ([20.0, 3.0], "5")])
def test_a_short_log_axis_has_ticks(losses: list[float], expected: str) -> None:
    ticks = words(charts.losses_chart({"numpy": {**ENGINES["numpy"], "losses": losses}}, None))
    assert expected in ticks
    assert len(ticks) >= 6  # those of two epochs, of two losses, and the two axes' names


def test_blocks_without_a_bound_are_shown_on_the_line_of_all_the_movement() -> None:
    block: Any = {"first_step": 1000, "steps": 500, "radius": None, "word": "not observable"}
    svg = charts.audit_chart({"numpy": [block]})
    assert svg == charts.audit_chart({"numpy": [{**block, "radius": 1.0}]})
    assert {"0", "1,500"} <= set(words(svg))


def test_nine_engines_are_told_apart_by_their_colours() -> None:
    many = {f"engine {number}": {"losses": [0.1, 0.01], "seconds": {"setup": 1.0, "train": 2.0}} for number in range(9)}
    for svg in (charts.losses_chart(many, None), charts.time_chart(many)):  # type: ignore[arg-type]
        assert {f"var(--engine-{number})" for number in range(9)} <= set(re.findall(r"var\(--engine-\d\)", svg))
    style = (Path(charts.__file__).parent / "templates" / "page.css").read_text()
    assert all(style.count(f"--engine-{number}:") == 2 for number in range(9))  # light, which is printed, and dark


def test_of_many_pairs_those_with_the_first_engine_are_drawn() -> None:
    def drawn(engines: str) -> list[str]:
        pairs: Any = [{"engines": list(pair), "drift": [1.0, 2.0]} for pair in combinations(engines, 2)]
        return [word for word in words(charts.drift_chart(pairs, None, None)) if " and " in word]

    assert len(drawn("abcd")) == 6
    assert drawn("abcde") == ["a and b", "a and c", "a and d", "a and e"]
