"""What the atlas found, as it is kept and as JSON has it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from comparison.atlas.types_of_numbers import TYPES


class Score(msgspec.Struct, frozen=True):
    """Numbers of one cell against the truth.

    Attributes:
        judged: at how many the truth is an ordinary number of the type.
        median: right decimal digits.
        worst: right decimal digits.
        zeros: how many are 0 where the truth is not; nans, infinities: as the names say.
    """

    judged: int
    median: float
    worst: float
    zeros: int = 0
    nans: int = 0
    infinities: int = 0

    @property
    def says(self) -> str:
        """The worst of it, in a word or a number."""
        for count, word in ((self.nans, "NaN"), (self.infinities, "inf"), (self.zeros, "0")):
            if count:
                return word
        return f"{self.worst:.1f}"


class Example(msgspec.Struct, frozen=True):
    """One number that is wrong.

    Attributes:
        kind: "NaN", "inf", "-inf", "0" or "digits".
        given, true: the number, None where it is not finite, and the one that it should be.
        digits: how many are right.
        arguments: where; the number is the derivative by one of them.
    """

    kind: str
    given: float | None
    true: float
    digits: float
    arguments: tuple[tuple[float, ...], ...] = ()

    def given_text(self, digits: int) -> str:
        """The number in so many digits, or which of those that are none."""
        return self.kind if self.given is None else f"{self.given:.{digits}g}"

    def at(self, call: Sequence[np.ndarray]) -> Example:
        """The same, with its arguments."""
        return msgspec.structs.replace(self, arguments=tuple(tuple(a.ravel().tolist()) for a in call))


class Cell(msgspec.Struct, frozen=True):
    """One formulation in one engine, type and regime.

    Attributes:
        mode: "eager" or "compiled".
        family: the function; formulation: how it is written.
        own: whether it uses a function of the engine's own.
        value, gradient: against the truth; None where nothing could be judged.
        worst_at: the arguments where the gradient is worst: of an elementwise formula, those of that entry.
        example: the smallest argument found at which it fails so, where this is the worst regime of its formulation
            in this type; None where none is bad, or the fault needs more than one entry.
        apart: digits to which the compiled gradient agrees with the eager one.
        refused: why the engine or the replay gave nothing.
        means: how the truth was found.
    """

    engine: str
    version: str
    mode: str
    family: str
    formulation: str
    own: bool
    dtype: str
    regime: str
    value: Score | None = None
    gradient: Score | None = None
    worst_at: tuple[tuple[float, ...], ...] = ()
    example: Example | None = None
    apart: float | None = None
    refused: str = ""
    means: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether a gradient is no number, is 0 where the truth is not, or has lost more than a third of its digits."""
        score = self.gradient
        if score is None:
            return False
        lost = score.worst < TYPES[self.dtype].enough
        return lost or bool(score.nans + score.infinities + score.zeros)

    @property
    def column(self) -> str:
        """The engine, and whether it is compiled."""
        return self.engine if self.mode == "eager" else f"{self.engine}, {self.mode}"


class Finding(msgspec.Struct, frozen=True):
    """A cell that is bad, and the formulation that keeps the digits.

    Attributes:
        cell: the worst of its formulation, with the smallest argument that shows it.
        keeps: another formulation of the family, in the same column, type and regime; empty where there is none.
        keeps_digits: how many digits that one has right at the worst.
    """

    cell: Cell
    keeps: str
    keeps_digits: float

    @property
    def example(self) -> Example | None:
        """The smallest argument that was found."""
        return self.cell.example


class Timing(msgspec.Struct, frozen=True):
    """What the gradient of one formulation costs in one column and type, beside its digits.

    Attributes:
        entries: of its largest argument.
        milliseconds: the median of the rounds, the same program having run before.
        first_milliseconds: of the very first gradient at these arguments: what is compiled is compiled here.
        digits: right at the worst in the survey, edges left out; 0 where a gradient is no number, or 0 for another.
    """

    column: str
    family: str
    formulation: str
    dtype: str
    entries: int
    milliseconds: float
    first_milliseconds: float
    digits: float


class Atlas(msgspec.Struct, frozen=True):
    """All that was found.

    Attributes:
        versions: of the engines and of what the truth rests on.
        seconds: that the survey took.
        memory: the peak of each of an engine's processes, in bytes.
        times: where they were asked for.
    """

    versions: dict[str, str]
    seconds: float
    memory: dict[str, list[int]]
    cells: list[Cell]
    findings: list[Finding]
    times: list[Timing] = []

    @property
    def peaks(self) -> str:
        """The memory in words."""
        return ", ".join(f"{name} {' + '.join(f'{size / 1e6:.0f}' for size in sizes)} MB"
                         for name, sizes in self.memory.items())  # fmt: skip
