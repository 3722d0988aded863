"""What is true of one probe, each thing computed once and handed to all who ask."""

from __future__ import annotations

from functools import cache

import numpy as np

from backproof.arithmetic import EXACT, Arithmetic, arithmetic_of
from engines.interface import Lines, Parameters
from proof.enclosure import Problem, enclosure
from proof.probes import Probe


class Truth:
    """The twelve lines of a probe: exactly, and what a correct program of a type can make of them.

    Args:
        probe: its numbers are taken as they are; those of ``proof.probes`` are float32 values, so that one truth serves
            both types.
    """

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.problem = cache(self._problem)
        self._lines = cache(self._enclosed)

    @classmethod
    def of(cls, probe: Probe, dtype: str) -> Truth:
        """Of the probe in the numbers of this type, as an engine is handed them."""
        parameters = Parameters(*(np.asarray(p, dtype) for p in probe.parameters))
        return cls(probe._replace(parameters=parameters, X=np.asarray(probe.X, dtype)))

    def exact(self, mean_last: bool = False) -> Lines:
        """The truth, balls about 1e-30 wide.

        Raises:
            ProofError: numbers that are not finite, or weights that are too large.
        """
        return self._lines(EXACT, mean_last, False)

    def around(self, dtype: str, *, mean_last: bool = False, sound_only: bool = False) -> Lines:
        """What any correct program of this type can compute, or one that uses sound forms only.

        Raises:
            ProofError: as ``exact``, or numbers of this type may overflow.
        """
        return self._lines(arithmetic_of(dtype), mean_last, sound_only)

    def _problem(self, arithmetic: Arithmetic, mean_last: bool) -> Problem:
        return Problem(self.probe.parameters, self.probe.X, self.probe.y, arithmetic, mean_last)

    def _enclosed(self, arithmetic: Arithmetic, mean_last: bool, sound_only: bool) -> Lines:
        return enclosure(self.problem(arithmetic, mean_last), sound_only=sound_only)
