"""The smallest argument at which a formulation goes wrong in the same way as at the one that was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from comparison.atlas.adapters import Adapter, Numbers
from comparison.atlas.answering import numbers
from comparison.atlas.arguments import POINTS, Call
from comparison.atlas.asking import Asked
from comparison.atlas.cells import Cell, Example
from comparison.atlas.judging import worst_entry
from comparison.atlas.language import Formulation
from comparison.atlas.severity import worst
from comparison.atlas.truth import truths_of
from comparison.atlas.types_of_numbers import TYPES

_PARTS = 4  # of an array that are set to 0
_DEEPEST = 40  # how far below the argument a smaller one is looked for, as a power of two


class Question(NamedTuple):
    """What went wrong where.

    Attributes:
        truth: the formulation that is replayed.
        at: the arguments: of an elementwise formulation those of one entry.
        like: the smallest that was found in another mode of the engine, tried first.
    """

    formulation: Formulation
    truth: Formulation
    elementwise: bool
    held: int
    dtype: str
    at: tuple[tuple[float, ...], ...]
    shapes: tuple[tuple[int, ...], ...]
    like: Example | None = None


def with_examples(adapter: Adapter, cells: Sequence[Cell], asked: Asked) -> list[Cell]:
    """The cells of one question; the worst of each formulation that is bad in a mode gets its smallest argument.

    This is asked right after the cells, while the engine still holds its compiled programs.
    """
    shown: dict[tuple[str, str], Example | None] = {}
    found: dict[Cell, Example | None] = {}
    for cell in sorted(worst(cells), key=lambda cell: cell.mode != "eager"):
        like = shown.get((cell.formulation, cell.regime))  # of the eager mode, tried first in the compiled one
        found[cell] = smallest(adapter, cell.mode, _question(cell, asked, like))
        shown[cell.formulation, cell.regime] = found[cell]
    return [msgspec.structs.replace(cell, example=found[cell]) if cell in found else cell for cell in cells]


def _question(cell: Cell, asked: Asked, like: Example | None) -> Question:
    formulation = next(one for one in asked.formulations if one.text == cell.formulation)
    shapes = tuple(() if asked.elementwise else a.shape for a in asked.calls[cell.regime][0])
    return Question(
        formulation, asked.formulations[0], asked.elementwise, asked.held, asked.dtype, cell.worst_at, shapes, like
    )


def smallest(adapter: Adapter, mode: str, question: Question) -> Example | None:
    """The smallest argument found; None where the fault does not show at the one that was given."""
    asked = _Asked(adapter, mode, question)

    def call(arguments: tuple[tuple[float, ...], ...]) -> Call:
        return tuple(np.array(a).reshape(shape) for a, shape in zip(arguments, question.shapes, strict=True))

    if question.like is not None:
        (found,) = asked.examples([call(question.like.arguments)], question.like)
        if found is not None:
            return found
    start = call(question.at)
    found = asked.examples([start])[0]
    if found is None:
        return None
    shrink = _shrunk_number if question.elementwise else _shrunk_arrays
    return shrink(start, found, lambda calls: asked.examples(calls, found))


class _Asked:
    """An engine that is asked at many arguments."""

    def __init__(self, adapter: Adapter, mode: str, question: Question) -> None:
        self.adapter, self.mode, self.question = adapter, mode, question

    def examples(self, calls: list[Call], like: Example | None = None) -> list[Example | None]:
        """What goes wrong at each of these, where that is as bad as this."""
        question, number_type = self.question, TYPES[self.question.dtype]
        calls = [tuple(number_type.rounded(a) for a in call) for call in calls]
        together = calls
        if question.elementwise:  # all in one call, and of the shape that is compiled already
            columns = zip(*([float(a.reshape(())) for a in call] for call in calls), strict=True)
            together = [tuple(np.resize(np.array(column), POINTS) for column in columns)]
        given = [self._given(call) for call in together]
        truths = truths_of(question.truth, together, number_type)
        found = []
        for position, call in enumerate(calls):
            place = (0, position) if question.elementwise else (position, None)
            answer, truth = given[place[0]], truths[place[0]]
            example = worst_entry(answer, truth, question.held, number_type, place[1]) if answer else None
            alike = example is not None and (like is None or _as_bad(example, like))
            found.append(example.at(call) if example is not None and alike else None)
        return found

    def _given(self, call: Call) -> Numbers | None:
        """What the engine gives at these; none where it raises: an inverse of a singular matrix, for example."""
        try:
            return numbers(self.adapter, self.question.formulation, [call], self.question.dtype, self.mode)[0]
        except Exception:  # whatever an engine raises
            return None


def _as_bad(example: Example, like: Example) -> bool:
    return example.kind.lstrip("-") == like.kind.lstrip("-") and example.digits <= like.digits + 1


Ask = Callable[[list[Call]], list[Example | None]]


def _shrunk_number(start: Call, found: Example, ask: Ask) -> Example:
    """Scaled down by halves, then by finer steps, then with fewer digits."""
    least, best = 1.0, found
    for low in (2.0**-_DEEPEST, 0.5, 0.5 ** (1 / 16)):
        steps = np.geomspace(low, 1.0, POINTS) * least
        examples = ask([tuple(a * step for a in start) for step in steps])
        for step, example in zip(steps, examples, strict=True):
            if example is not None:
                least, best = float(step), example
                break
    shorter = [
        tuple(_short(a * least, digits, up) for a in start) for digits in (2, 3, 4, 5, 6) for up in (False, True)
    ]
    return next((example for example in ask(shorter) if example is not None), best)


def _shrunk_arrays(start: Call, found: Example, ask: Ask) -> Example:
    """With fewer digits, then with zeros for parts of them."""
    call, best = start, found
    shorter = [tuple(_short(a, digits, False) for a in call) for digits in (1, 2, 3)]
    for candidate, example in zip(shorter, ask(shorter), strict=True):
        if example is not None:
            call, best = candidate, example
            break
    simpler = list(_zeroed(call))
    alone = [one for one, example in zip(simpler, ask(simpler), strict=True) if example is not None]
    merged = [_merged(alone[: len(alone) >> halved]) for halved in range(4) if len(alone) >> halved]
    return next((example for example in ask(merged) if example is not None), best)


def _merged(calls: list[Call]) -> Call:
    """0 wherever one of them has 0."""
    return tuple(np.where(np.any(np.array(parts) == 0, axis=0), 0.0, parts[0]) for parts in zip(*calls, strict=True))


def _zeroed(call: Call) -> Iterator[Call]:
    """With zeros for a part of one array: an engine is slow on many arrays, so the parts are few."""
    for position, values in enumerate(call):
        for places in np.array_split(np.arange(values.size), min(values.size, _PARTS)):
            changed = np.where(np.isin(np.arange(values.size), places), 0.0, values.ravel()).reshape(values.shape)
            if (changed != values).any():
                yield (*call[:position], changed, *call[position + 1 :])


def _short(values: np.ndarray, digits: int, up: bool) -> np.ndarray:
    """Rounded to so many decimal digits, or up to them."""

    def one(value: float) -> float:
        near = float(f"{value:.{digits - 1}e}")
        if up and abs(near) < abs(value):
            near += np.sign(value) * float(f"1e{int(f'{value:e}'.partition('e')[2]) - digits + 1}")
        return near

    return np.vectorize(one, otypes=[float])(values)
