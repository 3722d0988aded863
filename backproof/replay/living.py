"""A living function as a program: of a test, a notebook or a session, which is loaded by making twins of it."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Mapping
from typing import Any

from backproof.replay.loading import Program, World
from backproof.replay.refusal import NotFollowed
from backproof.replay.twins import Twins

FUNCTION, ARGUMENTS = "backprop", "__backproof_arguments__"  # under these names they are found


class LivingProgram(Program):
    """A function, and what makes its arguments.

    Args:
        function: an ordinary function, a bound method or a partial.
        arguments: makes them by name, new ones each time.

    Raises:
        NotFollowed: its source cannot be read.
    """

    def __init__(self, function: Callable[..., Any], arguments: Callable[[], Mapping[str, Any]]) -> None:
        plain = inspect.unwrap(function)
        plain = getattr(plain, "func", plain)  # of a partial
        code = getattr(plain, "__code__", None)
        text = "".join(linecache.getlines(code.co_filename)) if code is not None else ""
        if not text:
            raise NotFollowed(f"{getattr(function, '__name__', function)!s}, whose source cannot be read,")
        assert code is not None
        super().__init__(code.co_filename, text)
        self.function, self.arguments = function, arguments

    def made(self, twins: Twins) -> Any:
        """The function to call: a twin."""
        return twins.of(self.function)

    def load(self, world: World, only: frozenset[int] | None = None) -> Any:
        """Twins of the function, and of the arguments that are made."""
        return _Living(self, world, only)


class _Living:
    """What ``Loaded`` is for a file."""

    def __init__(self, program: LivingProgram, world: World, only: frozenset[int] | None) -> None:
        self._twins = Twins(world, program, only)  # type: ignore[arg-type]
        self.namespace: dict[str, Any] = {
            FUNCTION: program.made(self._twins),
            ARGUMENTS: lambda: self._twins.of(dict(program.arguments())),
        }

    def close(self) -> None:
        """Nothing is left."""

    def __enter__(self) -> _Living:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def replace_hook(self, name: str, hook: Callable[..., Any]) -> None:
        """Let another function be called by the hooks of this name."""
        self._twins.replace_hook(name, hook)
