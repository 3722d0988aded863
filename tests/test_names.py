"""Engines are called by short names, each still by its own."""

from __future__ import annotations

import copy
from typing import Any

from report.names import by_short_names

RESULTS: Any = {
    "engines": {"numpy": {"losses": [1.0]}, "../mine.py:Mine": {}, "a/x.py:X": {}, "b/x.py:X": {}},
    "verdicts": [{"engine": "../mine.py:Mine", "line": "Z1"}],
    "rulings": [{"closest": ["../mine.py:Mine", "numpy"], "median_ulps": {"../mine.py:Mine": 1.0}}],
    "agreement": {"reasons": [{"engine": "c/broken.py:E", "text": "breaks"}]},
}


def test_a_path_is_left_out_where_the_name_stays_its_own() -> None:
    before = copy.deepcopy(RESULTS)
    found: Any = by_short_names(RESULTS)
    assert list(found["engines"]) == ["numpy", "mine.py:Mine", "a/x.py:X", "b/x.py:X"]
    assert found["verdicts"] == [{"engine": "mine.py:Mine", "line": "Z1"}]
    assert found["rulings"] == [{"closest": ["mine.py:Mine", "numpy"], "median_ulps": {"mine.py:Mine": 1.0}}]
    assert found["agreement"]["reasons"] == [{"engine": "broken.py:E", "text": "breaks"}]
    assert before == RESULTS
    assert by_short_names(found) == found
