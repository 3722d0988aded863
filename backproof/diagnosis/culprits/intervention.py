"""Interventions: one expression's value is replaced by what it might have to be, and the program runs on.

Where every gradient comes out right, that expression was the culprit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Player
from backproof.diagnosis.calls.deadline import spent
from backproof.diagnosis.culprits.candidates import Candidate
from backproof.diagnosis.culprits.flow import Flow
from backproof.diagnosis.culprits.gains import Gains, Rows
from backproof.diagnosis.culprits.response import Responses
from backproof.diagnosis.culprits.targets import Fit, Meaning, Target, fitted
from backproof.diagnosis.culprits.turns import replacements
from backproof.diagnosis.culprits.wanted import Replacements, Wanted
from backproof.replay.world import Visit


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
    responses: Responses | None = None,
) -> Iterator[Mend]:
    """The replacements that mend gradients and break none, as they are found.

    Args:
        kept: replacements that are made already.
        until: when to stop, on ``spent``'s clock, which other programs do not slow down.
        whole: whether all wrong gradients must be mended.
        likely: whether only the likeliest replacements of each place are tried.
        fit: which values may stand in the place of which.
        responses: say which replacements of a place need to be tried. Where they don't for one in a loop, it multiplies
            what comes of its earlier turns: only its likeliest replacements are tried.
    """
    right_before = wanted.positions - wrong
    asked = [c for c in tried if not whole or c.reaches == wrong]
    rows = Rows(targets) if responses is not None and fit is fitted else None
    known: dict[int, list[Way]] = {}
    for start, end in ((0, FIRST), (FIRST, LIKELY), (LIKELY, None))[: 2 if likely else 3]:
        for candidate in asked:
            if spent() > until:
                return
            if not start:
                response = responses.of(candidate.key, apart=False) if responses is not None else None
                if response is not None and not response.slopes.keys() >= {*candidate.occurrences}:
                    response = None  # of some turns it is not known
                gains = Gains(candidate, response, rows) if response is not None and rows is not None else None
                ways = [*_as_output(candidate, wanted), *replacements(candidate, targets, flow, fit, gains)]
                is_factor = gains is None and rows is not None and len(candidate.occurrences) > 1
                known[candidate.key] = ways[:LIKELY] if is_factor else ways
            for target, replaced in known[candidate.key][start:end]:
                if spent() > until:
                    return
                right = wanted.right(player, {**kept, **replaced})
                mended = right & wrong
                if mended and right_before <= right and (mended == wrong or not whole):
                    yield Mend(candidate, target, replaced, mended)
