"""A pytest plug-in: ``pytest -p comparison.conformance.plugin --conform my_engine.py:MyEngine`` adds a test a check."""

from __future__ import annotations

from pathlib import Path

import pytest

from comparison.conformance.checks import CHECKS, Check
from comparison.conformance.kit import complaint
from engines import BinaryClassifier, EngineError, load_engine


class DoesNotConform(Exception):
    """A check has a complaint; the text is one sentence."""


class ConformanceItem(pytest.Item):
    """One check of one engine."""

    engine: type[BinaryClassifier]
    check: Check

    def runtest(self) -> None:
        """Raises: DoesNotConform."""
        if text := complaint(self.check, self.engine):
            raise DoesNotConform(f"{self.check.promise}; but {text}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002
        """The sentence alone, for the engine's author has no use for the kit's own lines."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands, as pytest prints it."""
        return self.path, None, self.name


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option ``--conform``, which may be given several times."""
    parser.addoption("--conform", action="append", default=[], metavar="FILE:CLASS", help="check this engine")


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the checks of the engines that were asked for.

    Raises:
        pytest.UsageError: an engine cannot be loaded.
    """
    for name in config.getoption("--conform"):
        try:
            engine = load_engine(name)
        except EngineError as error:
            raise pytest.UsageError(str(error)) from error
        for check in CHECKS:
            item = ConformanceItem.from_parent(session, name=f"{name}::{check.name}")
            item.engine, item.check = engine, check
            items.append(item)
