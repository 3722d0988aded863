"""Many edits of one expression are read at one place, and mean what Python says."""

from __future__ import annotations

import ast
import sys

import numpy as np
import pytest

from backproof.diagnosis.repair.kinds import expression
from backproof.diagnosis.repair.reading import Reading, parts_of

OWN = "a * (b - c[0]) @ d.T"


def reading() -> Reading:
    a, b, c, d = np.arange(6.0).reshape(2, 3), 2.0, [1.5, 3], np.ones((4, 3))
    assert a.size == 6 == len(d) + b < len(c) * 4
    return Reading(sys._getframe(), parts_of(ast.parse(OWN, mode="eval").body))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (OWN, np.arange(6.0).reshape(2, 3) * 0.5 @ np.ones((3, 4))),
        ("a.sum(axis=0)", [3.0, 5.0, 7.0]),
        ("a[:, 1:][::-1]", [[4.0, 5.0], [1.0, 2.0]]),
        ("(a > 1) * -b", [[0, 0, -2.0], [-2.0, -2.0, -2.0]]),
        ("np.maximum(a, *[b])", [[2.0, 2.0, 2.0], [3.0, 4.0, 5.0]]),
        ("[x * 2 for x in c]", [3.0, 6.0]),
        ("b if b > 1 else a", 2.0),
        ("1 - b ** 2 // 3", 0.0),
        ("a[..., None].shape[2]", 1),
    ],
)
def test_it_reads_what_python_reads(text: str, value: object) -> None:
    found = reading().value(expression(text))
    assert np.shape(found) == np.shape(value)
    assert np.array_equal(found, np.asarray(value))


@pytest.mark.parametrize("text", ["a @ a", "missing + 1", "c.nothing", "c[5]", "d(1)"])
def test_what_fails_fails_each_time(text: str) -> None:
    read = reading()
    for _ in range(2):
        with pytest.raises((ValueError, NameError, AttributeError, IndexError, TypeError)):
            read.value(expression(text))


def test_what_stands_in_the_program_is_read_once() -> None:
    times = []

    def count(x: float) -> float:
        times.append(x)
        return x

    own = ast.parse("count(1.0) + 2", mode="eval").body
    read = Reading(sys._getframe(), parts_of(own))
    for other in range(5):
        assert read.value(ast.BinOp(own, ast.Mult(), ast.Constant(other))) == 3.0 * other
    assert times == [1.0]
    assert count(2.0) == 2.0
