"""The lessons as nbgrader wants them: every place to write is a solution, and is worth a point in a check."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from lessons.graded import SOLUTION, graded
from lessons.make_notebooks import HERE, SECONDS, SOURCES, WRITE

KEYS = {"schema_version", "grade_id", "grade", "solution", "locked", "task"}


def by_number(source: Path) -> str:
    return source.stem[:2]


@pytest.mark.parametrize("source", SOURCES, ids=by_number)
def test_every_place_is_a_solution_and_a_point(source: Path) -> None:
    lesson = graded(source)
    nbformat.validate(lesson)
    places = len(WRITE.findall(source.read_text()))
    marked = [cell for cell in lesson.cells if "nbgrader" in cell.metadata]
    solutions = [cell for cell in marked if cell.metadata.nbgrader.solution]
    checks = [cell for cell in marked if cell.metadata.nbgrader.grade]
    assert sum(len(SOLUTION.findall(cell.source)) for cell in solutions) == places
    assert "### " not in SOLUTION.sub("", "\n".join(cell.source for cell in lesson.cells if cell.cell_type == "code"))
    assert sum(cell.metadata.nbgrader.points for cell in checks) == places
    assert not any("assert " in SOLUTION.sub("", cell.source) for cell in solutions)
    for cell in marked:
        told = cell.metadata.nbgrader
        assert set(told) - {"points"} == KEYS
        assert told.grade == told.locked == ("points" in told) == (not told.solution)
    identities = [cell.metadata.nbgrader.grade_id for cell in marked]
    assert len(set(identities)) == len(identities)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", identity) for identity in identities)


@pytest.mark.slow
@pytest.mark.parametrize("solved", [True, False])
def test_a_check_fails_exactly_where_nothing_was_written(solved: bool) -> None:
    """Released as nbgrader does it: the text between the marks is replaced."""
    (source,) = (source for source in SOURCES if by_number(source) == "10")
    lesson = graded(source)
    for cell in lesson.cells:
        if not solved:
            cell.source = SOLUTION.sub("# YOUR CODE HERE\n    raise NotImplementedError()", cell.source)
    NotebookClient(
        lesson, timeout=SECONDS, allow_errors=True, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}
    ).execute()
    checks = [cell for cell in lesson.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    failed = [any(output.output_type == "error" for output in cell.outputs) for cell in checks]
    assert failed == [not solved] * 3


def test_written_where_a_course_looks_for_them(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "lessons.graded", str(tmp_path), "09"], cwd=HERE.parent, check=True)
    written = tmp_path / "source" / "09_ten_classes" / "09_ten_classes.ipynb"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [written]
    assert "BEGIN SOLUTION" in written.read_text()
