"""What can be offered to a file that lacks something: a function ``backprop``, and arguments for it that may fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Example(NamedTuple):
    """The text of a function ``example``, and whether it makes a single sample."""

    text: str
    one: bool = False


class Offer(NamedTuple):
    """Lines for a file.

    Attributes:
        text: of a function ``backprop``; "" where the file has one.
        examples: functions ``example`` to be tried, the likeliest first.
        unknown: the arguments whose names say nothing, where there is no example to be tried.
        blank: a function ``example`` in which these are left to be filled in.
    """

    text: str
    examples: tuple[Example, ...]
    unknown: tuple[str, ...] = ()
    blank: str = ""


def dict_of(values: Mapping[str, str]) -> str:
    """The text of a dict: an expression for each key."""
    inside = ", ".join(f'"{key}": {value}' for key, value in values.items())
    return f"{{{inside}}}"


def example_of(lines: Mapping[str, str]) -> str:
    """The text of a function that returns these arguments: an expression for each name."""
    body = "\n".join(f'        "{name}": {value},' for name, value in lines.items())
    return (
        f"def example():\n    import numpy as np\n\n    rng = np.random.default_rng(0)\n    return {{\n{body}\n    }}\n"
    )
