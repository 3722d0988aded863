"""The answer as a page of the learner's own program: one file, without a script, that asks no server for anything."""

from __future__ import annotations

import textwrap
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from backproof.answer.excerpt import file_name
from backproof.answer.heat import Heat, heats
from backproof.answer.said import consequence, explanation, pairing, proof
from backproof.answer.text import right_in_words
from backproof.diagnosis.report import Annotation, CulpritReport, Diagnosis, Shown, SourceLine, encoded
from backproof.look import look

_AROUND = 4  # lines around one that has something to say that are not folded
_ROLES = {
    "value": ("forward", "a value of the forward pass"),
    "derivative": ("right", "a derivative of the loss, as it should be"),
    "helper": ("helper", "no derivative of the loss by itself"),
    "wrong": ("wrong", "the mistake is made here"),
    "follows": ("follows", "wrong only because of a mistake before it"),
}


class Entry(NamedTuple):
    """A variable in the margin of its line."""

    variable: Shown
    position: int
    label: str
    explained: str
    heats: list[Heat]


class Row(NamedTuple):
    """A line of the program: its text in three parts, the middle one marked where a culprit stands."""

    label: str
    before: str
    marked: str
    after: str
    culprit: CulpritReport | None
    entries: list[Entry]

    @property
    def speaks(self) -> bool:
        """Whether there is more to it than its text."""
        return bool(self.entries) or self.culprit is not None


class Block(NamedTuple):
    """Lines one after the other, folded where none has something to say."""

    folded: bool
    rows: list[Row]


class Listing(NamedTuple):
    """A file of the program."""

    name: str
    blocks: list[Block]


class Arc(NamedTuple):
    """That one variable is computed from another: positions from above, and whether what is wrong goes through it."""

    start: int
    end: int
    wrong: bool


class PatchLine(NamedTuple):
    """A line of a patch: its number, "-", "+" or " ", and its text."""

    number: int
    sign: str
    text: str


def page(diagnosis: Diagnosis) -> str:
    """The whole page."""
    return templates().get_template("page.html.j2").render(**_model(diagnosis), css=_css())


def fragment(diagnosis: Diagnosis) -> str:
    """What stands on the page, for a notebook's cell."""
    return f"<style>{_css()}</style>\n" + templates().get_template("answer.html.j2").render(**_model(diagnosis))


@cache
def templates(*others: Path) -> Environment:
    """Those of the answer and the look of all pages, behind those in other folders."""
    here = Path(__file__).parent
    found = Environment(
        loader=FileSystemLoader([*others, here / "templates", here.parent]), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters["coded"] = coded
    found.filters["right"] = right_in_words
    return found


def coded(text: str) -> Markup:
    """A sentence, whose words between backquotes are code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if k % 2 and k < len(parts) - 1 else escape(part)
        for k, part in enumerate(parts)
    )


@cache
def _css() -> str:
    return look() + (Path(__file__).parent / "templates" / "answer.css").read_text(encoding="utf-8")


def _model(diagnosis: Diagnosis) -> dict[str, object]:
    annotation = diagnosis.annotation
    return {
        "diagnosis": diagnosis,
        "prefix": f"v{zlib.crc32(encoded(diagnosis)):x}-",  # several answers may stand in one notebook
        "name": file_name(diagnosis.file),
        "listings": list(_listings(annotation, diagnosis.culprits)) if annotation else [],
        "nodes": annotation.shown if annotation else [],
        "arcs": list(_arcs(annotation.shown)) if annotation else [],
        "patches": [list(_patch(culprit)) for culprit in diagnosis.culprits],
        "roles": _ROLES,
        "place": lambda culprit: _place(culprit.cell, culprit.line),
        "pairing": pairing(diagnosis),
        "proof": lambda culprit: proof(culprit, diagnosis),
        "consequence": lambda culprit: consequence(culprit, diagnosis),
        "explanation": lambda culprit: explanation(culprit, diagnosis),
        "label": lambda one: _label(one.cell, one.line),
    }


def _listings(annotation: Annotation, culprits: Sequence[CulpritReport]) -> Iterator[Listing]:
    for file, lines in annotation.sources.items():
        shown = [(position, one) for position, one in enumerate(annotation.shown) if one.file == file]
        accused = [culprit for culprit in culprits if culprit.file == file]
        rows = [_row(line, shown, accused) for line in lines]
        yield Listing(file_name(file), _folded(rows))


def _row(line: SourceLine, shown: Sequence[tuple[int, Shown]], culprits: Sequence[CulpritReport]) -> Row:
    where = line.cell, line.line
    entries = [
        Entry(one, position, *_ROLES[one.role], heats(one.given, one.true))
        for position, one in shown
        if (one.cell, one.line) == where
    ]
    culprit = next((culprit for culprit in culprits if (culprit.cell, culprit.line) == where), None)
    text = line.text
    start, end = (culprit.column, culprit.end_column) if culprit else (len(text), len(text))
    if culprit and "\n" in culprit.expression:
        end = len(text)
    return Row(_label(*where), text[:start], text[start:end], text[end:], culprit, entries)


def _folded(rows: Sequence[Row]) -> list[Block]:
    """Lines far from all that has something to say are folded."""
    speaking = [k for k, row in enumerate(rows) if row.speaks]
    blocks: list[Block] = []
    for k, row in enumerate(rows):
        far = all(abs(k - other) > _AROUND for other in speaking) and bool(speaking)
        if not blocks or blocks[-1].folded != far:
            blocks.append(Block(far, []))
        blocks[-1].rows.append(row)
    return [block._replace(folded=block.folded and len(block.rows) > _AROUND) for block in blocks]


def _arcs(shown: Sequence[Shown]) -> Iterator[Arc]:
    for end, one in enumerate(shown):
        for start in one.uses:
            bad = {"wrong", "follows"}
            yield Arc(start, end, shown[start].role in bad and one.role in bad)


def _patch(culprit: CulpritReport) -> Iterator[PatchLine]:
    if culprit.patch is None:
        return
    texts = textwrap.dedent("\n".join(line[2:] for line in culprit.patch.diff)).split("\n")
    for number, line, text in zip(culprit.patch.numbers, culprit.patch.diff, texts, strict=True):
        yield PatchLine(number, line[0], text)


def _place(cell: int | None, line: int) -> str:
    return f"line {line}" if cell is None else f"cell {cell}, line {line}"


def _label(cell: int | None, line: int) -> str:
    return str(line) if cell is None else f"{cell}:{line}"
