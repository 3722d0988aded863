"""How the errors of a line are spread, beside how far a correct program's could be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from backproof.arithmetic import EXACT, Arithmetic, ProofError, arithmetic_of
from check.results import Distribution
from engines import Steps
from proof.enclosure import enclose
from proof.probes import Probe
from proof.verdict import CANCELS, Judgement, ulp

PER_DECADE = 2
LEAST, MOST = -3, 18  # decades of ulps: what is smaller or larger is counted in the first or last bin


class Bounds:
    """How far a correct program can be from the truth on each probe, through all twelve lines, in ulps of a type."""

    def __init__(self, at: Sequence[Probe], dtype: str) -> None:
        self._at, self._arithmetic = at, arithmetic_of(dtype)
        self._enclosed = cache(self._enclose)

    def of(self, place: int, judgement: Judgement, line: str) -> np.ndarray | None:
        """The bound of every entry of a line: by sound forms, or by any if the line cancels; None if there is none."""
        truth = self._enclosed(place, EXACT, judgement.mean_last, False)
        around = self._enclosed(place, self._arithmetic, judgement.mean_last, judgement[line].word != CANCELS)
        if truth is None or around is None:
            return None
        centre, ball = getattr(truth, line), getattr(around, line)
        return (ball.radius + np.abs(centre.error(ball.hi))) / ulp(centre, self._arithmetic)

    def _enclose(self, place: int, arithmetic: Arithmetic, mean_last: bool, sound_only: bool) -> Steps | None:
        probe = self._at[place]
        try:
            return enclose(probe.parameters, probe.X, probe.y, arithmetic, mean_last=mean_last, sound_only=sound_only)
        except ProofError:  # numbers of this type may overflow
            return None


def distribution(line: str, judgements: Sequence[Judgement], bounds: Bounds) -> Distribution | None:
    """The signed errors of all entries of all probes whose truth is not 0, and the bounds; None if there are none."""
    errors, allowed = [], []
    for place, judgement in enumerate(judgements):
        verdict = judgement[line]
        bound = bounds.of(place, judgement, line)
        if verdict.errors.size:
            some = ~np.isnan(verdict.errors)
            errors.append(verdict.errors[some])
            allowed.append(np.full(errors[-1].shape, np.inf) if bound is None else bound[some])
    flat, limits = (np.concatenate([np.empty(0), *arrays]) for arrays in (errors, allowed))
    if not flat.size:
        return None
    size = np.abs(flat)
    known = np.isfinite(limits) & (limits > 0)
    return Distribution(
        least=float(LEAST),
        per_decade=PER_DECADE,
        below=_counts(size[flat < 0]),
        exact=int(np.count_nonzero(flat == 0)),
        above=_counts(size[flat > 0]),
        bounds=_counts(limits[known]),
        median_bound=float(np.median(limits[known])) if known.any() else None,
        largest_share=float((size[known] / limits[known]).max()) if known.any() else None,
    )


def _counts(sizes: np.ndarray) -> list[int]:
    """How many sizes are in each half of a decade from 10^LEAST on, as far as there are any."""
    with np.errstate(all="ignore"):
        bins = np.clip(np.floor((np.log10(sizes) - LEAST) * PER_DECADE), 0, (MOST - LEAST) * PER_DECADE - 1)
    return np.bincount(bins.astype(int)).tolist() if len(bins) else []
