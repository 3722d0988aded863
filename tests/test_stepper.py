"""The stepper in a real browser: its numbers are NumPy's, also those of its mistakes, and everybody can use it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import CONTRAST, STRUCTURE
from test_page import context  # noqa: F401

from engines.interface import Lines, Parameters
from engines.numpy_engine import all_lines, sigmoid

STEPPER = Path(__file__).parents[1] / "lessons" / "stepper.html"
FORMULAS = tomllib.loads((Path(__file__).parent / "programs" / "formulas.toml").read_text())
MISTAKES = (
    "Z1-bias-forgotten",
    "A1-sign-in-exp",
    "Z2-before-activation",
    "A2-sigmoid-twice",
    "loss-labels-swapped",
    "dZ2-sign",
    "dZ2-half-squared-error",
    "dW2-before-activation",
    "db2-times-weights",
    "dA1-weights-forgotten",
    "dZ1-slope-forgotten",
    "dZ1-slope-at-activation",
    "dW1-slope-forgotten",
    "db1-swapped",
)
# The lines that are computed from each line, directly.
NEXT = {
    "Z1": ["A1"],
    "A1": ["Z2", "dW2", "dZ1"],
    "Z2": ["A2", "loss"],
    "A2": ["dZ2"],
    "dZ2": ["dW2", "db2", "dA1"],
    "dA1": ["dZ1"],
    "dZ1": ["dW1", "db1"],
}
AT_FIRST = (
    Parameters(
        W1=np.array([[0.5, -0.3, 0.9], [-0.7, 0.6, 0.2]]),
        b1=np.array([0.1, -0.2]),
        W2=np.array([[0.7, -0.5]]),
        b2=np.array([0.3]),
    ),
    np.array([[0.8, 0.0, 0.4]]),
    np.array([1.0]),
)


def lines_after(line: str) -> set[str]:
    """All lines that a wrong one can spoil."""
    return {name for later in NEXT.get(line, []) for name in (later, *lines_after(later))}


@pytest.fixture
def page(context: Any) -> Iterator[Any]:  # noqa: F811
    """The stepper, opened from its file; whatever the browser complains about or asks for fails the test."""
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url == STEPPER.as_uri() or complaints.append(request.url))
    page.goto(STEPPER.as_uri())
    yield page
    page.close()
    assert complaints == []


def field(page: Any, name: str) -> Any:
    return page.get_by_label(name, exact=True)


def set_numbers(page: Any, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> None:
    """Write a network and a sample into the fields, every digit of them."""
    page.get_by_label("y", exact=True).select_option(str(int(y[0])))
    for i in range(3):
        field(page, f"X[{i}]").fill(repr(float(X[0, i])))
        for j in range(2):
            field(page, f"W1[{j},{i}]").fill(repr(float(parameters.W1[j, i])))
    for j in range(2):
        field(page, f"b1[{j}]").fill(repr(float(parameters.b1[j])))
        field(page, f"W2[{j}]").fill(repr(float(parameters.W2[0, j])))
    field(page, "b2").fill(repr(float(parameters.b2[0])))


def read_numbers(page: Any) -> Parameters:
    """The network in the fields."""
    at = {name: float(field(page, name).input_value()) for name in ("b1[0]", "b1[1]", "W2[0]", "W2[1]", "b2")}
    W1 = [[float(field(page, f"W1[{j},{i}]").input_value()) for i in range(3)] for j in range(2)]
    return Parameters(
        np.array(W1), np.array([at["b1[0]"], at["b1[1]"]]), np.array([[at["W2[0]"], at["W2[1]"]]]), np.array([at["b2"]])
    )


def shown(page: Any, column: str = "mine") -> dict[str, np.ndarray]:
    """The lines in the table, flat, to their last digit."""
    rows = page.eval_on_selector_all(
        "#table tr",
        f"all => all.map(row => [row.dataset.line, [...row.querySelectorAll('.{column} data')].map(d => d.value)])",
    )
    return {name: np.array([float(value) for value in values]) for name, values in rows if values}


def words(page: Any) -> dict[str, str]:
    """The verdict on every line in the table, with its mark."""
    return dict(
        page.eval_on_selector_all(
            "#table tr", "all => all.map(row => [row.dataset.line, row.querySelector('.word').textContent])"
        )
    )


def choose(page: Any, mistake: str) -> None:
    page.get_by_label("Mistake", exact=True).select_option(mistake)


def random_numbers(seed: int) -> tuple[Parameters, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    scale = (0.5, 3.0, 30.0)[seed % 3]
    weights = [random.normal(0, scale, shape) for shape in ((2, 3), (2,), (1, 2), (1,))]
    return Parameters(*weights), random.uniform(0, 1, (1, 3)), np.array([float(seed % 2)])


def mistaken_lines(mistake: str, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
    """The twelve lines in NumPy with a wrong formula for one of them."""
    names: dict[str, Any] = {"X": X, "y": y[:, None], "n": 1, "np": np, "sigmoid": sigmoid, **parameters._asdict()}
    names |= {name: getattr(np, name) for name in ("exp", "log", "logaddexp", "ones_like")}
    formulas = {
        "Z1": "X @ W1.T + b1", "A1": "sigmoid(Z1)", "Z2": "A1 @ W2.T + b2", "A2": "sigmoid(Z2)",
        "loss": "logaddexp(0, (1 - 2 * y) * Z2)", "dZ2": "(A2 - y) / n", "dW2": "dZ2.T @ A1", "db2": "dZ2.sum(0)",
        "dA1": "dZ2 @ W2", "dZ1": "dA1 * A1 * (1 - A1)", "dW1": "dZ1.T @ X", "db1": "dZ1.sum(0)",
    }  # fmt: skip
    line, _, name = mistake.partition("-")
    formulas[line] = FORMULAS[line][name]
    for line in Lines._fields:
        names[line] = eval(formulas[line], names)
    return Lines(**{line: names[line] for line in Lines._fields})


def close(mine: dict[str, np.ndarray], theirs: Lines) -> bool:
    """Whether all twelve lines agree to 1e-12 of the largest entry of the line, or to 1e-12 where all are small."""
    largest = {name: max(1.0, np.abs(values).max()) for name, values in theirs._asdict().items()}
    return set(mine) == set(Lines._fields) and all(
        bool(np.abs(mine[name] - np.ravel(values)).max() <= 1e-12 * largest[name])
        for name, values in theirs._asdict().items()
    )


@pytest.mark.parametrize("seed", range(6))
def test_its_arithmetic_is_numpys(page: Any, seed: int) -> None:
    numbers = random_numbers(seed)
    set_numbers(page, *numbers)
    page.get_by_role("button", name="To the end").click()
    assert close(shown(page), all_lines(*numbers))
    assert set(words(page).values()) == {"✓ right"}
    choose(page, "dZ2-sign")
    assert not close(shown(page), all_lines(*numbers))  # so that the check above can fail
    assert close(shown(page, "correct"), all_lines(*numbers))


def entry_of(page: Any, mistake: str) -> dict[str, str]:
    """What the page says of a mistake."""
    found: dict[str, str] = page.evaluate("id => MISTAKES.find(m => m.id === id)", mistake)
    return found


def test_the_menu_has_a_mistake_for_every_line(page: Any) -> None:
    entries = page.evaluate(
        "MISTAKES.map(m => ({id: m.id, line: m.line, formula: m.formula, says: m.says, why: m.why, see: m.see}))"
    )
    assert [entry["id"] for entry in entries] == list(MISTAKES)
    assert all(all(entry.values()) for entry in entries)
    options = page.eval_on_selector_all("#mistake option", "all => all.map(option => option.value)")
    assert options == ["", *MISTAKES]
    assert {entry["line"] for entry in entries} == set(Lines._fields)
    for line in page.evaluate("LINES"):
        assert line["name"] in Lines._fields


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("seed", [None, 0, 1])
def test_a_mistake_spoils_its_line_and_what_follows(page: Any, mistake: str, seed: int | None) -> None:
    numbers = AT_FIRST if seed is None else random_numbers(3 * seed)
    if seed is not None:
        set_numbers(page, *numbers)
    choose(page, mistake)
    page.get_by_role("button", name="To the end").click()
    entry = entry_of(page, mistake)
    line = entry["line"]
    expected = dict.fromkeys(Lines._fields, "✓ right")
    expected |= dict.fromkeys(lines_after(line), "↳ follows") | {line: "✗ wrong"}
    assert words(page) == expected
    assert close(shown(page), mistaken_lines(mistake, *numbers))
    assert close(shown(page, "correct"), all_lines(*numbers))
    about = page.locator("#about-mistake").text_content()
    for part in ("says", "why", "see", "formula"):
        assert entry[part] in about
    marks = page.eval_on_selector_all(
        "#drawing [data-line]", "all => all.map(text => [text.dataset.line, text.textContent[0]])"
    )
    assert {name for name, mark in marks if mark == "✗"} == {line}
    assert {name for name, mark in marks if mark == "↳"} == lines_after(line)


def test_a_mistake_that_makes_no_difference_is_not_observable(page: Any) -> None:
    choose(page, "Z1-bias-forgotten")
    field(page, "b1[0]").fill("0")
    field(page, "b1[1]").fill("0")
    page.get_by_role("button", name="To the end").click()
    assert words(page) == dict.fromkeys(Lines._fields, "✓ right") | {"Z1": "? not observable"}


def test_one_line_at_a_time_by_keyboard_alone(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the lines"
    stops = []
    for _ in range(24):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert stops[:5] == ["mistake", "first", "back", "next", "last"]
    for name in ("X-0", "y", "W1-1-2", "b2", "learning-rate"):
        assert f"field-{name}" in stops
    assert {"update", "reset"} <= set(stops)
    page.locator("#next").focus()
    for number, line in enumerate(Lines._fields, 1):
        page.keyboard.press("Enter" if number % 2 else "ArrowRight")
        assert list(shown(page)) == list(Lines._fields[:number])
        assert page.inner_text("#line-title") == f"Line {number} of 12: {line}"
        assert page.inner_text("#status").startswith(f"Line {number} of 12, ")
        assert page.get_attribute("#table tr[aria-current=step]", "data-line") == line
    page.keyboard.press("ArrowRight")
    assert len(shown(page)) == 12
    page.keyboard.press("ArrowLeft")
    assert len(shown(page)) == 11
    page.keyboard.press("Home")
    assert len(shown(page)) == 0
    page.keyboard.press("End")
    assert len(shown(page)) == 12
    field(page, "X[0]").focus()
    page.keyboard.press("ArrowLeft")
    assert len(shown(page)) == 12  # in a field, arrows belong to the field
    page.locator("#mistake").focus()
    page.keyboard.press("ArrowDown")
    assert words(page)["Z1"] == "✗ wrong"


def test_the_formula_has_the_live_numbers_put_in(page: Any) -> None:
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator(".entries li span").all_inner_texts() == [
        "Z2 = A1[0] × W2[0] + A1[1] × W2[1] + b2",
        "= 0.7027 × 0.7 + 0.3363 × (−0.5) + 0.3",
        "= 0.623732",
    ]
    choose(page, "Z2-before-activation")
    assert "Correct would be Z2 = A1 @ W2.T + b2." in page.inner_text("#line")
    assert page.locator(".entries li span").all_inner_texts()[0] == "Z2 = Z1[0] × W2[0] + Z1[1] × W2[1] + b2"
    assert "(correct: 0.623732)" in page.inner_text(".entries")


@pytest.mark.parametrize("text", ["", "abc", "1e999", "NaN", "1,5", "--1", "2000"])
def test_what_is_no_number_gives_a_sentence(page: Any, text: str) -> None:
    page.get_by_role("button", name="To the end").click()
    before = shown(page)
    field(page, "W1[0,1]").fill(text)
    assert page.inner_text("#complaint").startswith("W1[0,1] must be a number between −1000 and 1000")
    assert ("use a point" in page.inner_text("#complaint")) == ("," in text)
    assert page.get_by_label("W1[0,1]", exact=True).get_attribute("aria-invalid") == "true"
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Next line").click()
    for name, values in shown(page).items():
        assert (values == before[name]).all()
    assert "NaN" not in page.inner_text("main")
    assert "Infinity" not in page.inner_text("main")
    field(page, "W1[0,1]").fill("0.25")
    assert page.inner_text("#complaint") == ""


@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_the_largest_numbers_stay_finite(page: Any, size: float) -> None:
    largest = Parameters(np.full((2, 3), size), np.full(2, size), np.full((1, 2), 1000.0), np.full(1, size))
    set_numbers(page, largest, np.full((1, 3), 1000.0), np.array([0.0]))
    page.get_by_role("button", name="To the end").click()
    for mistake in ("", *MISTAKES):
        choose(page, mistake)
        assert all(np.isfinite(values).all() for values in shown(page).values())


def test_update_is_one_step_of_sgd(page: Any) -> None:
    numbers = random_numbers(0)
    set_numbers(page, *numbers)
    page.get_by_label("learning rate").fill("0.25")
    page.get_by_role("button", name="Update").click()
    steps = all_lines(*numbers)
    moved = read_numbers(page)
    for name, after in moved._asdict().items():
        expected = getattr(numbers[0], name) - 0.25 * getattr(steps, f"d{name}")
        assert np.abs(after - expected).max() <= 1e-12
    assert "the correct loss fell" in page.inner_text("#answer")
    choose(page, "dZ2-sign")
    page.get_by_role("button", name="Update").click()
    assert "the correct loss rose" in page.inner_text("#answer")
    page.get_by_label("learning rate").fill("1000")
    page.get_by_role("button", name="Update").click()
    before = read_numbers(page)
    page.get_by_role("button", name="Update").click()
    assert "it was not taken" in page.inner_text("#answer")
    assert all((a == b).all() for a, b in zip(before, read_numbers(page), strict=True))
    page.get_by_role("button", name="Numbers as they were at first").click()
    assert all((a == b).all() for a, b in zip(AT_FIRST[0], read_numbers(page), strict=True))


def test_contrast_structure_and_labels(page: Any) -> None:
    choose(page, "dA1-weights-forgotten")
    page.get_by_role("button", name="To the end").click()
    field(page, "b2").fill("x")
    assert page.evaluate(STRUCTURE) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRAST) == []
    assert page.eval_on_selector_all("input, select", "all => all.every(field => field.labels.length === 1)")
    assert page.get_attribute("#status", "aria-live") == "polite"
    small = """all => all.map(b => b.getBoundingClientRect()).filter(b => b.width < 24 || b.height < 24).length"""
    assert page.eval_on_selector_all("button, input, select", small) == 0


@pytest.mark.parametrize("mistake", ["", *MISTAKES])
@pytest.mark.parametrize("seed", [None, 0, 1])
def test_texts_of_the_drawing_stay_in_their_boxes_and_off_each_other(page: Any, mistake: str, seed: int | None) -> None:
    if seed is not None:
        set_numbers(page, *random_numbers(seed))
    choose(page, mistake)
    page.get_by_role("button", name="To the end").click()
    boxes = page.eval_on_selector_all(
        "#drawing text", "all => all.map(t => t.getBBox()).map(b => [b.x, b.y + 3, b.x + b.width, b.y + b.height - 3])"
    )
    for k, a in enumerate(boxes):
        for b in boxes[k + 1 :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]), (a, b)
    frames = page.eval_on_selector_all(
        "#drawing rect[data-box]",
        "all => all.map(r => r.getBBox()).map(b => [b.x, b.y, b.x + b.width, b.y + b.height])",
    )
    for a in boxes:
        for left, top, right, bottom in frames:
            touching = a[0] < right and left < a[2] and a[1] < bottom and top < a[3]
            assert not touching or (left + 4 < a[0] and a[2] < right - 4), a


def test_a_guess_is_held_against_what_follows(page: Any) -> None:
    choose(page, "dZ2-sign")
    assert not page.get_by_text(entry_of(page, "dZ2-sign")["why"]).is_visible()
    for name in ("dW2", "db2", "loss"):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Next line").click()
    assert "You ticked: loss, dW2, db2." in page.inner_text("#guess-answer")
    assert page.get_by_role("checkbox", name="dW1").is_disabled()
    page.get_by_role("button", name="To the end").click()
    answer = page.inner_text("#guess-answer")
    assert "Missed: dA1, dZ1, dW1, db1. Too many: loss." in answer
    for button, expected in (("Next line", "true"), ("Back", "false")):
        assert page.get_by_role("button", name=button).get_attribute("aria-disabled") == expected
    choose(page, "db1-swapped")
    assert "✓ You ticked: none." in page.inner_text("#guess-answer")


def test_the_swapped_loss_is_shown_by_its_own_formula(page: Any) -> None:
    choose(page, "loss-labels-swapped")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    spans = page.locator(".entries li span").all_inner_texts()
    assert spans[0] == "loss = −(1 − y) × log(A2) − y × log(1 − A2)"
    assert spans[1] == "= −(1 − 1) × log(0.6511) − 1 × log(1 − 0.6511)"


@pytest.mark.parametrize("width", [320, 360, 768, 1920])
def test_nothing_but_the_drawing_is_wider_than_the_screen(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    for mistake in ("", "dA1-weights-forgotten"):
        choose(page, mistake)
        page.get_by_role("button", name="To the end").click()
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_to_two_pages_and_is_small(page: Any) -> None:
    choose(page, "dA1-weights-forgotten")
    page.get_by_role("button", name="To the end").click()
    pdf = page.pdf(prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= 2
    assert STEPPER.stat().st_size < 100_000
    assert "http" not in STEPPER.read_text().replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
