"""Functions of two arrays, lifted to those of an array and a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def lifted(
    function: Callable[[Any, Any], Any], is_array: Callable[[Any], bool], filled: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    """A function of two arrays of which one may be a number.

    Args:
        is_array: whether something is an array of the library.
        filled: an array like another, of one number.
    """

    def of_two(x: Any, y: Any) -> Any:
        like = x if is_array(x) else y
        return function(*(v if is_array(v) else filled(like, v) for v in (x, y)))

    return of_two
