"""Writes the lessons as nbgrader wants an instructor's version: solutions between its marks, checks worth points.

``python -m lessons.graded COURSE 09`` writes ``COURSE/source/09_ten_classes/09_ten_classes.ipynb``; without a number,
all lessons. nbgrader itself is not needed for this. The metadata is its format, version 3.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessons.make_notebooks import SOURCES, WRITE, notebook

SOLUTION = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)


def graded(source: Path) -> NotebookNode:
    """A lesson whose places to write are solutions; the next cell that asserts something is worth a point for each."""
    marked = WRITE.sub(_marked, source.read_text(encoding="utf-8"))
    lesson = notebook(source, marked)
    lesson.cells = [part for cell in lesson.cells for part in _parts(cell)]
    points = 0
    for cell in lesson.cells:
        places = len(SOLUTION.findall(cell.source))
        points += places
        if places:
            cell.metadata["nbgrader"] = _metadata(cell, solution=True, locked=False)
        elif points and cell.cell_type == "code" and "assert " in cell.source:
            cell.metadata["nbgrader"] = _metadata(cell, solution=False, locked=True) | {"points": points}
            points = 0
    return lesson


def _marked(found: re.Match[str]) -> str:
    indent = found["indent"]
    marks = f"{indent}### BEGIN SOLUTION\n{found['lines'].rstrip()}\n{indent}### END SOLUTION"
    return f"{indent}# Write {found['what']}\n{marks}"


def _parts(cell: NotebookNode) -> list[NotebookNode]:
    """What follows on the statement in which a cell's last solution stands is a cell of its own."""
    last = max((found.end() for found in SOLUTION.finditer(cell.source)), default=len(cell.source))
    rest = re.compile(r"^(?=[^\s#])", re.MULTILINE).search(cell.source, last)
    if rest is None:
        return [cell]
    check = nbformat.v4.new_code_cell(cell.source[rest.start() :], id=f"{cell.id}-check")
    cell.source = cell.source[: rest.start()].rstrip()
    return [cell, check]


def _metadata(cell: NotebookNode, *, solution: bool, locked: bool) -> dict[str, object]:
    return {
        "schema_version": 3,
        "grade_id": f"cell-{cell.id}",
        "grade": not solution,
        "solution": solution,
        "locked": locked,
        "task": False,
    }


if __name__ == "__main__":
    course, *numbers = sys.argv[1:] or sys.exit("python -m lessons.graded COURSE [NUMBER ...]")
    for lesson in SOURCES:
        if not numbers or lesson.stem[:2] in numbers:
            folder = Path(course) / "source" / lesson.stem
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(graded(lesson), folder / f"{lesson.stem}.ipynb")
