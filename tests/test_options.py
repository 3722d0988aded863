"""Which engines the command compares."""

from __future__ import annotations

import pytest

from comparison.options import chosen_engines
from engines import COMPARED, ENGINES


@pytest.mark.parametrize(
    ("listed", "names", "left_out"),
    [
        (None, COMPARED, True),
        ("all", ENGINES, True),
        (" all ", ENGINES, True),
        ("autograd,tinygrad", ("autograd", "tinygrad"), False),
        ("numpy, all", ("numpy", "all"), False),  # which is no engine, and refused
    ],
)
def test_engines_by_name(listed: str | None, names: tuple[str, ...], left_out: bool) -> None:
    assert chosen_engines(listed) == (list(names), left_out)
