"""The results as JSON, strict enough for any reader: a number that is not finite becomes null."""

from __future__ import annotations

import json
import math
from typing import Any, BinaryIO

from comparison.results import Results


def dump(results: Results, file: BinaryIO) -> None:
    file.write((json.dumps(strict(results), indent=1, allow_nan=False) + "\n").encode())


def strict(results: Results) -> Results:
    """The results as a reader of the file has them."""
    return _finite(results)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
