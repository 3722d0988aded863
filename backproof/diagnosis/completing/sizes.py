"""Small sizes for what makes parameters or a network: a function or a constructor, by the names of what it takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import NamedTuple

from backproof.diagnosis.completing.parts import Part

INPUTS, HIDDEN, SECOND = 8, 6, 7
OUTPUTS = "{outputs}"  # stands for the number of outputs, which goes with the labels
IMAGES = (2, 4, 4)  # channels, height, width
_LAYERS = f"[{INPUTS}, {HIDDEN}, {SECOND}, {OUTPUTS}]"
_SIZES = (
    (re.compile(r"hid\w*(dims|sizes|layers)$", re.IGNORECASE), f"[{HIDDEN}, {SECOND}]"),
    (re.compile(r"(layers?|dims|sizes|shape|architecture)$", re.IGNORECASE), _LAYERS),
    (re.compile(r"hid|n_?h$|nh$", re.IGNORECASE), str(HIDDEN)),
    (re.compile(r"(?<!drop)out|class|n_?y$", re.IGNORECASE), OUTPUTS),
    (re.compile(r"in(_|put|$)|dim|feat|n_?x$", re.IGNORECASE), str(INPUTS)),
)
# What a default would hide or make slow: for parameters that have one.
_FILTERS = (re.compile(r"(num|n)_?filters?$"), "2"), (re.compile(r"filter_?size|kernel_?size"), "3")
_SCALE = re.compile(r"scale|std|sigma", re.IGNORECASE)
_STRENGTH = re.compile(r"reg|lambd|decay|l2|alpha", re.IGNORECASE)


class Made(NamedTuple):
    """How something is made: the text of the call, and whether it takes images."""

    text: str
    images: bool = False


def made_by(part: Part | None, name: str, skip: int = 0) -> Made | None:
    """A call with small sizes; None where the name of something needed says no size.

    Args:
        part: the function or the constructor; None for a class without one.
        name: what is called.
        skip: how many of its parameters are not given, as ``self``.
    """
    if part is None:
        return Made(f"{name}()")
    given = []
    for parameter in part.takes[skip:]:
        size = _size(parameter)
        if size is None:
            return None
        given.append(size)
    defaults = dict(part.optional)
    images = any(isinstance(value, ast.Tuple) and _size(key) == str(INPUTS) for key, value in defaults.items())
    given += [f"{key}={value}" for key, value in _instead(defaults, images).items()]
    return Made(f"{name}({', '.join(given)})", images)


def _size(name: str) -> str | None:
    return next((size for words, size in _SIZES if words.search(name)), None)


def _instead(defaults: Mapping[str, ast.expr], images: bool) -> dict[str, str]:
    """Other values for parameters that have a default: small sizes, weights of ordinary size, a strength above 0."""
    found = {}
    for name, default in defaults.items():
        try:
            value = eval(compile(ast.Expression(default), "<default>", "eval"), {"__builtins__": {}})  # 3 * 32 * 32
        except Exception:
            value = None
        filters = next((size for words, size in _FILTERS if words.search(name)), None)
        size = filters or _size(name)
        if isinstance(value, tuple) and images and size == str(INPUTS):
            found[name] = str(IMAGES)
        elif type(value) is int and size is not None:
            found[name] = size
        elif type(value) is float and _SCALE.search(name):
            found[name] = "1.0"
        elif type(value) is float and value == 0 and _STRENGTH.search(name):
            found[name] = "0.1"
        elif name == "dtype" and ast.unparse(default).endswith("float32"):
            found[name] = ast.unparse(default).replace("float32", "float64")
    return found
