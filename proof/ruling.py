"""Who is right about each line: whose errors are the smallest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backproof.arithmetic import ProofError
from engines.interface import Lines
from proof.judgement import Judgement


@dataclass(frozen=True)
class Ruling:
    """Who is right about one line, from the median error over all entries of all probes.

    Attributes:
        line: its name.
        medians: the median absolute error of each engine, in ulps.
        closest: the engines with the smallest one.
    """

    line: str
    medians: Mapping[str, float]
    closest: tuple[str, ...]


def who_is_right(judgements: Mapping[str, Sequence[Judgement]]) -> dict[str, Ruling]:
    """A ruling for each line that at least one engine shows, from the judgements of each engine on the same probes.

    Raises:
        ProofError: engines that were tried on different probes or in different types.
    """
    tried = {tuple((j.probe, j.dtype) for j in each) for each in judgements.values()}
    if len(tried) > 1:
        raise ProofError("engines can be compared on the same probes only, in the same type")
    rulings = {}
    for line in Lines._fields:
        verdicts = {engine: [judgement[line] for judgement in each] for engine, each in judgements.items()}
        errors = {engine: np.concatenate([v.ulps for v in each]) for engine, each in verdicts.items() if each}
        medians = {engine: float(np.median(np.abs(e))) for engine, e in errors.items() if e.size}
        if not medians:
            continue
        best = min(medians.values())
        rulings[line] = Ruling(line, medians, tuple(e for e, m in medians.items() if m == best))
    return rulings
