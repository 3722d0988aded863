"""Makes the notebooks from the lessons' sources: those for learners, with lines to write, and the solved ones.

``python -m lessons.make_notebooks 01 05`` makes those of lessons 1 and 5; without a number, of all.
"""

from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

HERE = Path(__file__).parent
SOURCES = tuple(sorted(HERE.glob("[0-9][0-9]_*.py")))
SECONDS = 300  # that a cell may run

# In the place of "# start": the project lies here, one folder up, or two. If it doesn't, the error shows this line.
START = (
    'import sys; sys.path += ["..", "../.."]; import lessons.start'
    "  # No such module? Open this notebook in a copy of the whole project."
)
WRITE = re.compile(r"^(?P<indent> *)# write: (?P<what>.*)\n(?P<lines>(?:.*\n)*?) *# end$", re.MULTILINE)


def learners(source: Path, place: int | None = None) -> NotebookNode:
    """A lesson in which the lines to write are missing: each place raises an error that says what belongs there.

    With a place, counted from 0, only the lines of that place are missing.
    """
    places = itertools.count()

    def missing(found: re.Match[str]) -> str:
        return _stub(found) if place in (None, next(places)) else _solution(found)

    return notebook(source, WRITE.sub(missing, source.read_text(encoding="utf-8")))


def solved(source: Path) -> NotebookNode:
    """A lesson with all its lines, not yet run."""
    return notebook(source, WRITE.sub(_solution, source.read_text(encoding="utf-8")))


def run(notebook: NotebookNode) -> NotebookNode:
    """The same notebook with what its cells gave, run from top to bottom in the lessons' folder.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell raised an error.
    """
    NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(HERE)}},
    ).execute()
    notebook.metadata.pop("language_info", None)  # the version of Python that ran it
    return notebook


def notebook(source: Path, text: str) -> NotebookNode:
    notebook = jupytext.reads(text.replace("\n# start\n", f"\n{START}\n"), fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    )
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"{source.stem[:2]}-{number:02}"
    return notebook


def _stub(found: re.Match[str]) -> str:
    what = found["what"]
    return f"{found['indent']}# Write {what}\n{found['indent']}raise NotImplementedError({what!r})"


def _solution(found: re.Match[str]) -> str:
    return f"{found['indent']}# Write {found['what']}\n{found['lines'].rstrip()}"


def make(source: Path) -> None:
    """Write both notebooks of a lesson."""
    for folder, notebook in (("notebooks", learners(source)), ("solved", run(solved(source)))):
        (HERE / folder).mkdir(exist_ok=True)
        nbformat.write(notebook, HERE / folder / f"{source.stem}.ipynb")


if __name__ == "__main__":
    for lesson in SOURCES:
        if not sys.argv[1:] or lesson.stem[:2] in sys.argv[1:]:
            print(lesson.stem, flush=True)
            make(lesson)
