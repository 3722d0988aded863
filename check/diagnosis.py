"""What is known of a learner's file: the verdict on each line, and the lines at fault with their mistakes."""

from __future__ import annotations

from dataclasses import dataclass, field

from check.error_shape import Worst
from check.mistakes import Mistake
from proof.judgement import NOT_OBSERVABLE, WRONG

CORRECT, CANNOT_RUN = "correct", "cannot run"
VERDICTS = (CORRECT, WRONG, NOT_OBSERVABLE, CANNOT_RUN)
IS, LOOKS_LIKE, UNKNOWN = "is", "looks like", "unknown"


@dataclass
class LineFinding:
    """One line over all cases.

    Attributes:
        word: the judge's, corrected by what is known of the other lines.
        source_line: of the learner's file.
        ulps: the largest error against the truth; None if nothing could be compared.
        note: what it follows from, or how it cancels.
    """

    word: str
    source_line: int | None = None
    ulps: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Culprit:
    """A line at fault.

    Attributes:
        line: where the mistake is: a field of Lines, "update" or "call".
        source_line: of the learner's file, where it is or, for a line that is not shown, where it comes to light.
        seen_in: the faulty lines that this accounts for.
        mistakes: all that fit, in every case.
        confidence: "is", "looks like" or "unknown".
        pattern: the shape of the error.
        worst: its worst entry, if single entries can be compared.
    """

    line: str
    source_line: int | None
    seen_in: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    confidence: str
    pattern: str
    worst: Worst | None = None


@dataclass
class Diagnosis:
    """All that is known of a learner's file."""

    file: str
    verdict: str
    lines: dict[str, LineFinding]
    culprits: list[Culprit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    loss: str = ""  # whether the gradient is right for the loss that the learner wrote
    power: float | None = None  # the median over all gradient entries of (bound + own error) / |truth|
    reason: str | None = None
    reason_line: int | None = None
    isolation: str = ""
    confined: bool = True  # all of that was in force

    @property
    def wrong(self) -> list[str]:
        """The lines at fault, in the order of computation."""
        return [culprit.line for culprit in self.culprits]
