"""What the gradients of a program should be, and which of them are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from backproof.diagnosis.calls.case import Case, Player, Probe
from backproof.diagnosis.calls.leaves import Where
from backproof.diagnosis.verdict.judging import Judgement, same_shape
from backproof.replay.world import Visit

CLOSE = 1e-7  # a filter only: what passes it is confirmed on exact numbers
CLOSE_SINGLE = 1e-3  # where the program computes in single precision

Replacements = Mapping[Visit, np.ndarray]


@dataclass(frozen=True)
class Wanted:
    """What the gradients of one probe should be.

    Attributes:
        probe: the numbers of every argument.
        ways: to each gradient in what is returned.
        parameters: that they are the gradients of.
        true: the true gradients.
        loss: the loss, which no replacement may change; None where a reference has it.
        close: how close in floating point counts.
    """

    probe: Probe
    ways: tuple[Where, ...]
    parameters: tuple[Where, ...]
    true: tuple[np.ndarray, ...]
    loss: float | None
    close: float

    def right(self, player: Player, replaced: Replacements) -> frozenset[int]:
        """The positions of the gradients that come out right; none where the program fails, or the loss changes."""
        try:
            answer = player.call(self.probe, replaced).answer()
            same = self.loss is None or self._is_same(float(answer.loss))
        except Exception:
            return frozenset()
        if not same:
            return frozenset()
        return frozenset(k for k, way in enumerate(self.ways) if self._is_right(k, answer.gradients.get(way)))

    def _is_same(self, loss: float) -> bool:
        assert self.loss is not None
        return abs(loss - self.loss) <= self.close * max(1.0, abs(self.loss))

    def _is_right(self, position: int, gradient: object) -> bool:
        true = self.true[position]
        given = np.asarray(gradient, np.float64) if gradient is not None else np.empty(0)
        if not same_shape(given.shape, true.shape):
            return False
        error = np.abs(given.reshape(true.shape) - true).max(initial=0.0)
        return bool(error <= self.close * max(self.sizes[position], 1e-6 * max(self.sizes)))

    @property
    def positions(self) -> frozenset[int]:
        """Of all gradients."""
        return frozenset(range(len(self.ways)))

    @cached_property
    def sizes(self) -> tuple[float, ...]:
        """The largest number of each true gradient."""
        return tuple(float(np.abs(true).max(initial=0.0)) for true in self.true)


def wanted_of(judgement: Judgement, probe: Probe, case: Case) -> Wanted:
    """What the gradients of this call should be."""
    ways = tuple(g.pair.gradient for g in judgement.gradients)
    true = tuple(g.true for g in judgement.gradients)
    parameters = tuple(g.pair.parameter for g in judgement.gradients)
    loss = float(judgement.tape.hi[judgement.loss]) if case.reference is None else None
    exact = Wanted(probe, ways, parameters, true, loss, CLOSE)
    with Player(case) as player:
        if judgement.right <= exact.right(player, {}) and not _is_single(player, probe):
            return exact
    return replace(exact, close=CLOSE_SINGLE)


def _is_single(player: Player, probe: Probe) -> bool:
    gradients = player.call(probe).answer().gradients.values()
    return any(getattr(g, "dtype", None) in (np.float32, np.float16) for g in gradients)
