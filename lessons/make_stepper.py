"""Makes the stepper: a page that walks through programs line by line, with and without a mistake.

``python -m lessons.make_stepper`` writes ``stepper.html`` here, with all example programs.
``python -m lessons.make_stepper my_net.py --to my_net.html`` makes one of a file of your own, which must define
``backprop`` and ``example``; a name without ``.py`` is an example program.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lessons.planting import names
from lessons.stepping.page import page
from lessons.stepping.story import CannotShow, Story, example_story, own_story

HERE = Path(__file__).parent
ORDER = ("two_layers", "three_classes", "batch_norm", "convolution", "recurrent", "attention")


def stories(programs: Sequence[str]) -> list[Story]:
    """Of these programs: names of examples, or paths.

    Raises:
        CannotShow: there is no such program, or it cannot be replayed.
    """
    return [example_story(one) if one in names() else own_story(Path(one)) for one in programs]


def main(words: Sequence[str]) -> int:
    """What the command does; 2 for a program that cannot be shown."""
    parser = argparse.ArgumentParser(prog="python -m lessons.make_stepper", description="Make a stepper of programs.")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=f"a file, or one of {', '.join(names())}")
    parser.add_argument("--to", type=Path, metavar="PAGE", help="where to write; it must end in .html")
    given = parser.parse_args(words)
    to = given.to or (Path("my_stepper.html") if given.programs else HERE / "stepper.html")
    if to.suffix != ".html":
        parser.error(f"--to is {to}: a page must end in .html")
    try:
        to.write_text(page(stories(given.programs or ORDER)), encoding="utf-8")
    except (CannotShow, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"wrote {to}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
