"""The arguments of a formula at a size where its cost is that of its arithmetic."""

from __future__ import annotations

import numpy as np

from comparison.atlas.family import Family


def grown(family: Family, dtype: str, size: int) -> tuple[np.ndarray, ...] | None:
    """Ordinary arguments of a family, of at most ``size`` entries each; None where its formulas name single entries.

    An array keeps its number of dimensions: all of them grow by the same factor, so that they still fit together.
    """
    if not family.truth.grows:
        return None
    call = family.arguments.calls(family.name, "ordinary", dtype)[0]
    if family.arguments.elementwise:
        return tuple(np.resize(a, size) for a in call)
    factor = max(1, min(int((size / a.size) ** (1 / a.ndim)) for a in call))
    return tuple(np.resize(a, [length * factor for length in a.shape]) for a in call)
