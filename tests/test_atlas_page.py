"""The page about the atlas: its findings are what its programs print, its commands and its table are those of today."""

from __future__ import annotations

import linecache
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer

from comparison.atlas.command import atlas
from comparison.atlas.families import FAMILIES
from tests.atlas_adapters import adapter

PAGE = (Path(__file__).parents[1] / "docs" / "atlas.md").read_text()
SECTIONS = dict(re.findall(r"^### (.*?)\n(.*?)(?=^### |\Z)", PAGE, re.DOTALL | re.MULTILINE))
LIBRARIES = {
    "PyTorch": "torch",
    "JAX": "jax",
    "HIPS autograd": "autograd",
    "tinygrad": "tinygrad",
    "TensorFlow": "tensorflow",
}


def test_every_engine_has_its_findings() -> None:
    assert SECTIONS.keys() == LIBRARIES.keys()


@pytest.mark.parametrize("engine", LIBRARIES)
def test_a_finding_is_what_its_program_prints(engine: str) -> None:
    adapter(LIBRARIES[engine])
    space: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```.*?```text\n(.*?)```", SECTIONS[engine], re.DOTALL)
    assert blocks
    for number, (block, shown) in enumerate(blocks):
        name = f"<{engine} {number}>"
        linecache.cache[name] = (len(block), None, block.splitlines(keepends=True), name)  # as a notebook does it
        printed = StringIO()
        with redirect_stdout(printed):
            exec(compile(block, name, "exec"), space)
        assert printed.getvalue() == shown


def test_the_commands_have_the_options_that_are_shown() -> None:
    command = typer.main.get_command(atlas)
    shown = re.findall(r"^python compare.py atlas( \w+)?(.*?)(?:  +#.*)?$", PAGE, re.MULTILINE)
    assert len(shown) >= 6
    for name, options in shown:
        of = command.commands[name.strip()] if name else command
        known = {option for parameter in of.params for option in parameter.opts}
        assert {word for word in options.split() if word.startswith("--")} <= known, (name, options)


def test_the_table_of_times_has_the_formulations_of_its_function() -> None:
    section = PAGE.partition("## Time beside digits")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(.*?)` \|", section, re.MULTILINE)
    softplus = next(family for family in FAMILIES if family.name == "softplus")
    assert rows == [formulation.text for formulation in softplus.formulations]
