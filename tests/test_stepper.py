"""The stepper in a real browser: its numbers are the programs', a projector shows it whole, everybody can use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import CONTRAST, STRUCTURE, chromium

from lessons.make_stepper import HERE, ORDER, stories
from lessons.planting import names
from lessons.stepping.page import page as made
from lessons.stepping.story import Story

STEPPER = HERE / "stepper.html"
STORIES = stories(ORDER)
VERSIONS = [(k, v) for k, story in enumerate(STORIES) for v in range(len(story.versions))]
PROJECTOR = {"width": 1280, "height": 720}


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """The stepper, opened from its file; whatever the browser complains about or asks for fails the test."""
    yield from opened(context, STEPPER)


def opened(context: Any, file: Path) -> Iterator[Any]:
    page, complaints = context.new_page(), []
    page.set_viewport_size(PROJECTOR)
    page.set_default_timeout(10_000)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.partition("#")[0] == file.as_uri() or complaints.append(request.url))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert complaints == []


def choose(page: Any, program: int, version: int | str = 0) -> Story:
    page.get_by_label("Program", exact=True).select_option(str(program))
    page.get_by_label("Mistake", exact=True).select_option(str(version))
    page.evaluate("document.activeElement.blur()")
    return STORIES[program]


def number(text: str) -> float:
    return float(text.replace("−", "-"))


# The present line, the numbers by the name above them, the marks beside the lines, and what of it all cannot be seen
# without scrolling; labels of the drawing that are smaller than 14 px too.
SHOWN = """() => {
  const box = (node) => node.getBoundingClientRect();
  const inside = (inner, outer) => inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1
    && inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
  const [code, numbers, drawing] = ["code", "numbers", "drawing"].map((id) => document.getElementById(id));
  const [tables, marks, missing] = [[], {}, []];
  const here = code.querySelector("[aria-current=step]");
  if (!inside(box(here), box(code))) missing.push("line");
  for (const table of numbers.querySelectorAll("table")) {
    const name = table.caption.firstChild.data.trim();
    tables.push([name, [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent))]);
    if (!inside(box(table), box(numbers))) missing.push(`numbers of ${name}`);
  }
  for (const line of code.children) {
    const mark = line.querySelector(".mark").textContent;
    if (mark) marks[line.dataset.line] = mark;
  }
  for (const node of drawing.querySelectorAll("g"))
    if (!inside(box(node), box(drawing))) missing.push(`box ${node.textContent}`);
  const scale = drawing.querySelector("svg").getScreenCTM().a;
  for (const text of drawing.querySelectorAll("text:not(.badge)"))
    if (parseFloat(getComputedStyle(text).fontSize) * scale < 13.99) missing.push(`small: ${text.textContent}`);
  const root = document.documentElement;
  if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) missing.push("the page scrolls");
  return { here: Number(here.dataset.line), tables, marks, missing };
}"""


def test_it_is_what_the_programs_make() -> None:
    assert sorted(ORDER) == names()
    assert STEPPER.read_text() == made(STORIES), "python -m lessons.make_stepper makes it again"
    assert STEPPER.stat().st_size < 250_000
    assert "http" not in STEPPER.read_text().replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(("program", "version"), VERSIONS)
def test_every_step_shows_its_line_its_numbers_and_its_mark_on_one_screen(
    page: Any, program: int, version: int
) -> None:
    story = choose(page, program, version)
    moments = story.versions[version].moments
    for one in (moment for moment in moments if moment.line):
        page.keyboard.press("ArrowRight")
        shown = page.evaluate(SHOWN)
        assert shown["here"] == one.line
        assert shown["missing"] == []
        wanted = [moments[k] for k in one.uses] + [one]
        pairs = [(moment.name, moment.value) for moment in wanted] + ([("should be", one.should)] if one.should else [])
        assert [name for name, _ in shown["tables"]] == [name for name, _ in pairs]
        for (_, rows), (_, grid) in zip(shown["tables"], pairs, strict=True):
            for row, right in zip(rows, grid.rows, strict=True):
                assert [number(cell) for cell in row] == pytest.approx(right, rel=0.06, abs=1e-12)
        sign = {"right": "✓", "wrong": "✗", "follows": "↳"}[one.mark]
        assert shown["marks"].get(str(one.line)) == (sign if version else None)
    assert page.get_by_role("button", name="Next").get_attribute("aria-disabled") == "true"


@pytest.mark.parametrize("program", range(len(STORIES)))
def test_labels_stand_in_their_boxes_and_no_edge_runs_over_them(page: Any, program: int) -> None:
    choose(page, program)
    page.keyboard.press("End")
    inside = """all => all.map(g => [g.querySelector("text").getBBox(), g.querySelector("rect").getBBox()])
      .filter(([t, r]) => t.x < r.x + 1 || t.x + t.width > r.x + r.width - 1).length"""
    assert page.eval_on_selector_all("#drawing g", inside) == 0
    order = page.eval_on_selector_all("#drawing svg > *", "all => all.map(node => node.tagName)")
    assert order == sorted(order, key=["defs", "path", "g"].index)  # boxes are painted over the edges
    opaque = "all => all.every(r => /^rgb\\(/.test(getComputedStyle(r).fill) && getComputedStyle(r).opacity === '1')"
    assert page.eval_on_selector_all("#drawing rect", opaque)


def test_everything_works_by_keyboard(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the program"
    stops = []
    for _ in range(10):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id"))
    assert stops == ["program", "mistake", "first", "back", "next", "last", "slide", "code", "drawing", "numbers"]
    count = sum(moment.line > 0 for moment in STORIES[0].versions[0].moments)
    for key, step in (("End", count), ("ArrowRight", count), ("ArrowLeft", count - 1), ("Home", 0), ("ArrowLeft", 0)):
        page.keyboard.press(key)
        said = page.inner_text("#status")
        assert said.startswith(f"Step {step} of {count}, line " if step else "Before the first step. Two layers")
    page.locator("#slide").focus()
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#status").startswith("Step 1 of")
    page.locator("#mistake").focus()
    page.keyboard.press("ArrowRight")  # in a menu, keys belong to the menu
    assert page.inner_text("#status").startswith(("Step 1 of", "Before"))
    for key in ("Enter", "ArrowRight"):
        page.locator("#next").focus()
        before = page.input_value("#slide")
        page.keyboard.press(key)
        assert int(page.input_value("#slide")) == int(before) + 1


def told(page: Any, story: Story, version: int) -> list[str]:
    """What of the answer can be read on the page."""
    text = page.inner_text("body")
    changes = story.versions[version].changes
    # One character that stands nowhere else would do: the right line, the family, a mark, the true numbers.
    parts = [change.right.strip() for change in changes] + [story.versions[version].family, "should be", "follows\n"]
    marks = page.eval_on_selector_all(
        "#code .mark, #drawing .badge", "all => all.map(node => node.textContent).join('')"
    )
    return [part for part in parts if part in text] + ([marks] if marks else [])


@pytest.mark.parametrize("program", range(len(STORIES)))
def test_a_surprise_is_one_until_it_is_revealed(page: Any, program: int) -> None:
    story = choose(page, program)
    seen: set[int] = set()
    while len(seen) < len(story.versions) - 1:
        before = page.evaluate("state.version")
        page.keyboard.press("s")
        version = page.evaluate("state.version")
        assert version not in (0, before)
        if version in seen:
            continue
        seen.add(version)
        change = story.versions[version].changes[0]
        for _ in range(sum(moment.line > 0 for moment in story.versions[version].moments)):
            page.keyboard.press("ArrowRight")
            assert told(page, story, version) == []
        assert change.wrong.strip() in page.inner_text("#code").replace("\n", " ")
        assert page.input_value("#mistake") == "surprise"
    page.keyboard.press("r")
    assert change.right.strip() in page.inner_text("#card")
    assert story.versions[version].why in page.inner_text("#card")
    assert page.evaluate(SHOWN)["marks"][str(change.line)] == "✗"
    assert page.input_value("#mistake") == str(version)


@pytest.mark.parametrize("is_right", [True, False])
def test_a_vote_is_held_against_the_line(page: Any, is_right: bool) -> None:
    story = choose(page, 0, "surprise")
    assert page.get_by_role("button", name="It is this line").get_attribute("aria-disabled") == "true"
    page.keyboard.press("g")  # there is no line yet
    assert page.locator("#vote").is_visible()
    change = story.versions[page.evaluate("state.version")].changes[0]
    page.keyboard.press("ArrowRight")
    while is_right and page.evaluate(SHOWN)["here"] != change.line:
        page.keyboard.press("ArrowRight")
    line = page.evaluate(SHOWN)["here"]
    page.keyboard.press("g")
    assert f"You said line {line}: {'yes' if is_right else 'no'}." in page.inner_text("#card")
    assert f"Line {change.line} is wrong." in page.inner_text("#card")
    assert page.locator("#vote").is_hidden()


def test_a_part_of_the_address_opens_a_program(page: Any) -> None:
    page.goto("about:blank")
    page.goto(f"{STEPPER.as_uri()}#recurrent")
    assert page.inner_text("#title") == "recurrent.py"


@pytest.mark.parametrize("version", [0, 1, "surprise"])
@pytest.mark.parametrize("width", [320, 400, 1280, 1900])
def test_contrast_structure_and_width(page: Any, width: int, version: int | str) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    choose(page, 1, version)
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(STRUCTURE) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRAST) == []
    assert page.eval_on_selector_all("input, select", "all => all.every(field => field.labels.length === 1)")
    small = """all => all.filter(b => b.checkVisibility()).map(b => b.getBoundingClientRect())
      .filter(b => b.width < 24 || b.height < 24).length"""
    assert page.eval_on_selector_all("button, input, select", small) == 0
    cut = "all => all.filter(b => b.scrollWidth > b.clientWidth + 1).length"
    assert page.eval_on_selector_all("button", cut) == 0


def test_in_the_drawing_the_present_box_is_scrolled_to(page: Any) -> None:
    page.set_viewport_size({"width": 400, "height": 720})
    choose(page, ORDER.index("batch_norm"))
    for _ in range(16):
        page.keyboard.press("ArrowRight")
        seen = """() => { const a = document.querySelector("#drawing .current rect").getBoundingClientRect();
          const b = document.getElementById("drawing").getBoundingClientRect();
          return a.left >= b.left - 1 && a.right <= b.right + 1; }"""
        assert page.evaluate(seen)
