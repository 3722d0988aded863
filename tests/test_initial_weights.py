"""The weights every engine starts from: random, repeatable, and the same real numbers in either dtype."""

from __future__ import annotations

import numpy as np
import pytest

from engines import initial_weights
from engines.interface import Parameters, shapes


@pytest.mark.parametrize(("d", "h"), [(784, 12), (5, 3), (1, 1)])
def test_shapes_and_dtypes(d: int, h: int) -> None:
    for field, array in initial_weights(d, h, 0)._asdict().items():
        assert array.dtype == np.float64
        assert array.shape == shapes(1, d, h)[field]


def test_float32_holds_them_exactly() -> None:
    assert all(np.array_equal(p, p.astype(np.float32)) for p in initial_weights(784, 12, 0))


def test_weights_and_biases_are_uniform_in_the_range_of_their_fan_in() -> None:
    drawn = [initial_weights(100, 25, seed) for seed in range(200)]
    for field, bound in zip(Parameters._fields, (0.1, 0.1, 0.2, 0.2), strict=True):
        numbers = np.concatenate([getattr(p, field).ravel() for p in drawn])
        assert np.abs(numbers).max() <= bound
        assert np.abs(numbers).max() >= 0.95 * bound
        assert abs(numbers.mean()) <= 5 * bound / np.sqrt(3 * len(numbers))  # five standard errors
        assert abs(np.mean(np.abs(numbers) < bound / 2) - 0.5) <= 2.5 / np.sqrt(len(numbers))


def test_the_seed_decides() -> None:
    first, again, other = (initial_weights(5, 3, seed) for seed in (0, 0, 1))
    assert all(map(np.array_equal, first, again))
    assert not any(map(np.array_equal, first, other))
