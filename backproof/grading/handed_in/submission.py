"""One student's submission: the file that is judged, those beside it, or the sentence that says why there is none.

Nothing of it is run or parsed here: which file holds the backward pass is seen from its text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from backproof.grading.handed_in.entries import MOST_BYTES, MOST_FILES, CannotOpen, Entry, of_folder, of_zip
from backproof.grading.handed_in.exports import PROGRAMS, Owner, by_student
from backproof.grading.trial import Program

MOST_TOGETHER = 16_000_000  # bytes of all files of a program
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_DEFINED = re.compile(rb"(?<![\w.])def\s+backprop\s*\(")
_AT_THE_TOP = re.compile(rb"^def\s+backprop\s*\(", re.MULTILINE)


class Submission(NamedTuple):
    """What a student handed in.

    Attributes:
        owner: the student.
        main: the name of the file that is judged; "" where there is none.
        files: all that belong to it.
        problem: then why it cannot be judged, in one sentence.
        note: what he should know beside the verdict; "" for nothing.
    """

    owner: Owner
    main: str
    files: tuple[Entry, ...]
    problem: str = ""
    note: str = ""

    def program(self, seconds: float, memory: int) -> bytes:
        """As a message for a worker.

        Raises:
            CannotOpen: a file cannot be read any more.
        """
        files = {entry.name: entry.read() for entry in self.files}
        return msgspec.msgpack.encode(Program(self.main, files, seconds, memory))

    def text(self) -> str:
        """Of the file that is judged, as far as it can be read; "" where there is none."""
        try:
            return next((e.read().decode("utf-8", "replace") for e in self.files if e.name == self.main), "")
        except CannotOpen:
            return ""


def key_of(program: bytes) -> str:
    """What a program is: equal for equal files and limits."""
    return hashlib.sha256(program).hexdigest()


def submissions(path: Path, wanted: str | None = None) -> list[Submission]:
    """What is in a folder or a zip, by student.

    Args:
        wanted: the name of the file that is judged, where it must have one.

    Raises:
        OSError: there is no such folder or zip, or nobody's program is in it.
    """
    if path.is_dir():
        found = by_student(of_folder(path))
    elif path.is_file():
        try:
            found = by_student(of_zip(path, path.name), path.stem)
        except CannotOpen as error:
            raise OSError(str(error)) from None
    else:
        raise OSError(f"there is no folder or zip {path}")
    if not found:
        raise OSError(f"{path} holds no program: one file or one folder for each student is expected")
    return [submission_of(owner, found[owner], wanted) for owner in sorted(found)]


def submission_of(owner: Owner, entries: Sequence[Entry], wanted: str | None = None) -> Submission:
    """One student's, whatever it is."""
    try:
        files = _unpacked(entries)
        main, note = _main(files, wanted)
        return Submission(owner, main, _belonging(files, main), note=note)
    except CannotOpen as error:
        return Submission(owner, "", (), str(error))


def _unpacked(entries: Sequence[Entry]) -> list[Entry]:
    """The files; those of a zip where nothing else is a program."""
    if any(entry.suffix in PROGRAMS for entry in entries):
        return list(entries)
    found = list(entries)
    for entry in entries:
        if entry.suffix == ".zip":
            if entry.size > MOST_BYTES:
                raise CannotOpen(f"{entry.name} is larger than {MOST_BYTES // 1_000_000} MB")
            found += of_zip(entry.read(), entry.name, MOST_FILES)
    return found


def _main(files: Sequence[Entry], wanted: str | None) -> tuple[str, str]:
    """The name of the file that is judged, and what there is to say of it."""
    programs = [entry for entry in files if entry.suffix in PROGRAMS]
    if not programs:
        raise CannotOpen(_nothing(files))
    if wanted is not None:
        named = [entry for entry in programs if entry.parts[-1] == wanted]
        if len(named) != 1:
            many = f"there are {len(named)} files {wanted}" if named else f"there is no file {wanted}"
            raise CannotOpen(f"{many}; what was handed in is {_listed(programs)}")
        return named[0].name, _note(named[0])
    if len(programs) > 1:
        programs = [entry for entry in programs if not entry.parts[-1].startswith("test_")] or programs
    if len(programs) == 1:
        return programs[0].name, _note(programs[0])
    holding = [entry for entry in programs if entry.size <= MOST_BYTES and _DEFINED.search(entry.read())]
    if len(holding) == 1:
        return holding[0].name, _note(holding[0])
    if holding:
        raise CannotOpen(f"more than one file defines backprop, and only one can be meant: {_listed(holding)}")
    raise CannotOpen(f"none of the files defines backprop: {_listed(programs)}")


def _nothing(files: Sequence[Entry]) -> str:
    archive = next((entry for entry in files if entry.suffix in _OTHER_ARCHIVES), None)
    if archive is not None:
        return f"{archive.name} is not opened: hand in a Python file, a notebook or a zip"
    return f"no Python file and no notebook was handed in{f', only {_listed(files)}' if files else ''}"


def _listed(files: Sequence[Entry]) -> str:
    names = [entry.name for entry in files]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more


def _note(entry: Entry) -> str:
    if entry.suffix != ".py" or entry.size > MOST_BYTES:
        return ""
    content = entry.read().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = [content.count(b"\n", 0, match.start()) + 1 for match in _AT_THE_TOP.finditer(content)]
    if len(lines) < 2:
        return ""
    return f"backprop is defined {len(lines)} times (lines {', '.join(map(str, lines))}); Python uses the last"


def _belonging(files: Sequence[Entry], main: str) -> tuple[Entry, ...]:
    """The file that is judged and those beside and below it that are no larger than a program may be."""
    folder = main.split("/")[:-1]
    beside = [entry for entry in files if list(entry.parts[: len(folder)]) == folder and entry.suffix != ".zip"]
    kept = [entry for entry in beside if entry.size <= MOST_BYTES or entry.name == main]
    total = sum(entry.size for entry in kept)
    if total > MOST_TOGETHER or len(kept) > MOST_FILES:
        size = f"{len(kept)} files of {total / 1e6:.0f} MB"
        raise CannotOpen(f"{size} were handed in; a program has at most {MOST_TOGETHER // 1_000_000} MB")
    return tuple(kept)
