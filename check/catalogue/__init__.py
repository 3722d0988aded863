"""The catalogue of wrong formulas, by line in the order of computation, then those of the update."""

from check.catalogue.backward import BACKWARD_LINES
from check.catalogue.forward import FORWARD_LINES
from check.catalogue.output import OUTPUT_LINES
from check.catalogue.parameter_gradients import PARAMETER_GRADIENTS
from check.catalogue.update import CALL, UPDATE
from check.mistakes import Mistake

MISTAKES: tuple[Mistake, ...] = (*FORWARD_LINES, *OUTPUT_LINES, *BACKWARD_LINES, *PARAMETER_GRADIENTS, *UPDATE, *CALL)


def by_id(name: str) -> Mistake:
    """The mistake with this id."""
    return next(mistake for mistake in MISTAKES if mistake.id == name)
