"""What every engine is asked: a family in one type, its calls and the truth at each."""

from __future__ import annotations

from typing import NamedTuple

from comparison.atlas.arguments import Call
from comparison.atlas.family import Family
from comparison.atlas.language import Formulation
from comparison.atlas.truth import Truth, truths_of
from comparison.atlas.types_of_numbers import TYPES


class Asked(NamedTuple):
    """A family in one type.

    Attributes:
        family: its name.
        elementwise, held: as its ``Arguments`` say.
        calls, truths: of each regime.
    """

    family: str
    formulations: tuple[Formulation, ...]
    elementwise: bool
    held: int
    dtype: str
    calls: dict[str, list[Call]]
    truths: dict[str, list[Truth]]


def ask(family: Family, dtype: str) -> Asked:
    """A family's arguments in one type, with the truth at each; regimes that have none are left out.

    Raises:
        NotFollowed: replay does not follow the family's first formulation.
    """
    arguments = family.arguments
    calls = {regime: arguments.calls(family.name, regime, dtype) for regime in arguments.regimes}
    calls = {regime: found for regime, found in calls.items() if found}
    flat = [call for regime in calls for call in calls[regime]]
    found = iter(truths_of(family.truth, flat, TYPES[dtype]))
    truths = {regime: [next(found) for _ in calls[regime]] for regime in calls}
    return Asked(family.name, family.formulations, arguments.elementwise, arguments.held, dtype, calls, truths)
