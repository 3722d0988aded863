"""Lines of a program as an answer shows them: numbered, the expression underlined, long ones cut."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len
from rich.text import Text

from backproof.diagnosis.report import CulpritReport, PatchReport

_MARGIN = 4  # characters before the number's end
_CUT = "..."
_COLOURS = {"-": "red", "+": "green", " ": ""}


def file_name(file: str) -> str:
    """What a file is called; what was typed into a notebook is in none."""
    path = Path(file)
    in_a_cell = path.parent.name.startswith("ipykernel_") or path.name.startswith("<ipython")
    return "the cell" if in_a_cell else path.name


def excerpt(culprit: CulpritReport, width: int) -> Iterator[Text]:
    """The line of a culprit, and below it the mark under the expression."""
    line = culprit.source.rstrip().replace("\t", " ")
    indent = len(line) - len(line.lstrip())
    start = culprit.column - indent
    end = culprit.end_column - indent if "\n" not in culprit.expression else len(line) - indent
    end = min(max(end, start + 1), len(line) - indent)
    shown, start, end = _cut(line[indent:], start, end, width - _MARGIN - 3)
    gutter = " " * _MARGIN
    number = f"{culprit.line:>{_MARGIN}}"
    yield Text.assemble((f"{number} | ", "dim"), shown[:start], (shown[start:end], "bold red"), shown[end:])
    mark = " " * cell_len(shown[:start]) + "^" * cell_len(shown[start:end])
    yield Text.assemble((f"{gutter} | ", "dim"), (mark, "bold red"))


def _cut(line: str, start: int, end: int, width: int) -> tuple[str, int, int]:
    """A part of a line that is too long, around the expression, and where the expression stands in it."""
    if cell_len(line) <= width:
        return line, start, end
    first = 0 if end <= width - len(_CUT) else max(0, min(start - 8, len(line) - width + len(_CUT)))
    lead = _CUT if first else ""
    last = first + width - len(lead)
    tail = ""
    if last < len(line):
        last, tail = last - len(_CUT), _CUT
    shown = f"{lead}{line[first:last]}{tail}"
    move = len(lead) - first
    return shown, start + move, min(end + move, len(shown) - len(tail))


def numbered(patch: PatchReport) -> Iterator[Text]:
    """The lines of a patch, whole: old ones with -, new ones with +, each with its number."""
    texts = textwrap.dedent("\n".join(line[2:].replace("\t", "    ") for line in patch.diff)).split("\n")
    for number, line, text in zip(patch.numbers, patch.diff, texts, strict=True):
        yield Text.assemble((f"{number:>{_MARGIN}} ", "dim"), (f"{line[0]} {text}".rstrip(), _COLOURS[line[0]]))
