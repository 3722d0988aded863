"""Which line of Algorithm 1 a learner's variable holds: said by its name, decided by its shape.

Both sides of the border use this file: the child to know which variables are worth keeping, the parent to choose
among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engines.interface import Lines, Parameters, shapes

GRADIENTS = tuple(f"d{name}" for name in Parameters._fields)

# How surely a name says which line it is.
EXACT, NUMBERED, GUESS = "exact", "alias", "guess"
CERTAINTY = (EXACT, NUMBERED, GUESS)
ORIGINS = ("returned", "local", "helper", "attribute")

LAYER = r"(0|1|2|3|h|o|hid|hidden|out|output)"
GRADIENT_OF = r"(?:d|g|grad|gradient|nabla|partial|d(?:l|j|e|c|loss|cost)d)"
FAMILIES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("Z1", "Z2"), rf"(?:z|net|pre|preact|preactivation){LAYER}"),
    (("A1", "A2"), rf"(?:a|act|activation){LAYER}"),
    (("dZ1", "dZ2"), rf"(?:{GRADIENT_OF}z|delta|delta[lz]){LAYER}|(?:l|layer)?{LAYER}delta|z{LAYER}(?:grad|bar)"),
    (("dA1",), rf"{GRADIENT_OF}a{LAYER}|a{LAYER}(?:grad|bar)"),
    (("dW1", "dW2"), rf"(?:{GRADIENT_OF}|delta)(?:w|weights?){LAYER}|w{LAYER}(?:grad|gradient|g|bar)"),
    (("db1", "db2"), rf"(?:{GRADIENT_OF}|delta)(?:b|bias){LAYER}|b{LAYER}(?:grad|gradient|g|bar)"),
)
GUESSES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("delta", "err", "error", "dout"), ("dZ1", "dZ2")),
    **dict.fromkeys(("dlogit", "dlogits", "dscore", "dscores"), ("dZ2",)),
    "dhidden": ("dZ1",),
    **dict.fromkeys(("logit", "logits", "score", "scores"), ("Z2",)),
    **dict.fromkeys(("hidden", "hiddenactivation", "hiddenoutput"), ("A1",)),
    **dict.fromkeys(("out", "output", "yhat", "ypred", "yprob", "p", "prob", "probs", "proba"), ("A2",)),
    **dict.fromkeys(("probability", "probabilities", "pred", "prediction", "predictions"), ("A2",)),
}
LOSSES = frozenset(("loss", "losses", "cost", "costs", "bce", "nll", "xent", "crossentropy"))
NUMBERS = {"1": 1, "h": 1, "hid": 1, "hidden": 1, "2": 2, "o": 2, "out": 2, "output": 2}


class Alias(NamedTuple):
    """What a name alone says."""

    lines: tuple[str, ...]  # the lines it can be, the shape deciding
    named: str | None  # the line that its own number says
    certainty: str
    shifted: bool  # numbered 0 or 3: this file does not count its layers as we do


def alias(name: str) -> Alias | None:
    """What the name of a variable says about the line it holds; None for a name that says nothing."""
    plain = name.lower().replace("_", "")
    if plain in LOSSES or name in ("L", "J"):
        return Alias(("loss",), "loss", EXACT if name == "loss" else NUMBERED, False)
    if plain in GUESSES:
        return Alias(GUESSES[plain], None, GUESS, False)
    for lines, pattern in FAMILIES:
        if match := re.fullmatch(pattern, plain):
            number = next(group for group in match.groups() if group)
            named = next((line for line in lines if line[-1] == str(NUMBERS.get(number))), None)
            return Alias(lines, named, EXACT if name == named else NUMBERED, number in "03")
    return None


def layout_of(shape: tuple[int, ...], line: str, n: int, d: int, h: int, columns: bool) -> str:
    """How this shape differs from the one expected of a line.

    "same"; "reshaped", by axes of length one only; "transposed"; "mean", one number for a loss of n samples; or
    "other". With ``columns`` the samples are columns and the biases too.
    """
    expected = shapes(n, d, h)[line]
    if columns and line not in ("dW1", "dW2"):
        expected = (*expected, 1) if line in ("db1", "db2") else (1, n) if line == "loss" else expected[::-1]
    if shape == expected:
        return "same"
    if _long_axes(shape) == _long_axes(expected):
        return "reshaped"
    if len(shape) == 2 and _long_axes(shape[::-1]) == _long_axes(expected):
        return "transposed"
    return "mean" if line == "loss" and _long_axes(shape) == () else "other"


def _long_axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(axis for axis in shape if axis != 1)


def oriented(values: np.ndarray, line: str, n: int, d: int, h: int, columns: bool) -> np.ndarray:
    """The values in the shape of DESIGN's line where ``layout_of`` knows the way; as they are otherwise."""
    layout = layout_of(values.shape, line, n, d, h, columns)
    if layout in ("mean", "other"):
        return values
    turned = columns and line not in GRADIENTS and values.ndim == 2
    if turned != (layout == "transposed"):
        values = values.T
    return values.reshape(shapes(n, d, h)[line])


@dataclass(frozen=True)
class Candidate:
    """A value that the learner's program had under some name."""

    name: str
    origin: str  # "returned", "local" (to backprop), "helper" (local to another function), "attribute"
    source_line: int | None  # where it was last assigned
    repeated: bool  # bound anew by the same statement: perhaps one sample's value in a loop
    dtype: str
    shape: tuple[int, ...]
    values: np.ndarray  # of real numbers


class Choice(NamedTuple):
    """The candidate that shows a line, and how its shape differs from the line's."""

    candidate: Candidate
    layout: str
    certainty: str


def choose(
    candidates: Iterable[Candidate], n: int, d: int, h: int, columns: bool
) -> tuple[dict[str, Choice], dict[str, tuple[str, ...]]]:
    """The best candidate of each line, and the names that contradict each other where no best one exists.

    A returned name beats a harvested one, an exact name an alias, backprop's own variable a helper's. Two different
    values of the same standing are ambiguous, and the line is left out.
    """
    kept = [(c, name) for c in candidates if (name := alias(c.name)) is not None]
    shifted = {c.origin for c, name in kept if name.shifted}
    ranked: dict[str, list[tuple[tuple[int, ...], Choice]]] = {}
    for candidate, name in kept:
        line, layout = _line_of(candidate, name, n, d, h, columns, candidate.origin in shifted)
        if line is None or not _whole(candidate, line, n):
            continue
        standing = (
            int(candidate.repeated and n > 1 and line in GRADIENTS),
            int(candidate.origin != "returned"),
            CERTAINTY.index(name.certainty),
            ORIGINS.index(candidate.origin),
        )
        ranked.setdefault(line, []).append((standing, Choice(candidate, layout, name.certainty)))
    chosen, ambiguous = {}, {}
    for line, entries in ranked.items():
        best = min(standing for standing, _ in entries)
        rivals = [choice for standing, choice in entries if standing == best]
        if all(_same(rivals[0].candidate, rival.candidate) for rival in rivals):
            chosen[line] = rivals[0]
        else:
            ambiguous[line] = tuple(rival.candidate.name for rival in rivals)
    order = Lines._fields
    return dict(sorted(chosen.items(), key=lambda item: order.index(item[0]))), ambiguous


def _line_of(
    candidate: Candidate, name: Alias, n: int, d: int, h: int, columns: bool, shifted: bool
) -> tuple[str | None, str]:
    """The line that name and shape agree on, and its layout; (None, ...) if they do not."""
    layouts = {line: layout_of(candidate.shape, line, n, d, h, columns) for line in name.lines}
    returned = candidate.origin == "returned"
    if name.named and name.certainty == EXACT and returned and not shifted:
        return name.named, layouts[name.named]
    for wanted in (("same", "reshaped"), ("mean",), ("transposed",)):
        fitting = [line for line, layout in layouts.items() if layout in wanted]
        if name.named and not shifted:  # against its own number only for the very shape
            fitting = [line for line in fitting if line == name.named or layouts[line] == "same"]
        if wanted == ("transposed",) and name.certainty == GUESS:
            continue
        if fitting:
            line = name.named if name.named in fitting else fitting[0] if len(fitting) == 1 else None
            return line, layouts.get(line or "", "other")
    broadcast = n > 1 and candidate.shape == (n, n)  # (n, 1) against (n,): too plain a mistake to be overlooked
    telling = name.certainty == EXACT or broadcast or (returned and name.certainty == NUMBERED)
    if name.named and telling and not shifted and not candidate.repeated:
        return name.named, "other"
    return None, "other"


def _whole(candidate: Candidate, line: str, n: int) -> bool:
    """Whether this can be the line of all n samples, not of the last one that a loop visited."""
    if not candidate.repeated or n == 1 or line in GRADIENTS:
        return True
    return n in candidate.shape


def _same(one: Candidate, other: Candidate) -> bool:
    if one is other:
        return True
    return one.dtype == other.dtype and np.array_equal(one.values.ravel(), other.values.ravel(), equal_nan=True)
