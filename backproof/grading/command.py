"""The command ``grade``: from a folder of programs to grades, feedback for each student, and a page of the class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from backproof.answer.hints import PATCH
from backproof.diagnosis.apart import MEMORY, SECONDS, check_limits
from backproof.grading.class_page import class_page, key
from backproof.grading.feedback import as_page, as_text
from backproof.grading.grades import Grade, grade_of
from backproof.grading.handed_in.entries import CannotOpen
from backproof.grading.handed_in.submission import Submission, key_of, submissions
from backproof.grading.rubric import Rubric, read_rubric
from backproof.grading.tables import as_csv, as_json
from backproof.grading.trial import Tried, on_trial
from backproof.grading.version import version
from backproof.many.cluster import Cluster, Tell
from backproof.many.folder import prepared, write
from backproof.many.kept import Kept
from backproof.many.progress import Watch
from backproof.many.running import Done, Task, Work, run_many


class Order(NamedTuple):
    """What is to be graded, and how.

    Attributes:
        path: a folder or a zip.
        out: the folder for all that is written.
        rubric: a TOML file; None for the default.
        hint: how much students are told, from 0 to 4.
        file: the name that the judged file must have; None for any.
        seconds, memory: limits for each program, in s and MiB.
        workers: processes on this machine; None for one a processor.
        scheduler: the address of a Dask cluster to use instead.
    """

    path: Path
    out: Path
    rubric: Path | None = None
    hint: int = PATCH
    file: str | None = None
    seconds: float = SECONDS
    memory: int = MEMORY
    workers: int | None = None
    scheduler: str | None = None


def grade(order: Order, tell: Tell, watch: Watch) -> list[Grade]:
    """Grade all programs and write everything.

    Raises:
        LimitError: limits within which nothing can run.
        CannotRun: there is nowhere to run them.
        OSError: the programs or the rubric cannot be read, or the folder cannot be written or is somebody else's.
    """
    check_limits(order.seconds, order.memory)
    rubric = read_rubric(order.rubric)
    found = submissions(order.path, order.file)
    with Kept(_prepared(order)) as kept:
        pages = _Pages(order, found)
        grades = []
        try:
            for position, one in _graded(order, found, rubric, kept, tell):
                pages.write(position, one)
                grades.append((position, _light(one)))
                watch(len(grades), len(found))
        except (KeyboardInterrupt, SystemExit):
            tell(f"{len(grades)} of {len(found)} programs are done and kept; the same command goes on from there")
            raise
    ordered = [one for _, one in sorted(grades, key=lambda one: one[0])]
    texts = {key(one): found[position].text() for position, one in grades}
    write(order.out / "grades.csv", as_csv(ordered))
    write(order.out / "grades.json", as_json(ordered, version()))
    names = {key(one): f"{pages.names[position]}.html" for position, one in grades}
    write(
        order.out / "class.html", class_page(ordered, {k: t for k, t in texts.items() if t}, names, version()).encode()
    )
    return ordered


def _prepared(order: Order) -> Path:
    """The folder for what is written: new, empty, or that of an earlier run. Gives the file of what is done."""
    if order.path.is_dir() and order.out.resolve().is_relative_to(order.path.resolve()):
        raise OSError(f"{order.out} lies among the programs to be graded: choose another folder by --out")
    kept = prepared(order.out)
    (order.out / "feedback").mkdir(exist_ok=True)
    return kept


def _graded(
    order: Order, found: list[Submission], rubric: Rubric, kept: Kept, tell: Tell
) -> Iterator[tuple[int, Grade]]:
    """Each grade with the position of its submission, as they come."""
    positions: dict[str, list[int]] = {}
    for position, one in enumerate(found):
        try:
            if not one.problem:
                positions.setdefault(key_of(one.program(order.seconds, order.memory)), []).append(position)
        except CannotOpen as error:
            found[position] = one = one._replace(problem=str(error))
        if one.problem:
            yield position, grade_of(one, None, "", rubric)

    def argument(position: int) -> Callable[[], bytes]:
        return lambda: found[position].program(order.seconds, order.memory)

    tasks = (Task(name, argument(those[0])) for name, those in positions.items())
    cluster = partial(Cluster, order.workers, order.scheduler, tell)
    for done in run_many(Work(on_trial, version), tasks, kept, cluster):
        tried, failure = _read(done)
        for position in positions[done.key]:
            yield position, grade_of(found[position], tried, failure, rubric)


def _read(done: Done) -> tuple[Tried | None, str]:
    if done.value is None:
        return None, done.failure
    return msgspec.msgpack.decode(done.value, type=Tried), ""


def _light(one: Grade) -> Grade:
    """Without what only its page needs."""
    if one.diagnosis is None:
        return one
    return msgspec.structs.replace(one, diagnosis=msgspec.structs.replace(one.diagnosis, annotation=None, variables=[]))


class _Pages:
    """The students' feedback.

    Attributes:
        names: of the files, without their ends, by position.
    """

    def __init__(self, order: Order, found: Iterable[Submission]) -> None:
        self._folder, self._hint = order.out / "feedback", order.hint
        self.names: list[str] = []
        taken: set[str] = set()
        for one in found:
            plain = file_name(" ".join(part for part in one.owner if part))
            name, number = plain, 1
            while name.casefold() in taken:
                number += 1
                name = f"{plain} {number}"
            taken.add(name.casefold())
            self.names.append(name)

    def write(self, position: int, one: Grade) -> None:
        name = self.names[position]
        write(self._folder / f"{name}.txt", as_text(one, self._hint).encode())
        write(self._folder / f"{name}.html", as_page(one, self._hint).encode())


def file_name(words: str) -> str:
    """A name that every system can give a file."""
    name = re.sub(r"[^\w .()@,'-]", "_", words).strip(" .")[:80] or "_"
    return f"{name}_" if re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name) else name
