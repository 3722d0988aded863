"""What one student reads: points and the answer, as text and as a page, no more than the teacher gives away."""

from __future__ import annotations

from pathlib import Path

from backproof.answer.hints import GRADIENTS, PATCH, withheld
from backproof.answer.page import fragment, templates
from backproof.answer.text import WIDTH, rendered
from backproof.grading.grades import Grade

TEMPLATES = Path(__file__).parent / "templates"
STATUS = {
    "right": "right",
    "follows": "wrong only because of a mistake that is counted already",
    "wrong": "wrong",
    "missing": "not returned",
}


def as_text(grade: Grade, hint: int = PATCH) -> str:
    """In plain letters, lines of at most 88."""
    lines = [f"{grade.student}: {points(grade)}", ""]
    if hint >= GRADIENTS and grade.lines:
        widest = max(len(line.gradient) for line in grade.lines)
        for line in grade.lines:
            lines.append(f"  {line.gradient:<{widest}}  {line.points:g} of {line.of:g}  {STATUS[line.status]}")
        lines.append("")
    if grade.diagnosis is not None:
        lines.append(rendered(grade.diagnosis, WIDTH, hint, asked=False).plain)
    else:
        lines.append(f"{grade.verdict.capitalize()}: {grade.sentence}.\n")
    lines += [f"Note: {note}.\n" for note in grade.notes]
    return "\n".join(lines)


def as_page(grade: Grade, hint: int = PATCH) -> str:
    """As a page, in one file."""
    answer = fragment(withheld(grade.diagnosis, hint)) if grade.diagnosis else ""
    return templates(TEMPLATES).get_template("feedback.html.j2").render(
        grade=grade, points=points(grade), answer=answer, shown=grade.lines if hint >= GRADIENTS else (), status=STATUS
    )  # fmt: skip


def points(grade: Grade) -> str:
    """In words."""
    return "not graded" if grade.points is None else f"{grade.points:g} of {grade.of:g} points"
