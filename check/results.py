"""The answer about a learner's file, as written by ``--json``."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class CheckedLine(TypedDict):
    """One line of a learner's file."""

    verdict: str  # as LineResult's
    source_line: int | None  # of the file, from 1
    error_ulps: float | None
    note: NotRequired[str]  # by which form it cancels, or what it follows from


class NamedMistake(TypedDict):
    id: str
    line: str
    confidence: str  # "is" or "looks like"
    says: str


class Said(TypedDict):
    """A part of the answer in words."""

    label: str
    text: str


class CulpritResult(TypedDict):
    """A line at fault, in words."""

    accusation: str
    evidence: list[Said]


class CheckResults(TypedDict):
    """What became of a learner's file."""

    version: Literal[1]
    file: str
    verdict: Literal["correct", "wrong", "not observable", "cannot run"]
    first_wrong: str | None
    wrong: list[str]
    lines: dict[str, CheckedLine]
    mistakes: list[NamedMistake]
    power: float | None
    isolation: str
    reason: str | None
    reason_line: NotRequired[int | None]  # of the file
    culprits: NotRequired[list[CulpritResult]]
    rest: NotRequired[list[Said]]  # what is fine, what follows, and what else there is to say
    source: NotRequired[str]  # the text of the file; empty if it cannot be read
