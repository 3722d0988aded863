"""Programs in the shapes that courses ask for: is the right one accepted, and are typical mistakes found?

``python -m benchmarks.courses`` prints the table of ``docs/courses.md``; it takes some minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import shutil
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tabulate import tabulate
from tqdm import tqdm

from backproof.diagnosis.completed import diagnose_file
from backproof.diagnosis.report import CulpritReport, Diagnosis

FOLDER = Path(__file__).parents[1] / "tests" / "courses"
MARK = "# The lines for the check.\n"  # above it stands what the course asks for, below it the lines that connect it
SECONDS = 3.0  # that a search may take, as for everybody


@dataclass(frozen=True)
class Mistake:
    """A line as it should be, and as it is handed in.

    Attributes:
        file: the program that is checked.
        right, wrong: the line, without the blanks before it; ``wrong`` is "" for a line that is missing.
        inside: the file beside it that the line stands in, where it is another one.
        within: the function, where the line stands in several.
        line: whether the line is named; where a line is missing, the one before it or the one after it.
        patch: whether a proven patch is shown, of this line or another.
    """

    file: str
    right: str
    wrong: str
    inside: str = ""
    within: str = ""
    line: bool = True
    patch: bool = True


class Planted(NamedTuple):
    """A program with a mistake in it: its path, the file that was changed, and the lines that may be named."""

    path: Path
    changed: Path
    lines: tuple[int, ...]


class Outcome(NamedTuple):
    """What was said of a program with a mistake: the line, a proven patch; and the seconds of one core."""

    line: bool
    patch: bool
    seconds: float


@cache
def programs() -> dict[str, Path]:
    """The programs by name; the other files beside them are parts of theirs."""
    found = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.py"))}
    return {name: path for name, path in found.items() if MARK in path.read_text()}


@cache
def mistakes() -> tuple[Mistake, ...]:
    """All of them, in the order of the file."""
    with (FOLDER / "mistakes.toml").open("rb") as file:
        return tuple(Mistake(**one) for one in tomllib.load(file)["mistakes"])


def as_it_stands(name: str, folder: Path) -> Path:
    """Write a file of a course without the lines that connect it, and what stands beside it, into a folder."""
    path = FOLDER / name
    _copy(path, folder)
    copy = folder / path.name
    copy.write_text(copy.read_text().partition(MARK)[0])
    return copy


def _copy(path: Path, folder: Path) -> None:
    for file in [path] if path.parent == FOLDER else path.parent.glob("*.py"):
        shutil.copy(file, folder)


def planted(mistake: Mistake, folder: Path) -> Planted:
    """Write a program with a mistake, and what stands beside it, into a folder.

    Raises:
        ValueError: the line is not there.
    """
    path = FOLDER / mistake.file
    _copy(path, folder)
    changed = folder / (mistake.inside or path.name)
    lines = changed.read_text().split("\n")
    start = next(k for k, line in enumerate(lines) if line.strip().startswith(f"def {mistake.within}"))
    at = next((k for k in range(start, len(lines)) if lines[k].strip() == mistake.right), None)
    if at is None:
        raise ValueError(f"there is no line {mistake.right!r} in {changed.name}")
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines[at : at + 1] = [f"{indent}{mistake.wrong}"] if mistake.wrong else []
    changed.write_text("\n".join(lines))
    return Planted(folder / path.name, changed, (at + 1,) if mistake.wrong else (at, at + 1))


def outcome(found: Diagnosis, where: Planted, seconds: float = 0.0) -> Outcome:
    """What an answer is worth."""
    named = {line for culprit in found.culprits for line in _lines(culprit, where.changed)}
    proven = bool(found.culprits) and all(culprit.proven for culprit in found.culprits)
    return Outcome(found.verdict == "wrong" and not named.isdisjoint(where.lines), proven, seconds)


def _lines(culprit: CulpritReport, file: Path) -> tuple[int, ...]:
    """The line of a culprit in a file; where its patch is new lines, those too."""
    if Path(culprit.file).name != file.name:
        return ()
    return culprit.line, *(culprit.patch.numbers if culprit.patch and not culprit.patch.diff[0].startswith("-") else ())


def tried(mistake: Mistake) -> Outcome:
    """Plant a mistake, and ask."""
    with tempfile.TemporaryDirectory() as folder:
        where = planted(mistake, Path(folder))
        found, seconds = _asked(where.path)
    return outcome(found, where, seconds)


def _asked(path: Path) -> tuple[Diagnosis, float]:
    """The answer, and the seconds of one core that it took; what the program prints is dropped."""
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        found = diagnose_file(path, SECONDS)
    return found, time.process_time() - start


class Row(NamedTuple):
    """What came of a program: with its lines, without them where it is more than an import, and with each mistake."""

    program: str
    correct: Diagnosis
    alone: Diagnosis | None
    seconds: float
    outcomes: tuple[Outcome, ...]


def _row(name: str) -> Row:
    found, seconds = _asked(programs()[name])
    alone = None
    with tempfile.TemporaryDirectory() as folder:
        path = as_it_stands(name, Path(folder))
        if "def " in path.read_text():
            alone, _ = _asked(path)
    return Row(name, found, alone, seconds, tuple(tried(mistake) for mistake in mistakes() if mistake.file == name))


def rows(names: Sequence[str], workers: int = 1) -> Iterator[Row]:
    """Each program and its mistakes."""
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(_row, names)


def render(found: Sequence[Row]) -> str:
    """The table, as it stands in the page."""
    headers = "program", "unmodified", "accepted", "without our lines", "mistakes", "line", "patch", "seconds"
    every = [one for row in found for one in row.outcomes]
    cells = [
        [
            f"`{row.program}`",
            "yes" if row.correct.traced and row.correct.verdict != "cannot run" else "no",
            _accepted(row.correct),
            _accepted(row.alone) if row.alone else "an import",
            len(row.outcomes),
            sum(one.line for one in row.outcomes),
            sum(one.patch for one in row.outcomes),
            _range([row.seconds, *(one.seconds for one in row.outcomes)]),
        ]
        for row in found
    ]
    total = ["all", "", "", "", len(every), sum(one.line for one in every), sum(one.patch for one in every), ""]
    return tabulate([*cells, total], headers, tablefmt="pipe")


def _accepted(found: Diagnosis) -> str:
    if found.verdict != "correct":
        return "no"
    _, but, guard = found.summary.partition("but for the ")
    return f"yes, but for the {guard.split()[0]}" if but else "yes"


def _range(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.1f}, at most {max(seconds):.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.courses", description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="WORD", help="only programs with one of these in their names")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes; 1 by default")
    arguments = parser.parse_args()
    names = [n for n in programs() if not arguments.words or any(word in n for word in arguments.words)]
    found = list(tqdm(rows(names, arguments.workers), total=len(names), disable=None))
    print(f"{render(found)}\n\n{NOTE}")


NOTE = """\
Unmodified: whether the course's own functions are replayed as they are. Without our lines: whether the file is accepted
with lines that are made up. Line: how often the line is named; of one that is missing, the one before or after it.
Patch: how often a proven one is shown, of this line or another. Seconds: of one core, for the correct program and for
each mistake; in the median, and at most."""


if __name__ == "__main__":
    main()
