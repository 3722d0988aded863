"""What the page about grading shows is so."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from backproof.__main__ import app
from backproof.grading.rubric import DEFAULT

PAGE = (Path(__file__).parents[1] / "docs" / "grading.md").read_text()


def test_the_rubric_is_the_default() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert shown == DEFAULT


def test_its_options_are_there() -> None:
    said = CliRunner().invoke(app, ["grade", "--help"], env={"COLUMNS": "200"}).output
    for option in set(re.findall(r"--[a-z]+", PAGE)):
        assert option in said, option
