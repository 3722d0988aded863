"""The arguments of a sweep: every number of a small type, or numbers of all exponents of a large one."""

from __future__ import annotations

from functools import cache

import numpy as np

from comparison.atlas.types_of_numbers import FloatType


def every(kind: FloatType) -> np.ndarray:
    """Every finite number of a type of 16 bits, both zeros once, from below."""
    significands = np.arange(2 ** (kind.bits - 1), 2**kind.bits)
    exponents = np.arange(kind.least, kind.most)
    normal = np.ldexp(significands[None, :] * 1.0, exponents[:, None] - kind.bits + 1).ravel()
    subnormal = np.arange(1, 2 ** (kind.bits - 1)) * kind.subnormal
    sizes = np.concatenate([subnormal, normal])
    return np.concatenate([-sizes[::-1], [0.0], sizes])


def spread(kind: FloatType, count: int, random: np.random.Generator) -> np.ndarray:
    """So many numbers, of both signs and all exponents alike, subnormal ones among them, from below."""
    exponents = random.uniform(kind.least - kind.bits + 1, kind.most, count)
    sizes = kind.rounded(np.minimum(np.exp2(exponents - 1) * 2 * random.uniform(0.5, 1, count), kind.largest))
    return np.unique(sizes * random.choice([-1.0, 1.0], count))


@cache
def arguments(kind: FloatType, count: int, of_two: bool, seed: int = 0) -> tuple[np.ndarray, ...]:
    """What a function is asked at; of two numbers, a random sample of pairs, half of them of like size."""
    random = np.random.default_rng(seed)
    if not of_two:
        return (every(kind),) if kind.bits < 16 else (spread(kind, count, random),)
    x = random.permutation(spread(kind, count, random))
    with np.errstate(over="ignore"):
        near = kind.rounded(x * np.exp2(random.uniform(-4, 4, len(x))) * random.choice([-1.0, 1.0], len(x)))
    far = kind.rounded(random.permutation(x))
    y = np.where((np.arange(len(x)) % 2 == 0) & np.isfinite(near), near, far)
    order = np.argsort(x)
    return x[order], y[order]
