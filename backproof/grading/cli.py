"""``backproof grade FOLDER``."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from backproof.ending import say

HINT = "Tell students 0 the verdict, 1 the gradients, 2 the line, 3 what it should be, 4 the patch."


def grade(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder or zip: one file or folder a student, or a course system's export.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder for what is written.")] = None,
    rubric: Annotated[Path | None, typer.Option(help="A TOML file that says what a gradient is worth.")] = None,
    hint: Annotated[int, typer.Option(min=0, max=4, help=HINT)] = 4,
    file: Annotated[str | None, typer.Option(help="The name that the judged file has.")] = None,
    seconds: Annotated[float, typer.Option(help="How long each program may run.")] = 20,
    memory: Annotated[int, typer.Option(help="How many MiB each may use.")] = 2048,
    workers: Annotated[int | None, typer.Option(min=1, help="How many at once; by default one a processor.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="The address of a Dask cluster to run them on.")] = None,
    autograder: Annotated[Path | None, typer.Option(help="Write a zip for Gradescope instead.")] = None,
    example: Annotated[bool, typer.Option("--example", help="Write a rubric to start from.")] = False,
) -> None:
    """Grade the programs of a class: points for each gradient, feedback for each student, a page of the class."""
    from backproof.grading.command import Order
    from backproof.grading.command import grade as grade_all
    from backproof.many.folder import write
    from backproof.many.progress import progress

    if example:
        from backproof.grading.rubric import DEFAULT

        target = out or Path("rubric.toml")
        if target.exists():
            raise OSError(f"{target} is there already")
        write(target, DEFAULT.encode())
        say(f"wrote {target}")
        return
    if autograder:
        from backproof.diagnosis.apart import check_limits
        from backproof.grading import gradescope
        from backproof.grading.rubric import read_rubric

        if autograder.exists() and not gradescope.is_autograder(autograder):
            raise OSError(f"{autograder} is there already, and Backproof did not write it")
        check_limits(seconds, memory)
        settings = gradescope.Settings(read_rubric(rubric), hint, file, seconds, memory)
        write(autograder, gradescope.autograder(settings))
        say(f"wrote {autograder}: upload it as the autograder of a programming assignment on Gradescope")
        return
    if folder is None:
        raise typer.BadParameter("which folder? (--autograder writes a zip for Gradescope, --example a rubric)")
    target = out or Path(f"{folder.resolve().stem}-grades")
    order = Order(folder, target, rubric, hint, file, seconds, memory, workers, scheduler)
    with progress("graded", _tell) as watch:
        grades = grade_all(order, _tell, watch)
    counts = Counter(one.verdict for one in grades)
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    say(f"{len(grades)} programs: {said}\n\n{target / 'grades.csv'}\n{target / 'class.html'}\n{target / 'feedback'}")
    if counts["not graded"]:
        _tell(f"{counts['not graded']} could not be graded; the same command tries again")
        raise typer.Exit(1)


def _tell(text: str) -> None:
    print(f"backproof: {text}", file=sys.stderr)
