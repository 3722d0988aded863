"""What the gradients gain by every value of many series, in every turn of a place: all at once, by matrix products."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from backproof.diagnosis.culprits.candidates import Candidate
from backproof.diagnosis.culprits.response import Response
from backproof.diagnosis.culprits.targets import Target, fitted


class Rows:
    """The values of all targets, one after another, as rows of matrices: one matrix for each shape of a place."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self.starts = np.cumsum([0, *(len(target.values) for target in targets)])
        self._values = [value for target in targets for value in target.values]
        self._known: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self._values)

    def of(self, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Which values fit this shape, and these as rows (m, size)."""
        if shape not in self._known:
            fits = [fitted(value, shape) for value in self._values]
            rows = [fit.reshape(-1) for fit in fits if fit is not None]
            where = np.flatnonzero([fit is not None for fit in fits])
            self._known[shape] = where, np.stack(rows) if rows else np.zeros((0, math.prod(shape)))
        return self._known[shape]


class Gains:
    """What a combination of the gradients gains by each of the values in each turn of a place."""

    def __init__(self, candidate: Candidate, response: Response, rows: Rows) -> None:
        self._starts, self._response = rows.starts, response
        self._gains = np.full((len(rows), len(candidate.occurrences)), np.nan)  # NaN where one doesn't fit
        self._sizes = np.zeros_like(self._gains)
        for turn, occurrence in enumerate(candidate.occurrences):
            slopes, old = response.slopes[occurrence].reshape(-1), response.values[occurrence]
            where, values = rows.of(old.shape)
            with np.errstate(all="ignore"):
                self._gains[where, turn] = values @ slopes - slopes @ old.reshape(-1)
                self._sizes[where, turn] = np.abs(values) @ np.abs(slopes) + np.abs(slopes) @ np.abs(old.reshape(-1))

    def are_enough(self, targets: np.ndarray, orders: np.ndarray) -> np.ndarray:
        """Whether all gradients may come out right (m, n): for each of the targets (m,) in each order (n, turns)."""
        rows = self._starts[targets][:, None, None] + orders.reshape(-1, self._gains.shape[1])
        turns = np.arange(self._gains.shape[1])
        gain, size = self._gains[rows, turns].sum(-1), self._sizes[rows, turns].sum(-1)
        lacks, close = self._response.lacks, self._response.close
        return np.abs(gain - lacks) <= close * (size + abs(lacks))
