"""Is this backward pass right, and if not, which line is wrong and what should it be?

``check_backprop(function, *arguments)`` says it, ``assert_backprop`` fails a test, and ``true_gradient`` gives the true
gradient of any function written with NumPy, enclosed in intervals that provably contain it. In a notebook,
``%load_ext backproof`` brings ``%%backprop``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backproof.answer.assertion import Answer, assert_backprop, check_backprop
    from backproof.replay.gradient import Gradient, true_gradient
    from backproof.replay.refusal import NotFollowed, TooLarge

__all__ = ["Answer", "Gradient", "NotFollowed", "TooLarge", "assert_backprop", "check_backprop", "true_gradient"]

_HOMES = {
    "Answer": "backproof.answer.assertion",
    "Gradient": "backproof.replay.gradient",
    "NotFollowed": "backproof.replay.refusal",
    "TooLarge": "backproof.replay.refusal",
    "assert_backprop": "backproof.answer.assertion",
    "check_backprop": "backproof.answer.assertion",
    "true_gradient": "backproof.replay.gradient",
}


def __getattr__(name: str) -> Any:
    """Imported when it is asked for: ``import backproof`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'backproof' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext backproof`` calls."""
    from backproof.answer.notebook import load

    load(shell)
