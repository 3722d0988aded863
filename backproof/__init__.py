"""The true gradient of any function written with NumPy, enclosed in intervals that provably contain it: ``true_gradient``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backproof.replay.gradient import Gradient, true_gradient
    from backproof.replay.refusal import NotFollowed, TooLarge

__all__ = ["Gradient", "NotFollowed", "TooLarge", "true_gradient"]

_HOMES = {
    "Gradient": "backproof.replay.gradient",
    "NotFollowed": "backproof.replay.refusal",
    "TooLarge": "backproof.replay.refusal",
    "true_gradient": "backproof.replay.gradient",
}


def __getattr__(name: str) -> Any:
    """Imported when it is asked for: ``import backproof`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'backproof' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
