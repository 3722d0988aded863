"""The page in a real browser: it opens alone, can be used by everybody, and says what the results say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from browser import CONTRAST, STRUCTURE, chromium
from small_data import engine_file, small_dataset

from benchmarks.beside import kills
from comparison.experiment import compare_engines
from comparison.results import Results
from comparison.settings import Settings
from report.kills import counts
from report.names import by_short_names, last
from report.page import render_page, save_page
from report.results_file import strict
from report.schema import ResultsError

HOSTILE = """</script><script>alert(1)</script><img src=x onerror=alert(2)>'"&amp;{{ 7 * 7 }} $x^2$ _\u2028"""


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A small comparison of the engine by hand with a stranger's, whose file has a name to be careful with."""
    stranger = engine_file(tmp_path_factory.mktemp("engines") / """it's "my" <img onerror=alert(1)>.py""")
    settings = Settings(epochs=2, hidden=4)
    return by_short_names(strict(compare_engines(["numpy", stranger], small_dataset(inputs=784), settings)))


@pytest.fixture
def changed(results: Results) -> Results:
    """A copy of the results to be changed."""
    return json.loads(json.dumps(results))


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def unchanged(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the results as they are."""
    file = tmp_path_factory.mktemp("page") / "unchanged.html"
    save_page(results, file)
    return file


@pytest.fixture
def opened(context: Any, results: Results, unchanged: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens results as a page; whatever the browser complains about or asks for in the test fails it."""
    page, complaints = context.new_page(), []
    file = tmp_path / "report.html"
    ours = (file.as_uri(), unchanged.as_uri())
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: request.url in ours or complaints.append(request.url))

    def open_page(shown: Results, **media: str) -> Any:
        if shown is not results:
            save_page(shown, file)
        page.emulate_media(**media)
        page.goto((unchanged if shown is results else file).as_uri())
        return page

    yield open_page
    page.close()
    assert complaints == []


def numbers(page: Any, selector: str) -> list[float]:
    """The machine-readable numbers below an element, in their order, but for what has none."""
    values = page.eval_on_selector_all(f"{selector} data", "all => all.map(d => d.value)")
    return [float(value) for value in values if value]


def test_contrast_and_structure(opened: Any, results: Results, changed: Results) -> None:
    verdicts = ("wrong", "shape", "follows", "not shown", "not observable")
    for line, verdict in zip(changed["verdicts"], cycle(verdicts), strict=False):
        line["verdict"] = verdict
    for number, line in enumerate(changed["verdicts"]):
        line["median_ulps"] = 10.0 ** (number % 12 - 2)
    changed["verdict"], changed["agreement"]["reasons"] = "disagree", [{"engine": "torch", "text": "a reason"}]
    changed["kills"], changed["floor"] = kills(), {"microseconds": 2.5}
    for shown in (results, changed):
        page = opened(shown)
        assert page.evaluate(STRUCTURE) == []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRAST) == []


def test_nothing_but_what_may_scroll_is_wider_than_the_screen(opened: Any, results: Results) -> None:
    page = opened(results)
    for width in (320, 768, 1920):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


# What the panel shows, and which cells are pressed.
PANEL = """() => ({
  title: document.getElementById("detail-title").textContent,
  verdict: document.querySelector("#detail-body .said").textContent,
  numbers: [...document.querySelectorAll("#detail-body data")].map((data) => data.value).filter(Boolean).map(Number),
  bars: document.querySelectorAll(".histogram .below, .histogram .above, .histogram .exact").length,
  maps: document.querySelectorAll(".maps canvas").length,
  pressed: [...document.querySelectorAll("[data-cell][aria-pressed=true]")].map((cell) => Number(cell.dataset.cell)),
  focused: Number(document.activeElement.dataset.cell),
})"""


def chosen(page: Any, results: Results) -> int:
    """The number of the chosen cell, once the panel is seen to show all of it."""
    panel = page.evaluate(PANEL)
    [number] = panel["pressed"]
    line = results["verdicts"][number]
    assert panel["title"] == f"{line['line']} in {line['engine']}, {line['weights']} weights, {line['dtype']}"
    assert line["verdict"] in panel["verdict"]
    spread = line["distribution"]
    shown = (line["median_ulps"], line["largest_ulps"], line["power"]["median"], spread["median_bound"])
    assert set(shown) <= set(panel["numbers"])
    assert panel["bars"] == sum(map(bool, [*spread["below"], *spread["above"], spread["exact"]]))
    assert panel["maps"] == len(line.get("error_map", []))
    assert panel["focused"] == number
    return number


def test_every_cell_can_be_chosen_by_mouse(opened: Any, results: Results) -> None:
    page = opened(results)
    page.set_viewport_size({"width": 1600, "height": 8000})  # no scrolling between the clicks
    centres = page.eval_on_selector_all(
        "[data-cell]",
        """all => all.map(cell => [cell.getBoundingClientRect(), Number(cell.dataset.cell)])
                  .map(([box, number]) => [box.x + box.width / 2, box.y + box.height / 2, number])""",
    )
    assert sorted(number for _, _, number in centres) == list(range(len(results["verdicts"])))
    for x, y, number in centres:
        page.mouse.click(x, y)
        assert chosen(page, results) == number


def test_every_cell_can_be_reached_and_chosen_by_keyboard(opened: Any, results: Results) -> None:
    page = opened(results)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("'cell' in document.activeElement.dataset"):
            break
    for _ in range(23):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    seen = {chosen(page, results)}
    for row in range(24):
        for _ in range(5):
            page.keyboard.press("ArrowLeft" if row % 2 else "ArrowRight")
            seen.add(chosen(page, results))
        page.keyboard.press("ArrowDown")
        seen.add(chosen(page, results))
    assert seen == set(range(len(results["verdicts"])))
    page.keyboard.press("Tab")
    assert not page.evaluate("'cell' in document.activeElement.dataset")  # and the table can be left


def test_numbers_on_the_page_are_those_of_the_results(opened: Any, results: Results) -> None:
    page = opened(results)
    cells = page.eval_on_selector_all(
        "[data-cell]", "all => all.map(c => [c.ariaLabel, c.innerText, c.querySelector('data').value])"
    )
    for line in results["verdicts"]:
        name = f"{line['line']}, {line['engine']}, {line['weights']} weights, {line['dtype']}: "
        [(label, text, value)] = [cell for cell in cells if cell[0].startswith(name)]
        assert float(value) == line["median_ulps"]
        assert (line["verdict"] in label) == (line["verdict"] != "rounding")  # the ordinary has no word
        assert float(text.split()[0]) == pytest.approx(line["median_ulps"], rel=0.05)
    engines = results["engines"].values()
    losses = [loss for epoch in zip(*(engine["losses"] for engine in engines), strict=True) for loss in epoch]
    assert numbers(page, "#losses") == losses
    assert numbers(page, ".confusion tbody") == [
        count for engine in engines for row in engine["confusion"] for count in row
    ]
    assert numbers(page, ".confusion caption") == [
        share for engine in engines for share in (engine["accuracy"], engine["train_accuracy"])
    ]
    assert numbers(page, "#times") == [
        seconds for engine in engines for seconds in (engine["seconds"]["setup"], engine["seconds"]["train"])
    ]
    pictured = [*results["pictures"]["misclassified"], *results["pictures"]["borderline"]]
    assert numbers(page, ".tests") == [
        number for image in pictured for number in (image["position"], *image["probabilities"].values())
    ]
    pairs = results["agreement"]["training"]
    assert numbers(page, "#pairs") == [number for pair in pairs for number in (pair["loss"], *pair["weights"].values())]


def test_the_floor_and_the_kill_matrix_are_shown_where_they_are_in_the_results(opened: Any, changed: Results) -> None:
    assert opened(changed).locator("#kills").count() == 0
    changed["kills"], changed["floor"] = kills(), {"microseconds": 2.5}
    first, *_ = changed["engines"].values()
    first["seconds"]["train"] = 2.5e-6 * 7 * 80  # 2 epochs of 40 samples
    page = opened(changed)
    cells = page.eval_on_selector_all("#times tbody tr", "all => all.map(row => [...row.cells].map(c => c.innerText))")
    assert cells[0][-1] == "7.0"
    assert cells[-1][-2:] == ["2.5", "1.0"]
    page.eval_on_selector_all("#kills details", "all => all.forEach((folded) => { folded.open = true; })")
    for matrix, table in zip(changed["kills"]["matrices"], page.locator("#kills table.tried").all(), strict=True):
        shown = table.locator("tbody tr").evaluate_all("all => all.map(row => [...row.cells].map(c => c.innerText))")
        assert shown == [
            [
                f"{checker['name']}\n{checker['settings']}",
                *(c.caught_in_words for c in row),
                *(c.accused_in_words for c in row),
            ]
            for checker, row in zip(matrix["checkers"], counts(matrix), strict=True)
        ]


@pytest.mark.parametrize(("width", "height"), [(400, 800), (1280, 720), (1900, 1000)])
def test_the_first_screen_is_the_verdict_and_one_picture(
    opened: Any, results: Results, width: int, height: int
) -> None:
    page = opened(results)
    page.set_viewport_size({"width": width, "height": height})
    seen = page.evaluate(
        """() => [...document.querySelectorAll("h1, svg, table")]
                  .map((node) => [node.tagName, node.getBoundingClientRect()])
                  .filter(([, box]) => box.width && box.top < innerHeight).map(([name, box]) => [name, box.bottom])"""
    )
    assert sorted(name.lower() for name, _ in seen) == ["h1", "svg"]
    assert all(bottom <= height for _, bottom in seen)
    assert page.locator("h1").inner_text().startswith("Agree: ")


def test_of_many_reasons_the_first_screen_says_one(opened: Any, changed: Results) -> None:
    engine = "somewhere/mine.py:Mine"
    changed["engines"][engine] = changed["engines"].pop("numpy")
    changed["verdict"] = "disagree"
    changed["agreement"]["reasons"] = [{"engine": engine, "text": f"reason {number}"} for number in range(7)]
    page = opened(changed)
    page.set_viewport_size({"width": 400, "height": 800})
    assert "Wrong: mine.py:Mine" in page.locator("h1").inner_text()
    assert page.locator(".culprit").inner_text().split("\n") == ["mine.py:Mine: reason 0", "", "and 6 more"]
    assert page.locator(".picture svg").bounding_box()["y"] < 400
    page.locator(".culprit summary").click()
    assert "mine.py:Mine: reason 6" in page.locator(".culprit").inner_text()
    assert engine in page.locator(".settings").first.inner_text()


def test_an_ordinary_thing_is_said_once(opened: Any, results: Results) -> None:
    page = opened(results)
    assert {line["verdict"] for line in results["verdicts"]} >= {"rounding", "cancels"}
    words = page.locator("main").inner_text().lower()
    assert words.count("rounding") < 20
    assert words.count("cancels") <= 2


def test_details_cover_nothing_until_somebody_asks_for_them(opened: Any, results: Results) -> None:
    page = opened(results)
    page.set_viewport_size({"width": 400, "height": 800})
    panel, cell = page.locator("#detail"), page.locator("[data-cell='7']")
    assert not panel.is_visible()
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.locator("#detail-close").click()):
        cell.click()
        assert panel.bounding_box()["y"] >= cell.bounding_box()["y"] + cell.bounding_box()["height"]
        assert chosen(page, results) == 7
        close()
        assert not panel.is_visible()
        assert page.evaluate("document.activeElement.dataset.cell") == "7"
    page.set_viewport_size({"width": 1280, "height": 720})
    assert panel.is_visible()  # beside the tables, where there is room
    assert not page.locator("#detail-close").is_visible()


def test_a_wide_screen_is_used(opened: Any, results: Results) -> None:
    page = opened(results)
    page.set_viewport_size({"width": 1400, "height": 900})
    for section in ("header", "#lines", "#training", "#time", "#accuracy", "#data"):
        right = page.eval_on_selector_all(
            f"{section} *", "all => Math.max(...all.map((node) => node.getBoundingClientRect().right))"
        )
        assert 1300 < right <= 1400, section
        beside = page.eval_on_selector_all(
            f"{section} :is(svg, img, table, aside, dl)", "all => all.map((node) => node.getBoundingClientRect().left)"
        )
        assert min(beside) < 100, section
        assert max(beside) > 650, section


def test_it_prints_to_a_few_pages(opened: Any, results: Results) -> None:
    pdf = opened(results, color_scheme="dark").pdf(prefer_css_page_size=True)
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= 8


def test_pixels_of_the_map_are_those_of_the_results(opened: Any, changed: Results) -> None:
    line = next(line for line in changed["verdicts"] if line["line"] == "dW1")
    line["error_map"] = ["AAAA" + "QEBA" * 260 + "/w=="]  # three zeros; 780 levels of 64, ten ulps; one of 255
    page = opened(changed)
    page.locator("[data-cell]").nth(0).click()
    page.locator(f"[data-cell='{changed['verdicts'].index(line)}']").click()
    pixels = page.evaluate(
        "[...document.querySelector('.maps canvas').getContext('2d').getImageData(0, 0, 28, 28).data]"
    )
    colours = [tuple(pixels[4 * place : 4 * place + 3]) for place in range(784)]
    levels = {k: page.evaluate(f"getComputedStyle(document.body).getPropertyValue('--level-{k}')") for k in (2, 8)}
    assert colours[:3] == [(128, 128, 128)] * 3
    assert set(colours[3:-1]) == {tuple(bytes.fromhex(levels[2].strip()[1:]))}
    assert colours[-1] == tuple(bytes.fromhex(levels[8].strip()[1:]))


def test_hostile_words_stay_words(opened: Any, changed: Results) -> None:
    page = opened(poisoned(changed, keep={"verdict", "line", "weights", "dtype", "pixels", "error_map", "losses"}))
    for place in ("h1", "#detail-title", ".confusion caption"):
        assert last(HOSTILE) in page.text_content(place)
    assert HOSTILE in page.text_content("header")
    for place in range(0, page.locator("[data-cell]").count(), 7):
        page.locator("[data-cell]").nth(place).click()
    assert page.locator("img:not([src^='data:image/png;base64,'])").count() == 0
    assert page.locator("script").count() == 2


def poisoned(value: Any, keep: set[str]) -> Any:
    """The same with every text but these keys', and every engine's name, replaced by a hostile one."""
    if isinstance(value, dict):
        renamed = {HOSTILE if key == "numpy" else key: item for key, item in value.items()}
        return {key: item if key in keep else poisoned(item, keep) for key, item in renamed.items()}
    if isinstance(value, list):
        return [poisoned(item, keep) for item in value]
    return HOSTILE if isinstance(value, str) else value


def test_the_policy_of_the_page_stops_what_slips_through(context: Any, unchanged: Path, tmp_path: Path) -> None:
    html = unchanged.read_text().replace(
        "</main>", "<script>alert(1)</script><img src='http://localhost:9/x.png'></main>"
    )
    (tmp_path / "page.html").write_text(html)
    page = context.new_page()
    dialogs: list[None] = []
    messages: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.dismiss()))
    page.on("console", lambda message: messages.append(message.text))
    page.goto((tmp_path / "page.html").as_uri())
    assert dialogs == []
    assert sum("Content Security Policy" in message for message in messages) == 2
    page.close()


def test_results_of_little(opened: Any, changed: Results) -> None:
    changed["experiment"]["epochs"] = 0
    for part in ("verdicts", "rulings"):
        changed[part] = []  # type: ignore[literal-required]
    changed["engines"], changed["audit"], changed["agreement"]["training"] = {}, {}, []
    for part in ("pictures", "control", "seconds"):
        changed.pop(part, None)  # type: ignore[misc]
    page = opened(changed)
    assert "Nothing was trained." in page.text_content("main")


def test_numbers_that_are_not_finite(opened: Any, changed: Results) -> None:
    engine = changed["engines"]["numpy"]
    engine["losses"], engine["test_loss"] = [None, None], None
    for pair in changed["agreement"]["training"]:
        pair["drift"], pair["loss"] = [None, None], None
    for line in changed["verdicts"][::5]:
        line["median_ulps"] = line["largest_ulps"] = line["power"] = None
        line.pop("distribution", None)
    page = opened(changed)
    page.locator("[data-cell='0']").click()
    assert "not finite" in page.text_content("#pairs")


def test_it_is_small(unchanged: Path) -> None:
    assert unchanged.stat().st_size < 3_000_000


@pytest.mark.parametrize("pixels", ["AAAA", HOSTILE])
def test_a_picture_that_is_none(changed: Results, pixels: str) -> None:
    changed["pictures"]["samples"][0]["pixels"] = pixels
    with pytest.raises(ResultsError, match="784 bytes"):
        render_page(changed)
