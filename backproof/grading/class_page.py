"""The class on one page, for the teacher: grades, families of mistakes, equal patches, programs that are much alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backproof.answer.page import templates
from backproof.grading.feedback import TEMPLATES
from backproof.grading.grades import Grade
from backproof.grading.similar import pairs

MOST_SHOWN = 10  # slowest programs, lines of a family


class Place(NamedTuple):
    """A line on which a mistake was made, and by how many."""

    text: str
    lines: str
    times: int


class FamilyRow(NamedTuple):
    """A family of mistakes: how many students made it, and on which lines."""

    name: str
    why: str
    students: list[str]
    places: list[Place]


class SharedPatch(NamedTuple):
    """A change that mends the programs of several students."""

    diff: tuple[str, ...]
    students: list[str]


def class_page(grades: Sequence[Grade], texts: Mapping[str, str], files: Mapping[str, str], version: str) -> str:
    """The whole page.

    Args:
        texts: of the programs, by student.
        files: the names of the feedback pages, by student.
    """
    graded = [grade for grade in grades if grade.points is not None]
    given = sorted(grade.points for grade in graded if grade.points is not None)
    return templates(TEMPLATES).get_template("class.html.j2").render(
        grades=grades, files=files, version=version,
        verdicts=Counter(grade.verdict for grade in grades),
        average=sum(given) / len(given) if given else None, median=given[len(given) // 2] if given else None,
        bars=_bars(graded), families=families(grades), patches=shared_patches(grades),
        pairs=pairs(texts), slowest=sorted(grades, key=lambda grade: -grade.seconds)[:MOST_SHOWN],
        failed=[grade for grade in grades if grade.verdict in ("cannot run", "not graded")],
        lacking=Counter(grade.lacking for grade in grades if grade.lacking),
    )  # fmt: skip


def key(grade: Grade) -> str:
    """Whose a grade is, where two students have one name."""
    return f"{grade.student} ({grade.id})" if grade.id else grade.student


def families(grades: Sequence[Grade]) -> list[FamilyRow]:
    """The families of the mistakes that were made, the most common first."""
    students: dict[str, list[str]] = defaultdict(list)
    places: dict[str, Counter[str]] = defaultdict(Counter)
    numbers: dict[str, set[int]] = defaultdict(set)
    why: dict[str, str] = {}
    for grade in grades:
        for culprit in grade.culprits:
            name = culprit.family or "of no family"
            why[name] = culprit.why
            if key(grade) not in students[name]:
                students[name].append(key(grade))
            text = culprit.source.strip()
            places[name][text] += 1
            numbers[text].add(culprit.line)
    rows = [
        FamilyRow(
            name, why[name], who,
            [Place(text, _listed(numbers[text]), count) for text, count in places[name].most_common(MOST_SHOWN)],
        )
        for name, who in students.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-len(row.students), row.name))


def _listed(numbers: set[int]) -> str:
    shown = ", ".join(map(str, sorted(numbers)[:4]))
    return f"line{'s' if len(numbers) > 1 else ''} {shown}{', ...' if len(numbers) > 4 else ''}"


def shared_patches(grades: Sequence[Grade]) -> list[SharedPatch]:
    """Patches that several students' programs need, the most common first."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for grade in grades:
        for culprit in grade.culprits:
            if culprit.patch is not None:
                diff = tuple(f"{line[0]} {' '.join(line[1:].split())}" for line in culprit.patch.diff)
                if key(grade) not in found[diff]:
                    found[diff].append(key(grade))
    shared = [SharedPatch(diff, who) for diff, who in found.items() if len(who) > 1]
    return sorted(shared, key=lambda one: (-len(one.students), one.diff))


def _bars(grades: Sequence[Grade]) -> list[tuple[str, int]]:
    """How many got how much, in tenths of all points."""
    counts = Counter(min(9, int(10 * (grade.points or 0) / grade.of)) for grade in grades)
    return [(f"{10 * tenth} to {10 * tenth + 10} %", counts[tenth]) for tenth in range(10)]
