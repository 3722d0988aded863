"""What the tests of several files share: the engines by name, a small comparison, and the schema of its results."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter
from small_data import engine_file, small_dataset

from check import results
from check.experiment import compare_engines
from check.results import Results
from check.training import Settings
from engines import ENGINES, BinaryClassifier, NotInstalled, load_engine

# A shell's background job ignores Ctrl-C, and under nohup the end of its terminal; so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[type[BinaryClassifier]]:
    """Each engine's class in turn; torch repeats its step by the plain loop, for compiling takes long."""
    try:
        loaded = load_engine(request.param)
    except NotInstalled as error:
        pytest.skip(str(error))
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "torch":
            from engines import torch_engine

            patch.setattr(torch_engine.scan, "loop", "plain loop")
        yield loaded


@pytest.fixture(scope="session")
def two_alike(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The comparison of NumPy, asked for twice, and a copy of it, on small data; to be left as it is."""
    copy = engine_file(tmp_path_factory.mktemp("copy") / "copy.py")
    return compare_engines(["numpy", copy, "numpy"], small_dataset(), Settings(epochs=2, hidden=3, learning_rate=0.5))


@pytest.fixture(scope="session")
def schema() -> TypeAdapter[Any]:
    """check.results.Results, written with typing_extensions, for pydantic reads no other before Python 3.12."""
    source = Path(results.__file__).read_text()
    assert "from typing import" in source
    module = sys.modules["results_schema"] = ModuleType("results_schema")
    exec(source.replace("from typing import", "from typing_extensions import"), module.__dict__)
    for kind in list(vars(module).values()):
        if hasattr(kind, "__total__"):
            kind.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    return TypeAdapter(module.Results)
