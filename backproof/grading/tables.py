"""The grades as a table for a spreadsheet and as data."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from backproof.grading.grades import Grade

MOST_COLUMNS = 30  # of gradients; all are in the data


def as_csv(grades: Sequence[Grade]) -> bytes:
    """A row for each student; a column for each name of a gradient, beginning with the most common."""
    names = Counter(line.gradient for grade in grades for line in grade.lines)
    columns = [name for name, _ in names.most_common(MOST_COLUMNS)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(
        ["student", "id", "file", "points", "of", "verdict", "why", "lines", "mistakes", *(map(_plain, columns))]
    )
    for grade in grades:
        points = {line.gradient: line for line in grade.lines}
        cells = [f"{points[name].status}: {points[name].points:g}" if name in points else "" for name in columns]
        table.writerow(
            [
                *map(_plain, (grade.student, grade.id, grade.file)),
                "" if grade.points is None else f"{grade.points:g}",
                f"{grade.of:g}",
                grade.verdict,
                _plain(grade.sentence),
                " ".join(str(culprit.line) for culprit in grade.culprits),
                "; ".join(culprit.family or "of no family" for culprit in grade.culprits),
                *cells,
            ]
        )
    return text.getvalue().encode("utf-8-sig")  # by which spreadsheets know the letters


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, in one line."""
    cell = " ".join(cell.split())
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def as_json(grades: Sequence[Grade], version: str) -> bytes:
    """All grades with their diagnoses; what pages are made of is left out."""
    found: list[Any] = [
        msgspec.structs.replace(
            grade, diagnosis=grade.diagnosis and msgspec.structs.replace(grade.diagnosis, annotation=None)
        )
        for grade in grades
    ]
    return msgspec.json.format(msgspec.json.encode({"backproof": version, "grades": found}), indent=2) + b"\n"
