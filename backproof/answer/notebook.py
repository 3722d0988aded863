"""In a notebook: ``%load_ext backproof``, then ``%%backprop`` on the cell that defines a backward pass."""

from __future__ import annotations

import ast
import shlex
import types
from typing import Any, Protocol

from backproof.answer.assertion import Answer, check_backprop
from backproof.answer.hints import PATCH, VERDICT
from backproof.replay.refusal import NotFollowed


class Shell(Protocol):
    """What is needed of IPython's."""

    user_ns: dict[str, Any]

    def run_cell(self, cell: str) -> Any:
        """Run a cell as if it had been typed in."""

    def register_magic_function(self, function: Any, magic_kind: str, magic_name: str) -> None:
        """Make a function a magic."""


def load(shell: Shell) -> None:
    """Register the magic."""

    def backprop(line: str, cell: str) -> Answer | None:
        """Run the cell, and judge the backward pass that it defines; ``--hint 0`` to ``4`` gives away less or more."""
        hint = _hint(line)
        if hint is None:
            print("%%backprop takes nothing but --hint 0 to --hint 4")
            return None
        done = shell.run_cell(cell)
        if not done.success:  # IPython has shown why
            return None
        function = _function(cell, shell.user_ns)
        if function is None:
            print("This cell defines no function to be judged: write backprop(...), which returns loss, gradients.")
            return None
        try:
            return Answer(check_backprop(function).diagnosis, hint)
        except (TypeError, NotFollowed) as error:
            print(f"backprop could not be judged: {error}")
            return None

    shell.register_magic_function(backprop, "cell", "backprop")


def _hint(line: str) -> int | None:
    words = shlex.split(line)
    if not words:
        return PATCH
    if len(words) != 2 or words[0] != "--hint" or words[1] not in map(str, range(VERDICT, PATCH + 1)):
        return None
    return int(words[1])


def _function(cell: str, names: dict[str, Any]) -> types.FunctionType | None:
    """Of the cell ``backprop``, or else its last function; of a cell without any the ``backprop`` of one before."""
    defined = [node.name for node in ast.parse(_plain(cell)).body if isinstance(node, ast.FunctionDef)]
    wanted = ["backprop"] if "backprop" in defined or not defined else defined[-1:]
    for name in wanted:
        if isinstance(names.get(name), types.FunctionType):
            return names[name]
    return None


def _plain(cell: str) -> str:
    """Without the lines that only a notebook understands."""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in cell.split("\n"))
