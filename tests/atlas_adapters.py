"""The atlas's adapters, for tests: where an engine is not installed, the test is skipped and says why."""

from __future__ import annotations

from comparison.atlas.adapters import Adapter, NotThere, load
from tests.conftest import skip_engine


def adapter(name: str) -> Adapter:
    """The adapter of an engine."""
    try:
        return load(name)
    except NotThere as error:
        skip_engine(name, error)
