"""A living function is judged where it stands: a function, a method, a closure, in a test or a notebook."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from backproof import assert_backprop, check_backprop

Arguments = dict[str, Any]


def example() -> Arguments:
    rng = np.random.default_rng(2)
    return {"X": rng.normal(size=(4, 3)), "y": rng.normal(size=4), "w": rng.normal(size=3)}


def slope(h: Any) -> Any:
    return 1 - h**2


def right(X: Any, y: Any, w: Any) -> Any:
    h = np.tanh(X @ w)
    loss = ((h - y) ** 2).sum()
    return loss, {"w": X.T @ (2 * (h - y) * slope(h))}


def wrong(X: Any, y: Any, w: Any) -> Any:
    h = np.tanh(X @ w)
    loss = ((h - y) ** 2).sum()
    return loss, {"w": X.T @ ((h - y) * slope(h))}


class Unit:
    def __init__(self, w: np.ndarray) -> None:
        self.w = w

    def backprop(self, X: Any, y: Any) -> Any:
        h = X @ self.w
        return ((h - y) ** 2).sum(), {"X": 2 * np.outer(h - y, self.w)}


def test_what_is_right_passes() -> None:
    assert_backprop(right, **example())
    assert_backprop(right)  # with the example beside it
    assert check_backprop(right, *example().values()).diagnosis.probes == 3


def test_what_is_wrong_fails_with_the_line_and_the_patch() -> None:
    with pytest.raises(AssertionError) as failure:
        assert_backprop(wrong, **example())
    said = str(failure.value)
    assert "+ return loss, {" in said
    assert "Proven" in said
    line = wrong.__code__.co_firstlineno + 3
    assert f".py:{line}:" in said
    assert [c.line for c in check_backprop(wrong, **example()).diagnosis.culprits] == [line]


def test_the_arguments_stay_as_they_are() -> None:
    given = example()
    before = {name: value.copy() for name, value in given.items()}
    check_backprop(wrong, **given)
    assert all(np.array_equal(given[name], before[name]) for name in given)


def test_methods_partials_and_closures() -> None:
    given = example()
    unit = Unit(given.pop("w"))
    assert_backprop(unit.backprop, **given)

    def scaled(X: Any, y: Any, w: Any, times: float) -> Any:
        loss, gradients = right(X, y, w)
        return times * loss, {"w": times * gradients["w"]}

    assert_backprop(functools.partial(scaled, times=3.0), **example())


def test_what_is_no_function_is_said() -> None:
    with pytest.raises(TypeError, match="a function or the path of a file is asked for"):
        check_backprop(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="missing a required argument"):
        check_backprop(right, y=1.0)
