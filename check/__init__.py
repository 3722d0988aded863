"""Engines side by side, and a learner's own backward pass on trial.

``from check import assert_backprop`` for a test-suite; what it needs is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from check.assertion import Answer, assert_backprop, check_backprop

__all__ = ["Answer", "assert_backprop", "check_backprop"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from check import assertion

        return getattr(assertion, name)
    raise AttributeError(f"module 'check' has no attribute {name!r}")
