"""``backproof check FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backproof.ending import say

HINT = "Give away 0 the verdict, 1 the gradients, 2 the line, 3 what it should be, 4 the patch."


def check(
    file: Annotated[
        str | None, typer.Argument(help="A Python file or notebook with backprop and example, or what --example is of.")
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Write two files to start from: softmax, class or course.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the answer to this file.")] = None,
    page: Annotated[Path | None, typer.Option(help="Write it as a page of your program to this file.")] = None,
    seconds: Annotated[float, typer.Option(help="How long the file may run.")] = 20,
    memory: Annotated[int, typer.Option(help="How many MiB it may use.")] = 2048,
    output: Annotated[bool, typer.Option("--output", help="Show what the file printed.")] = False,
    hint: Annotated[int, typer.Option(min=0, max=4, help=HINT)] = 4,
) -> None:
    """Check a backward pass of any network: the line that is wrong, and a change of it that is proven."""
    if example:
        from backproof.answer.starters import write

        for path in write(file or "softmax", Path()):
            say(f"wrote {path}")
        return
    if file is None:
        raise typer.BadParameter("which file? (--example writes one to start from)")
    from backproof.answer.command import check, in_colour
    from backproof.answer.text import width_of_terminal

    width = width_of_terminal()
    text, status = check(
        Path(file), json=json, page=page, seconds=seconds, memory=memory, show_output=output, hint=hint, width=width
    )
    say(in_colour(text).rstrip("\n"))
    raise typer.Exit(status)


def for_the_user(error: Exception) -> str | None:
    """What an error of this library says to the user who can mend it; None for a mistake of ours."""
    from backproof.diagnosis.apart import LimitError

    return str(error) if isinstance(error, LimitError) else None
