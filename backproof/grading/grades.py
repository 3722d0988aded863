"""A grade: one student's points, and all that is told of his program."""

from __future__ import annotations

from typing import Literal

import msgspec

from backproof.diagnosis.report import CulpritReport, Diagnosis
from backproof.grading.handed_in.submission import Submission
from backproof.grading.rubric import Line, Rubric, points_of
from backproof.grading.trial import Tried

Verdict = Literal["correct", "wrong", "fragile", "cannot run", "not graded"]


class Grade(msgspec.Struct, frozen=True):
    """What one student gets.

    Attributes:
        student, id: whose it is; the id is the course system's, "" for none.
        file: that was judged; "" for none.
        verdict: of the program; "not graded" where no worker could do it, which says nothing about it.
        points, of: what it gets, and what it could get; None points where it was not graded.
        sentence: why.
        lines: the points of each gradient.
        notes: what to know besides, for the student.
        diagnosis: of the program; None where there was none to judge.
        seconds: that it took.
        lacking: what could not be taken from its process; for the teacher.
    """

    student: str
    id: str
    file: str
    verdict: Verdict
    points: float | None
    of: float
    sentence: str
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    seconds: float = 0.0
    lacking: str = ""

    @property
    def culprits(self) -> list[CulpritReport]:
        """The mistakes that were found."""
        return self.diagnosis.culprits if self.diagnosis else []


def grade_of(submission: Submission, tried: Tried | None, failure: str, rubric: Rubric) -> Grade:
    """The grade of a program.

    Args:
        tried: what came of it; None where there was nothing to try, or nobody could.
        failure: why nobody could.
    """
    name, id_ = submission.owner
    notes = (submission.note,) if submission.note else ()
    if submission.problem:
        points = round(rubric.points * rubric.cannot_run, 2)
        return Grade(name, id_, submission.main, "cannot run", points, rubric.points, submission.problem)
    if tried is None:
        return Grade(name, id_, submission.main, "not graded", None, rubric.points, failure, notes=notes)
    found = tried.diagnosis
    given = points_of(found, rubric)
    if tried.output_bytes > 1_000_000:
        notes = (*notes, f"the program printed {tried.output_bytes / 1e6:.0f} MB; what it prints is not graded")
    where = f" (line {found.line})" if found.line else ""
    return Grade(
        name, id_, submission.main, found.verdict, given.points, given.of, f"{found.summary}{where}", given.lines,
        notes, found, tried.seconds, tried.lacking,
    )  # fmt: skip
