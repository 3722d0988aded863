"""A family: several ways to write one function, and the arguments that all of them are asked at."""

from __future__ import annotations

from dataclasses import dataclass

from comparison.atlas.arguments import Arguments
from comparison.atlas.language import Formulation


@dataclass(frozen=True)
class Family:
    """Formulations of one function.

    Attributes:
        formulations: the first is written in the functions of NumPy alone; the truth is its replay.
    """

    name: str
    arguments: Arguments
    formulations: tuple[Formulation, ...]

    @property
    def truth(self) -> Formulation:
        """The formulation that is replayed."""
        return self.formulations[0]


def family(name: str, arguments: Arguments, *texts: str) -> Family:
    """A family, its formulations as text."""
    return Family(name, arguments, tuple(Formulation(arguments.names, text) for text in texts))
