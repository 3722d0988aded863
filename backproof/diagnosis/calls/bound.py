"""Arguments by the names of the parameters of a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple


class CannotCall(ValueError):
    """The program has no ``backprop`` to call, or nothing to call it with; the text is one sentence."""


class Bound(NamedTuple):
    """Arguments for a function.

    Attributes:
        function: what is called.
        by_name: its arguments, in the order of its parameters.
        spread: the parameter that takes all further positions (``*args``), or "".
    """

    function: Callable[..., Any]
    by_name: dict[str, Any]
    spread: str

    def call(self) -> Any:
        """Call it."""
        named = dict(self.by_name)
        rest = named.pop(self.spread, ())
        kinds = {name: p.kind for name, p in _parameters(self.function).items()}
        first = [
            named.pop(n) for n, k in kinds.items() if n in named and (rest or k is inspect.Parameter.POSITIONAL_ONLY)
        ]
        return self.function(*first, *rest, **named)


@lru_cache(maxsize=32)  # a function is called thousands of times
def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


def bound(function: Callable[..., Any], given: Any) -> Bound:
    """Arguments by the names of the function's parameters.

    Raises:
        CannotCall: they do not fit; the text says which names there are.
    """
    try:
        parameters = _parameters(function)
    except (TypeError, ValueError):
        raise CannotCall("the arguments of backprop cannot be seen: write it as a Python function") from None
    spread = next((n for n, p in parameters.items() if p.kind is inspect.Parameter.VAR_POSITIONAL), "")
    takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
    names = [n for n, p in parameters.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if isinstance(given, dict) and (takes_any or set(map(str, given)) <= set(names)):
        by_name = {name: given[name] for name in [*names, *given] if name in given}
    else:
        several = isinstance(given, tuple) and not hasattr(given, "_fields")
        positions = list(given) if several or (isinstance(given, list) and len(names) != 1) else [given]
        if len(positions) > len(names) and not spread:
            raise CannotCall(_misfit(names, given, len(positions)))
        by_name = dict(zip(names, positions, strict=False))
        if spread:
            by_name[spread] = tuple(positions[len(names) :])
    missing = [n for n in names if n not in by_name and parameters[n].default is inspect.Parameter.empty]
    if missing:
        raise CannotCall(_misfit(names, given, len(by_name)))
    return Bound(function, by_name, spread)


def _misfit(names: Sequence[str], given: Any, count: int) -> str:
    has = f"the names {', '.join(map(str, given))}" if isinstance(given, dict) else f"{count} arguments"
    return f"example() returns {has}, but backprop takes {', '.join(names)}"
