"""How the errors of a line are spread, beside how far a correct program's could be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproof.arithmetic import ProofError, arithmetic_of
from comparison.results import Distribution
from proof.judgement import CANCELS, Judgement
from proof.truth import Truth
from proof.verdict import ulp

PER_DECADE = 2
LEAST, MOST = -3, 18  # decades of ulps: what is smaller or larger is counted in the first or last bin


def bounds(line: str, judgement: Judgement, known: Truth) -> np.ndarray | None:
    """How far each entry of a correct program's line can be from the truth, through all twelve lines, in ulps.

    By sound forms, or by any if the line cancels; None where numbers of this type may overflow.
    """
    sound = judgement[line].word != CANCELS
    try:
        truth = known.exact(judgement.mean_last)
        around = known.around(judgement.dtype, mean_last=judgement.mean_last, sound_only=sound)
    except ProofError:
        return None
    centre, ball = getattr(truth, line), getattr(around, line)
    return (ball.radius + np.abs(centre.error(ball.hi))) / ulp(centre, arithmetic_of(judgement.dtype))


def distribution(line: str, judgements: Sequence[Judgement], truths: Sequence[Truth]) -> Distribution | None:
    """The signed errors of all entries of all probes whose truth is not 0, and the bounds; None if there are none."""
    errors, allowed = [], []
    for judgement, known in zip(judgements, truths, strict=True):
        verdict = judgement[line]
        bound = bounds(line, judgement, known)
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
