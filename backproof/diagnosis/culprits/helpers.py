"""From a call that gives a wrong value to the expression in the helper that computed it.

What a helper returns is the same entries as the expression that computed it; a helper that is called several times may
be wrong in one of its branches only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backproof.diagnosis.calls.case import Player
from backproof.diagnosis.culprits.candidates import Candidate
from backproof.diagnosis.culprits.intervention import Mend
from backproof.diagnosis.culprits.wanted import Replacements, Wanted

Computed = Mapping[bytes, tuple[Candidate, int]]  # by entries: where they were computed, and which time


def computed_where(candidates: Iterable[Candidate]) -> Computed:
    """The first place that had each value."""
    passed = [(c.positions[turn], turn, c) for c in candidates for turn in range(len(c.ids))]
    found: dict[bytes, tuple[Candidate, int]] = {}
    for _, turn, candidate in sorted(passed, key=lambda one: one[0]):
        found.setdefault(candidate.ids[turn].tobytes(), (candidate, candidate.occurrences[turn]))
    return found


def inside_of_helper(
    mend: Mend, computed: Computed, wanted: Wanted, player: Player, kept: Replacements, wrong_before: frozenset[int]
) -> Mend | None:
    """The same replacement at the one expression that computed all values that were wrong; None without one.

    Args:
        wrong_before: the positions of the gradients that are wrong without it; it must break none of the others.
    """
    wrong = mend.wrong_turns()
    homes = [home for ids, _ in wrong if (home := computed.get(ids.tobytes())) is not None]
    if not homes or len(homes) != len(wrong) or len({candidate.key for candidate, _ in homes}) != 1:
        return None
    inner = homes[0][0]
    if inner.key == mend.candidate.key or inner.reaches != mend.candidate.reaches:
        return None
    replaced = {(inner.key, occurrence): new for (_, occurrence), (_, new) in zip(homes, wrong, strict=True)}
    right = wanted.right(player, {**kept, **replaced})
    needed = mend.mended | (wanted.positions - wrong_before)
    return Mend(inner, mend.target, replaced, mend.mended) if needed <= right else None
