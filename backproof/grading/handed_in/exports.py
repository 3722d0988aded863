"""Whose file is whose: in a folder of files or folders, and in what Gradescope, Canvas and Moodle give to download."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from backproof.grading.handed_in.entries import CannotOpen, Entry

PROGRAMS = (".py", ".ipynb")
METADATA = "submission_metadata.yml"
# "Jane Doe_1234567_assignsubmission_file_" is a folder, or the beginning of a file's name.
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)", re.DOTALL)
# "doejane_LATE_1234_56789_network-1.py"
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>.+?)(?:-\d+)?(?P<suffix>\.\w+)", re.DOTALL)


class Owner(NamedTuple):
    """A student: the name to be shown, and what the course system knows him by; "" where there is none."""

    name: str
    id: str = ""


Owned = dict[Owner, list[Entry]]


def by_student(entries: Sequence[Entry], stem: str = "") -> Owned:
    """The files of each student, with their names below what is his.

    Args:
        stem: the name of the zip that they come from: a folder of the same name in it is no student.
    """
    entries = _inside(entries, stem)
    for arranged in (_gradescope, _moodle, _canvas):
        found = arranged(entries)
        if found:
            return found
    return _plain(entries)


def _inside(entries: Sequence[Entry], stem: str) -> Sequence[Entry]:
    """What is in the only folder at the top, where that is not a student's."""
    tops = {entry.parts[0] for entry in entries}
    if len(tops) != 1 or any(len(entry.parts) == 1 for entry in entries):
        return entries
    (top,) = tops
    inner = [entry.below(1) for entry in entries]
    holds_students = any(len(entry.parts) > 1 and entry.suffix in PROGRAMS for entry in inner) and not any(
        len(entry.parts) == 1 and entry.suffix in PROGRAMS for entry in inner
    )
    exported = any(entry.parts[0] == METADATA or _MOODLE.fullmatch(entry.parts[0]) for entry in inner)
    return _inside(inner, "") if top == stem or holds_students or exported else entries


def _grouped(found: Iterable[tuple[Owner | None, Entry]]) -> Owned:
    groups: Owned = {}
    for owner, entry in found:
        if owner is not None:
            groups.setdefault(owner, []).append(entry)
    return groups


def _gradescope(entries: Sequence[Entry]) -> Owned:
    named = next((entry for entry in entries if entry.parts == (METADATA,)), None)
    if named is None:
        return {}
    people = _people(named)
    return _grouped(
        (people.get(entry.parts[0], Owner(entry.parts[0])), entry.below(1)) for entry in entries if len(entry.parts) > 1
    )


def _people(metadata: Entry) -> dict[str, Owner]:
    """Who handed in which folder; those of a group together."""
    import yaml

    try:
        known: Any = yaml.safe_load(metadata.read())
        return {str(folder): _owner(about[":submitters"]) for folder, about in known.items()}
    except (yaml.YAMLError, CannotOpen, AttributeError, KeyError, TypeError, UnicodeDecodeError, RecursionError):
        return {}


def _owner(submitters: Any) -> Owner:
    def said(key: str, *others: str) -> str:
        return ", ".join(
            str(next((who[k] for k in (f":{key}", *(f":{o}" for o in others)) if who.get(k)), "")) for who in submitters
        )

    return Owner(said("name", "email"), said("sid", "email"))


def _moodle(entries: Sequence[Entry]) -> Owned:
    if not any(_MOODLE.fullmatch(entry.parts[0]) for entry in entries):
        return {}

    def owned(entry: Entry) -> tuple[Owner | None, Entry]:
        match = _MOODLE.fullmatch(entry.parts[0])
        if match is None:
            return None, entry
        kept = entry.below(1) if len(entry.parts) > 1 else entry._replace(parts=(match["file"] or entry.parts[0],))
        return Owner(match["name"], match["id"]), kept

    return _grouped(map(owned, entries))


def _canvas(entries: Sequence[Entry]) -> Owned:
    flat = [entry for entry in entries if entry.suffix in (*PROGRAMS, ".zip")]
    if not flat or not all(len(entry.parts) == 1 and _CANVAS.fullmatch(entry.parts[0]) for entry in flat):
        return {}

    def owned(entry: Entry) -> tuple[Owner | None, Entry]:
        match = _CANVAS.fullmatch(entry.parts[0])
        if match is None:
            return None, entry
        return Owner(match["name"], match["id"]), entry._replace(parts=(match["file"] + match["suffix"],))

    return _grouped(map(owned, entries))


def _plain(entries: Sequence[Entry]) -> Owned:
    """A folder is a student's; so is a program, a zip or whatever lies beside such folders."""
    alone: Callable[[Entry], bool] = lambda entry: entry.suffix in (*PROGRAMS, ".zip")  # noqa: E731
    taken = {entry.parts[0] for entry in entries if len(entry.parts) > 1}

    def owned(entry: Entry) -> tuple[Owner | None, Entry]:
        if len(entry.parts) > 1:
            return Owner(entry.parts[0]), entry.below(1)
        if not alone(entry):
            return None, entry
        stem = entry.parts[0][: -len(entry.suffix)]
        twice = stem in taken or sum(alone(e) and e.parts[0][: -len(e.suffix)] == stem for e in tops) > 1
        return Owner(entry.parts[0] if twice else stem), entry

    tops = [entry for entry in entries if len(entry.parts) == 1]
    return _grouped(map(owned, entries))
