"""The JSON is strict: any reader can read it, and what is not finite is null."""

from __future__ import annotations

import io
import json
import math
from typing import Any

from report.results_file import dump


def written(results: Any) -> bytes:
    file = io.BytesIO()
    dump(results, file)
    return file.getvalue()


def test_numbers_that_are_not_finite_become_null_at_any_depth() -> None:
    results: dict[str, Any] = {"a": [1.5, math.nan, {"b": math.inf}], "c": -math.inf, "d": [[0, 1], [2, 3]]}
    assert json.loads(written(results)) == {"a": [1.5, None, {"b": None}], "c": None, "d": [[0, 1], [2, 3]]}
    assert b"NaN" not in written(results)
    assert math.isnan(results["a"][1])  # the results themselves are left alone


def test_every_digit_of_a_float_survives() -> None:
    numbers = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0]
    assert json.loads(written({"losses": numbers}))["losses"] == numbers


def test_words_survive() -> None:
    text = 'a path/ü.py:Class "quoted"\n'
    assert json.loads(written({"name": text, "flag": True, "nothing": None})) == {
        "name": text,
        "flag": True,
        "nothing": None,
    }
