"""A run of the atlas: it goes on where it was interrupted, its table and its page, and what is said of bad input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from comparison.atlas.adapters import Adapter, NotThere, load
from comparison.atlas.cells import Atlas
from comparison.atlas.engines_apart import PROCESSES, engines_apart, here
from comparison.atlas.families import FAMILIES
from comparison.atlas.findings import findings
from comparison.atlas.kept import Kept, Key
from comparison.atlas.page import rendered
from comparison.atlas.run import NothingToAsk, chosen_families, chosen_types
from comparison.atlas.survey import survey
from comparison.atlas.table import render
from tests.browser import CONTRAST, STRUCTURE, chromium, in_both_looks
from tests.planted_engine import Planted, multiplied, sigmoid

ROOT = Path(__file__).parents[1]
SIGMOID = [family for family in FAMILIES if family.name == "sigmoid"]
GUARD = [family for family in FAMILIES if family.name == "square root behind a guard"]
ENGINE = Planted("small", sigmoid=(sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))))


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    engine = here(ENGINE)
    cells = survey(SIGMOID, [(engine, "eager")], ("float64",), Kept())
    return Atlas({"small": "1", "python-flint": "0"}, 1.0, {"small": [10**6, 2 * 10**6]}, cells, findings(cells))


def test_what_is_finished_is_not_computed_again(tmp_path: Path) -> None:
    path = tmp_path / "cells.jsonl"
    engine = here(ENGINE)
    cells = survey(SIGMOID, [(engine, "eager")], ("float64",), Kept(path))
    asked = []
    counting = engine._replace(answer=lambda modes, question: asked.extend(modes) or engine.answer(modes, question))
    assert survey(SIGMOID, [(counting, "eager")], ("float64",), Kept(path)) == cells
    assert asked == []
    path.write_bytes(path.read_bytes()[:-20])  # as an interruption leaves it
    assert survey(SIGMOID, [(counting, "eager")], ("float64",), Kept(path)) == cells
    assert asked == ["eager"]
    assert Kept(path).of(Key("small", "1", "eager", "sigmoid", "float64")) == cells
    assert Kept(path).of(Key("small", "2", "eager", "sigmoid", "float64")) is None


def test_the_smallest_argument_is_kept_with_its_cell(tmp_path: Path) -> None:
    """Also where what was given is no number, which JSON does not have."""
    path = tmp_path / "cells.jsonl"
    engine, families = here(Planted("small", where=multiplied)), [*SIGMOID, *GUARD]
    cells = survey(families, [(engine, "eager")], ("float64", "float32"), Kept(path))
    silent = engine._replace(answer=lambda *_: pytest.fail("asked again"))
    assert survey(families, [(silent, "eager")], ("float64", "float32"), Kept(path)) == cells
    finding = next(one for one in findings(cells) if one.cell.formulation == "where(x > 0, sqrt(x), 0.0)")
    assert finding.example is not None
    assert (finding.example.kind, finding.example.given) == ("NaN", None)
    assert finding.example.given_text(4) == "NaN"


def test_what_an_engine_refuses_is_said_in_its_cell() -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no such thing")

    engine = Planted("refusing")
    engine.namespace["sigmoid"] = refuse
    cells = survey(SIGMOID, [(here(engine), "eager")], ("float64",), Kept())
    refused = {cell.formulation: cell.refused for cell in cells if cell.refused}
    assert refused == {"sigmoid(x)": "RuntimeError: no such thing"}


def test_the_table_names_formulation_regime_argument_and_what_keeps_the_digits(atlas: Atlas) -> None:
    text = render(atlas)
    line = next(line for line in text.splitlines() if line.startswith("sigmoid"))
    assert "sigmoid(x)" in line
    assert "float64, large" in line
    assert " 37 " in line
    assert line.endswith("1 / (1 + exp(-x)) (15.7)")


def test_the_memory_of_each_process_is_said(atlas: Atlas) -> None:
    assert render(atlas).endswith("peak memory small 1 + 2 MB")
    assert "Peak memory: small 1 + 2 MB." in rendered(atlas)


def test_the_json_is_read_back(atlas: Atlas) -> None:
    again = msgspec.json.decode(msgspec.json.encode(atlas), type=Atlas)
    assert again.cells == atlas.cells


def test_the_page_is_sound(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "atlas.html"
    path.write_text(rendered(atlas))
    assert "<script" not in path.read_text()
    with chromium() as browser:
        page = browser.new_page()
        for width in in_both_looks(page, path):
            assert page.evaluate(CONTRAST) == []
            assert page.evaluate(STRUCTURE) == []
            assert page.evaluate("document.documentElement.scrollWidth") == width
        bad = page.locator("a.box.snone").first
        assert bad.inner_text() == "0"
        target = bad.get_attribute("href")
        assert page.locator(f"{target} .argument").inner_text() == "37"


def process(_adapter: Adapter) -> int:
    return os.getpid()


def test_types_of_an_engine_that_has_two_processes_do_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("autograd")
    monkeypatch.setitem(PROCESSES, "autograd", 2)
    with engines_apart(["autograd"]) as (engine,):
        of = [engine.call(dtype, process).result() for dtype in ("float64", "float32", "float64")]
        assert of[0] == of[2] != of[1]
        assert len(engine.memory()) == 2
        assert min(engine.memory()) > 10**7


def test_options_that_leave_nothing_are_refused() -> None:
    with pytest.raises(NothingToAsk, match="no function of the atlas has 'zzz' in its name"):
        chosen_families("zzz")
    with pytest.raises(NothingToAsk, match="float8"):
        chosen_types("float64,float8")
    with pytest.raises(NotThere, match="the atlas knows no engine 'abacus'"):
        load("abacus")


def test_bad_input_is_one_sentence_and_status_2(tmp_path: Path) -> None:
    command = [sys.executable, "compare.py", "atlas", "--page", str(tmp_path / "a.html")]
    for options, sentence in ((["--engines", "abacus"], "abacus"), (["--dtypes", "float8"], "float8")):
        run = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert run.returncode == 2
        assert sentence in run.stderr
        assert "Traceback" not in run.stderr
        assert not (tmp_path / "a.html").exists()
