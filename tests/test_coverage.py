"""The page of what is followed is what the tables say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backproof.replay.coverage import followed_ufuncs, groups, page
from backproof.replay.operands import FUNCTIONS
from backproof.replay.rules import RULES

PAGE = Path(__file__).parents[1] / "docs" / "replay-coverage.md"


def test_the_page_is_made_from_the_tables() -> None:
    written, made = (text.splitlines() for text in (PAGE.read_text(), page()))
    # Which functions there are to refuse, and a few newer ones to follow, differs between versions of NumPy.
    kept = [[line for line in text if not line.startswith("**")] for text in (written, made)]
    assert kept[0] == kept[1]


def test_everything_in_the_tables_is_on_the_page() -> None:
    text = PAGE.read_text()
    for name in {*FUNCTIONS, *RULES}:
        if "." not in name.replace("scipy.special.", "").replace("linalg.", "").replace("random.", ""):
            assert f"`{name.removeprefix('scipy.special.')}`" in text, name


def test_every_function_is_in_one_group() -> None:
    names = [name for group in groups("", np).values() for name in group] + [name for name, _ in followed_ufuncs()]
    assert len(names) == len(set(names))
    assert {"add", "sum", "where", "reshape", "argmax", "interp"} <= set(names)


@pytest.mark.parametrize(("name", "variant"), [("add", "at"), ("multiply", "accumulate"), ("maximum", "reduce")])
def test_variants_are_told(name: str, variant: str) -> None:
    assert variant in dict(followed_ufuncs())[name]
