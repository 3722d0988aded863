"""What the tests of several files share: the engines by name, a small comparison, and the schema of its results."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest
from pydantic import ConfigDict, TypeAdapter
from small_data import engine_file, small_dataset

from comparison import results
from comparison.experiment import compare_engines
from comparison.results import Results
from comparison.settings import Settings
from engines import COMPARED, ENGINES, BinaryClassifier, NotInstalled, load_engine

# A shell's background job ignores Ctrl-C, and under nohup the end of its terminal; so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# How a reason begins that nothing can be installed against, and that of an engine that is an extra.
OF_THE_SYSTEM, EXTRA = "this system", "an extra: "
INSTALLS = "apt-get install chromium clang dataset-fashion-mnist && make test  (on Debian)"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fail-on-skip", action="store_true", help="fail where a test is skipped that could have run")


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What was not tested, and the one command that would enable it."""
    skipped = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    if not skipped:
        return
    terminalreporter.section("not tested here")
    for reason, count in skipped.most_common():
        terminalreporter.write_line(f"{count} test{'s' if count > 1 else ''}: {reason}")
    missing = [reason for reason in skipped if not reason.startswith((OF_THE_SYSTEM, EXTRA))]
    if missing:
        terminalreporter.write_line(f"To test them: {INSTALLS}")
    if missing and config.getoption("--fail-on-skip"):
        terminalreporter.write_line("--fail-on-skip: this counts as a failure")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not session.config.getoption("--fail-on-skip") or session.exitstatus != 0:
        return
    skipped = reporter.stats.get("skipped", ())
    if any(not _reason(report).startswith((OF_THE_SYSTEM, EXTRA)) for report in skipped):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def skip_engine(name: str, error: Exception) -> NoReturn:
    """Skip a test of an engine that is not installed; of those that are compared by default, none may be missing."""
    pytest.skip(("" if name in COMPARED else EXTRA) + str(error))


@pytest.fixture(scope="session", params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[type[BinaryClassifier]]:
    """Each engine's class in turn; torch repeats its step by the plain loop, for compiling takes long."""
    try:
        loaded = load_engine(request.param)
    except NotInstalled as error:
        skip_engine(request.param, error)
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
    """comparison.results.Results, written with typing_extensions, for pydantic reads no other before Python 3.12."""
    source = Path(results.__file__).read_text()
    assert "from typing import" in source
    module = sys.modules["results_schema"] = ModuleType("results_schema")
    exec(source.replace("from typing import", "from typing_extensions import"), module.__dict__)
    for kind in list(vars(module).values()):
        if hasattr(kind, "__total__"):
            kind.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    return TypeAdapter(module.Results)
