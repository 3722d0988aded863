"""The page of a learner's program in a real browser: whole, without a script, on phones and projectors, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import CONTRAST, STRUCTURE, chromium
from program_files import PROGRAMS
from small_programs import HEAD, RIGHT, of

from backproof.answer import command
from backproof.answer.heat import heats
from backproof.answer.hints import LINE, withheld
from backproof.answer.page import fragment, page
from backproof.diagnosis.completed import diagnose_file
from backproof.diagnosis.report import Diagnosis, Grid

WRONG = RIGHT.replace("1 - h ** 2", "1 - h")
HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}"


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Diagnosis:
    return of(WRONG, tmp_path_factory.mktemp("wrong") / "wrong.py")


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def opened(context: Any, tmp_path: Path) -> Iterator[Callable[[Diagnosis], Any]]:
    """Opens an answer as a page; whatever the browser complains about or asks for fails the test."""
    tab, complaints, file = context.new_page(), [], tmp_path / "answer.html"
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("dialog", lambda dialog: complaints.append(dialog.message))
    tab.on("request", lambda request: request.url == file.as_uri() or complaints.append(request.url))

    def open_page(diagnosis: Diagnosis) -> Any:
        file.write_text(page(diagnosis), encoding="utf-8")
        tab.goto(file.as_uri())
        return tab

    yield open_page
    tab.close()
    assert complaints == []


def all_open(tab: Any) -> None:
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def test_it_can_be_read_by_everybody(opened: Any, wrong: Diagnosis) -> None:
    for shown in (wrong, diagnose_file(PROGRAMS / "correct" / "softmax_functions.py")):
        tab = opened(shown)
        all_open(tab)
        assert tab.evaluate(STRUCTURE) == []
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            assert tab.evaluate(CONTRAST) == []


@pytest.mark.parametrize("width", [320, 400, 1280, 1920])
def test_nothing_is_wider_than_the_screen(opened: Any, wrong: Diagnosis, width: int) -> None:
    tab = opened(wrong)
    tab.set_viewport_size({"width": width, "height": 720})
    all_open(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_the_culprit_is_marked_and_its_numbers_stand_beside_the_true_ones(opened: Any, wrong: Diagnosis) -> None:
    tab = opened(wrong)
    (culprit,) = wrong.culprits
    assert tab.eval_on_selector_all("mark", "all => all.map((one) => one.textContent)") == [culprit.expression]
    assert tab.eval_on_selector(".row.accused .number", "one => one.textContent") == str(culprit.line)
    tab.focus(".row.accused summary")
    assert not tab.is_visible(".row.accused .heat")
    tab.keyboard.press("Enter")
    captions = tab.eval_on_selector_all(".row.accused caption", "all => all.map((one) => one.firstChild.data.trim())")
    assert captions == ["holds", "should hold", "difference"]
    assert tab.is_visible(".row.accused .heat")
    assert tab.query_selector(".flow rect.wrong")


def test_what_a_learner_writes_is_text(opened: Any, tmp_path: Path) -> None:
    text = HEAD + f"    # {HOSTILE}\n    dW = X.T @ (dh * (1 - h))\n    return loss, {{'dW': dW, 'dv': dv}}\n"
    tab = opened(of(text, tmp_path / "hostile.py"))
    assert HOSTILE in tab.inner_text("body")


def test_a_hint_keeps_the_true_numbers_and_the_patch_to_itself(wrong: Diagnosis) -> None:
    shown = page(withheld(wrong, LINE))
    assert "<mark>" in shown
    for secret in ("should hold", "Proven", "h ** 2", "should be the derivative"):
        assert secret not in shown
        assert secret in page(wrong) or secret == "h ** 2"


def test_every_program_has_a_page(tmp_path: Path) -> None:
    """Of one that cannot run there is no listing, of one judged by differences neither."""
    for text, word in (("def backprop(:", "Cannot run"), (RIGHT, "Correct"), (WRONG, "Wrong")):
        path = tmp_path / "any.py"
        path.write_text(text)
        file = tmp_path / "any.html"
        command.check(path, page=file)
        assert f"{word}:" in file.read_text(encoding="utf-8")
    assert "<style>" in fragment(diagnose_file(PROGRAMS / "correct" / "matrix_class.py"))


def test_a_heat_map_is_as_dark_as_its_numbers_are_large() -> None:
    grid = Grid([2, 2], [[4.0, -1.0], [0.0, float("inf")]], False)
    (heat,) = heats(grid, None)
    assert [[cell.shade for cell in row] for row in heat.rows] == [[4, -1], [0, 9]]
    holds, should, difference = heats(Grid([2], [[1.0, 2.0]], False), Grid([2], [[1.0, 8.0]], False))
    assert [cell.shade for cell in holds.rows[0]] == [1, 1]
    assert should.largest == "8"
    assert [cell.shade for cell in difference.rows[0]] == [0, -4]
    assert len(heats(Grid([2], [[1.0, 2.0]], False), Grid([1], [[1.0]], False))) == 2
