"""What can be said of the lines of a program: one word each, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engines.interface import Lines

ROUNDING, CANCELS, WRONG, FOLLOWS = "rounding", "cancels", "wrong", "follows"
SHAPE, NOT_FINITE, NOT_SHOWN, NOT_OBSERVABLE = "shape", "not finite", "not shown", "not observable"
OUTSIDE = "outside"  # what a line can be globally or locally, before it has its word
FAULTS = (WRONG, SHAPE, NOT_FINITE)
# Where probes or calls do not agree about a line, the gravest word is the line's: the last of these.
GRAVITY = (NOT_OBSERVABLE, ROUNDING, CANCELS, FOLLOWS, NOT_SHOWN, NOT_FINITE, SHAPE, WRONG)


@dataclass(frozen=True)
class Power:
    """How small a mistake can be seen: for each entry, (bound + own error) / |truth|.

    The bound is that of the local set that the entry lies in. Entries whose truth is exactly 0 are left out. A *blind*
    entry has a power of at least 1: there a sign flip would pass.
    """

    ratios: np.ndarray = field(repr=False, compare=False)

    @property
    def median(self) -> float:
        """The median ratio."""
        return float(np.median(self.ratios))

    @property
    def worst(self) -> float:
        """The largest ratio."""
        return float(self.ratios.max())

    @property
    def blind(self) -> float:
        """The share of blind entries."""
        return float(np.mean(self.ratios >= 1))


@dataclass(frozen=True)
class LineVerdict:
    """One line of one probe.

    Attributes:
        line: its name.
        word: rounding, cancels, wrong, follows, shape, not finite, not shown or not observable.
        overall: from the true inputs: rounding, cancels, outside, or "" if it could not be compared.
        local: from the engine's own earlier lines: the same.
        form: the form that explains it locally, or what makes it cancel; empty for a sum of products.
        inherited_from: for a line that cancels only because an earlier one does, the earlier one, whose form it is.
        digits_lost: for a line that cancels, decimal digits between u and its largest relative error.
        errors: of every entry, of the line's shape: the signed error against the truth, in ulps of the dtype at the
            truth (see ``ulp``); NaN where the truth is exactly 0. Empty if the line could not be compared.
        power: how small a mistake could be seen locally; None where nothing was explained.
        note: what is wrong with the dtype or shape, or which line it follows.
    """

    line: str
    word: str
    overall: str = ""
    local: str = ""
    form: str = ""
    inherited_from: str = ""
    digits_lost: float | None = None
    errors: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False, compare=False)
    power: Power | None = None
    note: str = ""

    @property
    def cause(self) -> str:
        """What makes it cancel, with the line that it is inherited from."""
        return f"{self.inherited_from}: {self.form}" if self.inherited_from else self.form

    @property
    def ulps(self) -> np.ndarray:
        """The errors of those entries whose truth is not exactly 0, one after the other."""
        return self.errors[~np.isnan(self.errors)]

    @property
    def median_ulps(self) -> float | None:
        """The median of the absolute errors, in ulps; None if there is nothing to compare."""
        return float(np.median(np.abs(self.ulps))) if self.ulps.size else None

    @property
    def largest_ulps(self) -> float | None:
        """The largest absolute error, in ulps; None if there is nothing to compare."""
        return float(np.abs(self.ulps).max()) if self.ulps.size else None


@dataclass(frozen=True)
class Judgement:
    """All lines of one probe, and the line at fault: the first that fails, the loss only if no other does."""

    probe: str
    dtype: str
    mean_last: bool
    lines: tuple[LineVerdict, ...]

    @property
    def culprit(self) -> str | None:
        """The name of the line at fault; None if there is none."""
        faults = [verdict.line for verdict in self.lines if verdict.word in FAULTS]
        return min(faults, key=lambda line: (line == "loss", Lines._fields.index(line)), default=None)

    def __getitem__(self, line: str) -> LineVerdict:
        return self.lines[Lines._fields.index(line)]
