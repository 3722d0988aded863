"""The atlas's adapters, for tests: where an engine is not installed, the test is skipped and says why."""

from __future__ import annotations

import pytest

from comparison.atlas.adapters import Adapter, NotThere, load
from engines import COMPARED
from tests.conftest import EXTRA


def adapter(name: str) -> Adapter:
    """The adapter of an engine."""
    try:
        return load(name)
    except NotThere as error:
        pytest.skip(("" if name in COMPARED else EXTRA) + str(error))
