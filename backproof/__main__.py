"""``backproof check FILE`` and ``backproof grade FOLDER``: the commands of the library by itself."""

from __future__ import annotations

import typer

from backproof.answer.cli import check, for_the_user
from backproof.ending import ending_well
from backproof.grading.cli import grade

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def backproof() -> None:
    """Is this backward pass right, and if not, which line is wrong and what should it be?"""


app.command()(check)
app.command()(grade)


def main() -> None:
    """Run the command. Exit status: 0 correct, 1 wrong or fragile, 2 cannot run; see ``backproof.ending`` for more."""
    ending_well("backproof", lambda: app(standalone_mode=False), for_the_user)


if __name__ == "__main__":
    main()
