"""What the seeds of one setting have in common: the mean of what they reached, and how far they lie apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import fmean, stdev
from typing import NamedTuple

from comparison.sweep.asked import Asked, Group
from comparison.sweep.reached import Reached, Run

Measure = Callable[[Reached], float | None]


class Spread(NamedTuple):
    """Of one measure over the seeds.

    Attributes:
        mean: NaN where one is not finite.
        deviation: the sample standard deviation; None of a single seed.
    """

    mean: float
    deviation: float | None


class Row(NamedTuple):
    """One setting after so many epochs."""

    group: Group
    epochs: int
    reached: tuple[Reached, ...]  # by each seed that did not fail
    failed: int  # seeds

    def of(self, measure: Measure) -> Spread | None:
        """The spread of a measure: None where every seed failed, NaN where of one it is not finite."""
        values = [measure(each) for each in self.reached]
        finite = [value for value in values if value is not None]
        if len(finite) < len(values):
            return Spread(math.nan, None)
        return Spread(fmean(finite), stdev(finite) if len(finite) > 1 else None) if finite else None


def group_of(asked: Asked) -> Group:
    """The setting that a training belongs to."""
    return Group(asked.engine, asked.hidden, asked.learning_rate, asked.batch_size)


def rows(runs: Sequence[Run], epochs: Sequence[int]) -> list[Row]:
    """One for each setting and number of epochs, in the order of the runs."""
    groups: dict[Group, list[Run]] = {}
    for run in runs:
        groups.setdefault(group_of(run.asked), []).append(run)
    return [
        Row(
            group, count, tuple(run.reached[count] for run in those if run.reached), sum(bool(r.failure) for r in those)
        )
        for group, those in groups.items()
        for count in epochs
    ]
