"""A learner's file as a program: parsed, loaded as often as wanted, and whatever it raises turned into a reason.

And what it is given: the arrays of the request, by name, and whether it has written into them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from check.stores import Source, read_source
from engines.interface import Parameters

INPUTS = ("X", "y", *Parameters._fields)
MODULE = "learner_file"


class CannotRun(Exception):
    """The file cannot be judged; the reason is one sentence."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Program:
    """A learner's file: its source, and a fresh run of it whenever it is loaded."""

    def __init__(self, path: str, memory: int) -> None:
        self.path = path
        self.memory = memory
        try:
            source = Path(path).read_bytes()
        except OSError as error:
            raise CannotRun(f"the file cannot be read: {error.strerror}") from None
        try:
            self.tree = ast.parse(source, path)
            self.code = compile(source, path, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise CannotRun(f"the file is not Python: {error.msg}", error.lineno) from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise CannotRun(f"the file is not Python: {error}") from None
        self.source: Source = read_source(self.tree)

    def load(self) -> ModuleType:
        """Run the file as a new module.

        Raises:
            CannotRun: it raised an exception or ended the process.
        """
        module = ModuleType(MODULE)
        module.__file__ = self.path
        sys.modules[MODULE] = module
        self.guarded("loading the file", exec, self.code, module.__dict__)
        return module

    def guarded(self, doing: str, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        """Call something of the learner's; whatever it raises becomes CannotRun, with the line of their file."""
        try:
            return function(*arguments, **keywords)
        except SystemExit as error:
            status = 0 if error.code is None else error.code
            reason = f"the file ended the process with status {status!r} before {doing} was done"
            raise CannotRun(reason, self.line_of(error)) from None
        except MemoryError as error:
            reason = f"{doing} took more memory than the {self.memory} MiB allowed"
            raise CannotRun(reason, self.line_of(error)) from None
        except SyntaxError as error:
            line = error.lineno if error.filename == self.path else self.line_of(error)
            raise CannotRun(f"{doing} raised {type(error).__name__}: {error.msg}", line) from None
        except BaseException as error:
            says = _said_by(error)
            reason = f"{doing} raised {type(error).__name__}{': ' if says else ''}{says}"
            raise CannotRun(reason, self.line_of(error)) from None

    def line_of(self, error: BaseException) -> int | None:
        """The line of the learner's file where this was raised, or where what raised it was called."""
        line, step = None, error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename == self.path:
                line = step.tb_lineno
            step = step.tb_next
        return line

    def defined_at(self, name: str) -> int | None:
        """The line of a function's or a class's definition."""
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        return next((node.lineno for node in self.tree.body if isinstance(node, kinds) and node.name == name), None)


def _said_by(error: BaseException) -> str:
    """An exception's own words, if it has any and gives them."""
    try:
        return " ".join(str(error).split())[:300]
    except BaseException:  # the exception may be the learner's own
        return ""


def visits(arrays: dict[str, np.ndarray]) -> Iterator[tuple[int, int]]:
    """The numbers of the probes in order, and how often each was called before: the first one twice."""
    probe = 0
    while f"p{probe}_X" in arrays:
        yield probe, 0
        if probe == 0:
            yield probe, 1
        probe += 1


def inputs_of(arrays: dict[str, np.ndarray], prefix: str) -> tuple[np.ndarray, np.ndarray, Parameters]:
    """X (n, d), y (n,) and the parameters that the request holds under this prefix."""
    X, y, *parameters = (arrays[prefix + name] for name in INPUTS)
    return X, y, Parameters(*parameters)


def raw(arrays: Sequence[np.ndarray]) -> list[bytes]:
    """The bits of X, y and the four parameters, to be compared later."""
    return [array.tobytes() for array in arrays]


def changed(before: list[bytes], arrays: Sequence[np.ndarray]) -> list[str]:
    """The names of those that no longer have the bits they had."""
    return [name for name, old, new in zip(INPUTS, before, raw(arrays), strict=True) if old != new]
