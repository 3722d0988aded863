"""Dicts, lists and tuples of arrays, taken apart and put together as JAX does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def mapped(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """The same structure of what a function makes of each leaf, and of those in the same places of other trees."""
    if isinstance(tree, dict):
        return {key: mapped(function, tree[key], *(other[key] for other in others)) for key in tree}
    if isinstance(tree, list | tuple):
        parts = [mapped(function, *each) for each in zip(tree, *others, strict=True)]
        return tree._make(parts) if hasattr(tree, "_make") else type(tree)(parts)
    return None if tree is None else function(tree, *others)


def leaves_of(tree: Any) -> list[Any]:
    """Its leaves, in order; those of a dict in the order of its keys sorted."""
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves_of(tree[key])]
    if isinstance(tree, list | tuple):
        return [leaf for part in tree for leaf in leaves_of(part)]
    return [] if tree is None else [tree]
