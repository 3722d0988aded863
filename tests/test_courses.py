"""Programs in the shapes that courses ask for: accepted where they are right, and judged where a line is wrong."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from small_programs import PATIENCE

from backproof.diagnosis.completed import diagnose_file
from backproof.diagnosis.report import Diagnosis
from benchmarks.courses import MARK, Mistake, as_it_stands, mistakes, outcome, planted, programs

PAGE = (Path(__file__).parents[1] / "docs" / "courses.md").read_text()
# Nothing in these files says how a gradient is read from them: it is what a step changes, or an attribute of objects;
# or nothing says which function is the one to check.
NOT_AS_THEY_STAND = {"names_by_tensors.py", "neurons_as_dicts.py", "neurons_as_objects.py", "scalar_values.py"}
LAYERS = "layer_functions/layers.py"
ALONE = [name for name in programs() if "/check_" not in name]  # the others are an import
SOON = Counter[str]()


def slow_after(mistake: Mistake, quick: int) -> Mistake | object:
    """The first mistakes of a program that are found run always."""
    found = mistake.line and mistake.patch
    SOON[mistake.file] += found
    marks = [] if found and SOON[mistake.file] <= quick else [pytest.mark.slow]
    return pytest.param(mistake, marks=marks, id=f"{mistake.file}-{mistake.wrong or f'without {mistake.right}'}")


def accepted(found: Diagnosis) -> bool:
    return found.verdict == "correct" and found.traced and bool(found.gradients)


@pytest.mark.parametrize("name", programs())
def test_a_correct_program_is_accepted_unmodified(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = diagnose_file(programs()[name], PATIENCE)
    assert accepted(found), found.summary
    but = "but for the guard in functions.py, line 21" if name.startswith("layers_in_order") else ""
    assert found.summary.endswith(but or "right"), found.summary
    capsys.readouterr()


@pytest.mark.parametrize("mistake", [slow_after(mistake, 1) for mistake in mistakes()])
def test_a_typical_mistake_is_found(mistake: Mistake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = planted(mistake, tmp_path)
    found = diagnose_file(where.path, PATIENCE if mistake.line or mistake.patch else 0.5)
    assert found.verdict in ("wrong", "cannot run"), found.summary
    said = outcome(found, where)
    # What is not found today may be tomorrow.
    assert said.line >= mistake.line, [(culprit.file, culprit.line) for culprit in found.culprits]
    assert said.patch >= mistake.patch, found.culprits
    capsys.readouterr()


def test_each_program_has_its_mistakes() -> None:
    count = Counter(mistake.file for mistake in mistakes())
    assert set(count) == set(programs())
    assert all(number >= 3 for number in count.values()), count
    assert len(set(mistakes())) == len(mistakes())


@pytest.mark.parametrize(
    "name", [n for n in programs() if "/check_" not in n and n not in NOT_AS_THEY_STAND] + [LAYERS]
)
def test_a_file_as_it_stands_is_judged_and_its_lines_work_when_pasted(name: str, tmp_path: Path) -> None:
    path = as_it_stands(name, tmp_path)
    found = diagnose_file(path, PATIENCE)
    assert accepted(found), found.summary
    path.write_text(f"{path.read_text()}\n\n{found.suggestion}")
    pasted = diagnose_file(path, PATIENCE)
    assert pasted.suggestion == ""
    assert accepted(pasted), pasted.summary


@pytest.mark.parametrize("name", sorted(NOT_AS_THEY_STAND))
def test_where_nothing_can_be_made_of_a_file_the_lines_say_what_is_missing(name: str, tmp_path: Path) -> None:
    path = as_it_stands(name, tmp_path)
    found = diagnose_file(path, PATIENCE)
    assert found.verdict == "cannot run"
    path.write_text(f"{path.read_text()}\n\n{found.suggestion}")
    assert "still to be filled in" in diagnose_file(path, PATIENCE).summary


def test_a_mistake_in_a_layer_is_found_in_a_file_of_layers(tmp_path: Path) -> None:
    path = as_it_stands(LAYERS, tmp_path)
    text = path.read_text()
    path.write_text(text.replace("db = np.sum(dout, axis=0)", "db = np.mean(dout, axis=0)"))
    found = diagnose_file(path, PATIENCE)
    (culprit,) = found.culprits
    assert culprit.line == text[: text.index("db = np.sum(dout, axis=0)")].count("\n") + 1
    assert culprit.proven
    assert [name for name, gradient in found.gradients.items() if gradient.status != "right"] == ['affine["b"]']


def test_the_page_shows_the_lines_of_each_program() -> None:
    shown = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    lines = {name: path.read_text().partition(MARK)[2].strip("\n") + "\n" for name, path in programs().items()}
    assert set(shown) <= set(lines.values())
    for name in programs():
        assert f"`{name}`" in PAGE, name
        assert lines[name] in shown, name


def test_the_table_of_the_page_is_of_these_programs() -> None:
    rows = re.findall(r"^\| `(.+?)` +\|(.*)\|$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == list(programs())
    counts = Counter(mistake.file for mistake in mistakes())
    for name, cells in rows:
        assert f"| {counts[name]} |" in re.sub(" +", " ", f"|{cells}|"), name
