"""Array language: formulas as text, made into functions of each engine's own arrays.

A formula is an expression of Python, perhaps after lines that name things, whose functions are NumPy's by name and
meaning (``exp``, ``where``, ``sum(x, axis=-1, keepdims=True)`` ...), and where an engine has one, its own function
(``sigmoid(x)``, ``gelu(x)``).
"""

from __future__ import annotations

import itertools
import linecache
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import special

Namespace = Mapping[str, Callable[..., Any]]
_COMMON = (
    "abs arctan arctan2 cos cosh cumprod cumsum einsum exp expm1 hypot log log1p logaddexp max maximum mean minimum "
    "prod sign sin sinh sqrt square stack sum tan tanh where"
)
NUMPY: Namespace = {name: getattr(np, name) for name in _COMMON.split()} | {"erf": special.erf}
_numbers = itertools.count()


@dataclass(frozen=True)
class Formulation:
    """One way to write a function.

    Attributes:
        arguments: their names, between commas.
        text: lines of Python; the value is the last of them.
    """

    arguments: str
    text: str

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions of array language that it uses."""
        return frozenset(compile(self._source, "formulation", "exec").co_consts[0].co_names) - _METHODS

    @property
    def is_own(self) -> bool:
        """Whether it uses a function that only some engines have."""
        return not self.functions <= set(NUMPY)

    @property
    def grows(self) -> bool:
        """Whether it takes longer arrays as well: it names no single entry."""
        return not re.search(r"\[\d", self.text)

    @property
    def _source(self) -> str:
        *before, last = self.text.split("\n")
        lines = [f"def formulation({self.arguments}):", *before, f"return {last}"]
        return "\n    ".join(lines) + "\n"

    def bound(self, namespace: Namespace) -> Callable[..., Any]:
        """The function of the arrays that this namespace is for; its source can be read, as replay needs it.

        Raises:
            KeyError: the namespace lacks one of the functions; the error names it.
        """
        name = f"/array-language/{next(_numbers)}.py"
        linecache.cache[name] = (len(self._source), None, self._source.splitlines(keepends=True), name)
        scope: dict[str, Any] = {function: namespace[function] for function in self.functions}
        exec(compile(self._source, name, "exec"), scope)
        return scope["formulation"]


_METHODS = frozenset({"T", "reshape", "shape"})  # of arrays, in every engine
