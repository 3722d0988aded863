"""The questions of a search, one intervention after another: from the strictest kind to the loosest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backproof.diagnosis.culprits import near
from backproof.diagnosis.culprits.candidates import is_right
from backproof.diagnosis.culprits.intervention import Mend
from backproof.diagnosis.culprits.targets import (
    row_targets,
    scaled_targets,
    slope_targets,
    spread,
    value_targets,
)

if TYPE_CHECKING:
    from backproof.diagnosis.culprits.search import Search

_MOST_SLOPES = 40
DEEP = 3  # questions that ask the first wrong statements deeply


def questions(search: Search) -> Iterator[Iterator[Mend]]:
    """Where a target in the place of a value mends all wrong gradients.

    First what is meant, where a reference says so. Then the first statements that set something wrong, deeply; then all
    that is wrong, beside adjoints, adjoints times n, and slopes; rows of matrices in loops; values of the forward pass;
    what is right for one thing and used as another's; and what single uses add.
    """
    program, adjoints, mends = search.case.program, search.adjoints, search.mends
    if search.meant:
        yield mends([c for c in search.not_right if not is_right(c, search.meant)], search.meant)
        yield mends([c for c in search.not_right if is_right(c, search.meant)], search.meant)
    parts = search.parts
    first = search.first
    yield mends(first, adjoints, likely=True)
    yield mends(first, parts, likely=True)
    yield mends(first, [*adjoints, *parts], likely=True, fit=spread)
    scaled = scaled_targets(search.counts, adjoints)
    slopes = slope_targets(adjoints[:_MOST_SLOPES])
    suspects, others = near.suspects_first(program, search.backward, search.not_right, adjoints)
    yield mends(suspects, adjoints)
    yield mends(others, adjoints)
    yield mends(suspects, scaled)
    yield mends(search.used_wrongly, adjoints, likely=True)
    yield mends(suspects, slopes, likely=True)
    yield mends(suspects, adjoints, likely=True, fit=spread)
    yield mends(others, scaled)
    yield mends(others, slopes, likely=True)
    yield mends(others, adjoints, likely=True, fit=spread)
    in_loops = [c for c in [*search.not_right, *search.read_back] if len(c.occurrences) > 1]
    yield mends(in_loops, row_targets([*adjoints, *scaled]))
    yield mends(search.read_back, value_targets(search.judgement, search.series), likely=True)
    yield mends(search.read_back, adjoints, likely=True)
    yield mends([*search.used_wrongly, *search.read_back], adjoints, likely=True, fit=spread)
    yield mends([*search.backward, *search.read_back], parts, likely=True)
    yield mends([*search.backward, *search.read_back], parts, likely=True, fit=spread)
