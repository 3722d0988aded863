"""What the page about ``true_gradient`` shows works as it stands, and sees the mistake that it speaks of."""

from __future__ import annotations

import linecache
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "true-gradient.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def run(*blocks: str) -> str:
    space: dict[str, Any] = {}
    printed = StringIO()
    plain = np.printoptions(precision=8, suppress=False, floatmode="maxprec", linewidth=75)
    with redirect_stdout(printed), plain:
        for number, block in enumerate(blocks):
            name = f"<block {number}>"
            linecache.cache[name] = (len(block), None, block.splitlines(keepends=True), name)  # as a notebook does it
            exec(compile(block, name, "exec"), space)
    return printed.getvalue()


def test_the_first_answer_is_real() -> None:
    [shown] = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert run(BLOCKS[0]) == shown


@pytest.mark.parametrize("block", BLOCKS[1:], ids=["torch", "jax"])
def test_an_example_holds(block: str) -> None:
    run(BLOCKS[0], block)


@pytest.mark.parametrize(
    ("number", "right", "wrong"),
    [(1, "a + z * a * (1 - a)", "a + z * a"), (2, "upstream * jnp.tanh(z)", "upstream * jnp.tanh(z) ** 2")],
    ids=["torch", "jax"],
)
def test_an_example_fails_on_a_mistake(number: int, right: str, wrong: str) -> None:
    assert right in BLOCKS[number]
    with pytest.raises(AssertionError):
        run(BLOCKS[0], BLOCKS[number].replace(right, wrong))
