"""Interventions: one expression's value is replaced by what it might have to be, and the program runs on.

Where every gradient comes out right, that expression was the culprit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Case, Player, Probe
from backproof.diagnosis.calls.deadline import spent
from backproof.diagnosis.calls.leaves import Where
from backproof.diagnosis.culprits.candidates import Candidate
from backproof.diagnosis.culprits.flow import Flow
from backproof.diagnosis.culprits.targets import Fit, Meaning, Target, fitted
from backproof.diagnosis.culprits.turns import replacements
from backproof.diagnosis.verdict.judging import Judgement, same_shape
from backproof.replay.world import Visit

CLOSE = 1e-7  # a filter only: what passes it is confirmed on exact numbers
CLOSE_SINGLE = 1e-3  # where the program computes in single precision

Replacements = Mapping[Visit, np.ndarray]


class Mend(NamedTuple):
    """A replacement that puts gradients right.

    Attributes:
        candidate: what was replaced.
        target: by what.
        replaced: the values.
        mended: the positions of the gradients that are right now, and were not.
    """

    candidate: Candidate
    target: Target
    replaced: dict[Visit, np.ndarray]
    mended: frozenset[int]

    @property
    def first(self) -> int:
        """When the expression was wrong first: in a loop, it may have been right in earlier turns."""
        at = [self.candidate.positions[turn] for turn in self._wrong()]
        return at[0] if at else self.candidate.first

    @property
    def by_turn(self) -> dict[int, np.ndarray]:
        """The values, by the times that the place was passed before."""
        return {occurrence: value for (_, occurrence), value in self.replaced.items()}

    def wrong_turns(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The entries of the values that were wrong, each with what it was replaced by."""
        c = self.candidate
        return [(c.ids[turn], self.replaced[c.key, c.occurrences[turn]]) for turn in self._wrong()]

    def _wrong(self) -> list[int]:
        c = self.candidate
        return [
            turn
            for turn, (occurrence, value) in enumerate(zip(c.occurrences, c.values, strict=True))
            if (new := self.replaced.get((c.key, occurrence))) is not None
            and (np.shape(new) != value.shape or not np.allclose(new, value, rtol=1e-9, atol=0.0))
        ]


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


def _as_output(candidate: Candidate, wanted: Wanted) -> list[Way]:
    """The true gradients themselves, for what is returned in another shape; where one value is several, in turn."""
    known = [(o, ks) for o, ks in zip(candidate.occurrences, candidate.outputs, strict=False) if ks]
    orders = {tuple(ks[turn % len(ks)] for turn, (_, ks) in enumerate(known))}
    orders.add(tuple(ks[-1 - turn % len(ks)] for turn, (_, ks) in enumerate(known)))
    return [
        (
            Target(Meaning.ADJOINT, wanted.parameters[order[0]], tuple(wanted.true[k] for k in order)),
            {(candidate.key, occurrence): wanted.true[k] for (occurrence, _), k in zip(known, order, strict=True)},
        )
        for order in sorted(orders)
        if order
    ]


Way = tuple[Target, dict[Visit, np.ndarray]]  # what might be meant, and the values that stand for it
NeedTrial = Callable[[Candidate, list[Way], bool], list[Way]]  # those that need to be tried; with an effort, fewer
_WORTH_AN_EFFORT = 60  # replacements of one place
FIRST, LIKELY = 2, 8  # replacements of one place that are tried before any other place's further ones


def mends(
    player: Player,
    wanted: Wanted,
    tried: Sequence[Candidate],
    targets: Sequence[Target],
    wrong: frozenset[int],
    kept: Replacements,
    until: float,
    whole: bool = True,
    flow: Flow | None = None,
    likely: bool = False,
    fit: Fit = fitted,
    need_trial: NeedTrial | None = None,
) -> Iterator[Mend]:
    """The replacements that mend gradients and break none, as they are found.

    Args:
        kept: replacements that are made already.
        until: when to stop, on ``spent``'s clock, which other programs do not slow down.
        whole: whether all wrong gradients must be mended.
        likely: whether only the likeliest replacements of each place are tried.
        need_trial: says which replacements of a place need to be tried.
        fit: which values may stand in the place of which.
    """
    right_before = wanted.positions - wrong
    asked = [c for c in tried if not whole or c.reaches == wrong]
    known: dict[int, list[Way]] = {}
    for start, end in ((0, FIRST), (FIRST, LIKELY), (LIKELY, None))[: 2 if likely else 3]:
        for candidate in asked:
            if not start:
                ways = [*_as_output(candidate, wanted), *replacements(candidate, targets, flow, fit)]
                known[candidate.key] = need_trial(candidate, ways, False) if need_trial else ways
            left = known[candidate.key][start:end]
            if end is None and need_trial:
                left = need_trial(candidate, left, len(left) > _WORTH_AN_EFFORT)
            for target, replaced in left:
                if spent() > until:
                    return
                right = wanted.right(player, {**kept, **replaced})
                mended = right & wrong
                if mended and right_before <= right and (mended == wrong or not whole):
                    yield Mend(candidate, target, replaced, mended)
