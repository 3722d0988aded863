"""Responses: how the gradients answer when a value of the program is replaced, known before it is replaced.

A backward pass is linear in most of what it sends back. One sweep over the tape of the learner's own program
(A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., chapter 3) gives the derivative of a random combination
of all gradients with respect to every value. The derivative times a replacement's change is what the combination gains;
what it lacks is known. A replacement that mends everything gains just that; the others need not be tried.

This is a filter: what passes is tried. Where the gradients do not answer in a straight line, nothing is filtered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Case, ExactCall, Player
from backproof.diagnosis.culprits.wanted import Replacements, Wanted
from backproof.diagnosis.verdict.judging import Judgement, Status
from backproof.replay.chain import Chain
from backproof.replay.operands import ids_of
from backproof.replay.records import Sum

_CLOSE, _LOOSEST = 100, 1e-3  # times as close as gradients have to be, and no more than


class Response(NamedTuple):
    """How a combination of the gradients answers when the values of one place are replaced.

    Attributes:
        values: by the times that the place was passed.
        slopes: the derivatives of the combination with respect to them.
        lacks: what the combination lacks.
        close: how close counts, beside the sizes of what is added up.
        reshaped: whether a gradient has a wrong shape, so that a value may have to have another shape too.
    """

    values: Mapping[int, np.ndarray]
    slopes: Mapping[int, np.ndarray]
    lacks: float
    close: float
    reshaped: bool

    def gain(self, occurrence: int, new: np.ndarray) -> np.ndarray | None:
        """What the combination gains by one value, and the size of what was added up (2,); None: that is unknown."""
        old = self.values.get(occurrence)
        if old is None or old.shape != new.shape:
            return None
        with np.errstate(all="ignore"):
            terms = self.slopes[occurrence] * (new - old)
            return np.array([terms.sum(), np.abs(terms).sum()])

    def is_enough(self, gain: np.ndarray) -> bool:
        """Whether this is what the combination lacks."""
        return bool(abs(gain[0] - self.lacks) <= self.close * (gain[1] + abs(self.lacks)))

    def may_mend(self, replaced: Mapping[int, np.ndarray]) -> bool:
        """Whether these values, by occurrence, may mend everything."""
        gains = [self.gain(occurrence, new) for occurrence, new in replaced.items()]
        known = [gain for gain in gains if gain is not None]
        return len(known) < len(gains) or self.is_enough(sum(known, np.zeros(2)))


class Responses:
    """The responses of all places.

    Args:
        call: in which every reading is an entry of its own.
        judgement: of the call without that.
        positions: of the gradients that have to come out right.
        kept: replacements that are made already, in the call too.

    Raises:
        ValueError: the call does not compute what the program computes, for it shares arrays.
    """

    def __init__(
        self, case: Case, player: Player, wanted: Wanted, call: ExactCall, judgement: Judgement,
        positions: frozenset[int], kept: Replacements,
    ) -> None:  # fmt: skip
        self.player, self.wanted, self.kept, self.tape = player, wanted, kept, call.tape
        answer, draw = case.answer(call.returned), np.random.default_rng(0)
        self.weights: dict[int, np.ndarray] = {}
        self.entries: dict[int, np.ndarray] = {}
        self.lacks = 0.0
        self._reshaped = any(judgement.gradients[k].status is Status.SHAPE for k in positions)
        for position, (way, gradient) in enumerate(zip(wanted.ways, judgement.gradients, strict=True)):
            ids = ids_of(call.tape, answer.gradients[way])
            given = call.tape.hi[ids]
            if given.shape != gradient.given.shape or not np.allclose(given, gradient.given, rtol=1e-9, atol=1e-300):
                raise ValueError("it computes something else")
            if position in positions and gradient.status is not Status.SHAPE:
                size = max(wanted.sizes[position], 1e-6 * max(wanted.sizes)) or 1.0
                self.weights[position] = draw.uniform(0.5, 1.5, given.shape) * draw.choice([-1, 1], given.shape) / size
                self.entries[position] = ids
                self.lacks += float((self.weights[position] * (gradient.true.reshape(given.shape) - given)).sum())
        self.visits: dict[int, dict[int, np.ndarray]] = {}
        for record in call.records:
            self.visits.setdefault(record.key, {})[record.occurrence] = record.value
        self._chain = Chain(call.tape)
        self._slopes = self._swept()
        self._known: dict[tuple[int, bool], Response | None] = {}

    def of(self, key: int, apart: bool = True) -> Response | None:
        """The response of a place; None where it is not known beforehand.

        Args:
            apart: whether its values must have no part in one another; else each is as if the others were given.
        """
        if (key, apart) not in self._known:
            self._known[key, apart] = self._response(key, apart)
        return self._known[key, apart]

    def values(self, key: int) -> dict[int, np.ndarray]:
        """The values of a place, by the times that it was passed; none where it holds no numbers."""
        return {occurrence: self.tape.hi[ids] for occurrence, ids in self.visits.get(key, {}).items()}

    def _swept(self, cut: np.ndarray | None = None) -> np.ndarray:
        if not self.entries:
            return np.zeros(self.tape.size)
        ids = np.concatenate([self.entries[position].reshape(-1) for position in self.entries])
        weights = np.concatenate([self.weights[position].reshape(-1) for position in self.entries])
        return self._chain.swept(ids, weights, cut)

    def _response(self, key: int, apart: bool) -> Response | None:
        visits = self.visits.get(key, {})
        if not visits or not all(map(self._is_reading, visits.values())):
            return None
        slopes = self._slopes
        if len(visits) > 1:
            slopes = self._swept(np.concatenate([ids.reshape(-1) for ids in visits.values()]))
            if all(np.array_equal(slopes[ids], self._slopes[ids]) for ids in visits.values()):
                self._known[key, not apart] = self._straight(key, self._slopes)
                return self._known[key, not apart]
            if apart:
                return None
        return self._straight(key, slopes)

    def _straight(self, key: int, slopes: np.ndarray) -> Response | None:
        by_turn = {occurrence: slopes[ids] for occurrence, ids in self.visits[key].items()}
        close = min(_CLOSE * self.wanted.close, _LOOSEST)
        found = Response(self.values(key), by_turn, self.lacks, close, self._reshaped)
        return found if self._is_straight(key, found) else None

    def _is_reading(self, ids: np.ndarray) -> bool:
        """Whether a value has entries of its own, which one reading made."""
        at = int(np.searchsorted(self.tape.made_by, ids.flat[0], side="right")) - 1 if ids.size else -1
        record = self.tape.records[at] if at >= 0 else None
        if not isinstance(record, Sum) or record.terms.shape[1] != 1:
            return False
        return np.array_equal(record.made, ids.reshape(-1))

    def _is_straight(self, key: int, response: Response) -> bool:
        """Whether the gradients answer a large change as they would a small one."""
        draw = np.random.default_rng(1)
        changed = {
            occurrence: value + draw.uniform(-1, 1, value.shape) * (np.abs(value).max(initial=0.0) or 1.0)
            for occurrence, value in response.values.items()
        }
        gains = [gain for occurrence, new in changed.items() if (gain := response.gain(occurrence, new)) is not None]
        before = self._combined({})
        after = self._combined({(key, occurrence): new for occurrence, new in changed.items()})
        if before is None or after is None:
            return False
        gain = sum(gains, np.zeros(2))
        return bool(abs(after - before - gain[0]) <= response.close * (gain[1] + abs(before)))

    def _combined(self, replaced: Replacements) -> float | None:
        try:
            gradients = self.player.call(self.wanted.probe, {**self.kept, **replaced}).answer().gradients
            given = {k: np.asarray(gradients[self.wanted.ways[k]], np.float64) for k in self.weights}
            return sum(
                float((self.weights[k] * value.reshape(self.weights[k].shape)).sum()) for k, value in given.items()
            )
        except Exception:
            return None
