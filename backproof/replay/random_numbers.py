"""Random numbers: the real generators, whose floats become exact constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.replay.creation import lift
from backproof.replay.operands import array, floats, holds_traced, is_traced, number
from backproof.replay.tape import Tape


def seeded(tape: Tape, value: Any) -> Any:
    if (
        isinstance(value, type)
        and value.__module__.startswith(("numpy", "random"))
        and not issubclass(value, Exception)
    ):
        return lambda *a, **k: Generated(tape, value(*a, **k)) if value.__name__ in _SOURCES else value(*a, **k)
    if callable(value) and not isinstance(value, type):
        if getattr(value, "__name__", "") == "default_rng":
            return lambda *a, **k: Generated(tape, value(*(_real_source(x) for x in a), **k))
        return lambda *a, **k: _drawn(tape, value, a, k)
    return value


_SOURCES = frozenset({"RandomState", "Generator", "Random", "SystemRandom"})


class Generated:
    """A generator of random numbers whose floats are exact constants."""

    def __init__(self, tape: Tape, real: Any) -> None:
        self._tape, self._real = tape, real

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._real, name)
        return (lambda *a, **k: _drawn(self._tape, value, a, k)) if callable(value) else value

    def __deepcopy__(self, memo: Any) -> Generated:
        import copy

        return Generated(self._tape, copy.deepcopy(self._real))


def _real_source(x: Any) -> Any:
    return x._real if isinstance(x, Generated) else x


def _drawn(tape: Tape, draw: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    if draw.__name__ in ("shuffle", "permutation", "permuted", "choice", "sample", "choices") and holds_traced(
        arguments[:1]
    ):
        return _reordered(tape, draw, arguments, options)
    drawn = draw(*floats(tape, list(map(_real_source, arguments))), **floats(tape, options))
    return number(tape, tape.constant(drawn)) if type(drawn) is float else lift(tape, drawn)


def _reordered(tape: Tape, draw: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Numbers drawn from exact ones keep their entries."""
    first, *rest = arguments
    if not is_traced(first):  # a list, by ``random``
        places = list(range(len(first)))
        drawn = draw(places, *rest, **options)
        if draw.__name__ == "shuffle":
            first[:] = [first[k] for k in places]
            return None
        return [first[k] for k in drawn] if isinstance(drawn, list) else first[drawn]
    if draw.__name__ == "shuffle":
        draw(first.ids, *rest, **options)
        return None
    return array(tape, np.asarray(draw(first.ids, *rest, **options)))
