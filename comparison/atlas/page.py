"""The atlas as a page: one file, without a script, that asks no server for anything."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import backproof
from comparison.atlas.arguments import REGIMES
from comparison.atlas.cells import Atlas, Cell, Finding
from comparison.atlas.findings import columns, ten_worst
from comparison.atlas.table import argument
from comparison.atlas.time_page import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, plots, timed_columns
from comparison.atlas.timing import ROUNDS
from comparison.atlas.types_of_numbers import TYPES

_LIBRARY = Path(backproof.__file__).parent
_FOLDERS = (Path(__file__).parent / "templates", _LIBRARY / "answer" / "templates", _LIBRARY)


class Box(NamedTuple):
    """A cell in the heat map: its text, the step of its colour, what it says in full, and the finding it leads to."""

    text: str
    step: str
    title: str
    link: str


class Row(NamedTuple):
    """A formulation: for each column a box for each regime, or nothing where the engine lacks a function."""

    formulation: str
    own: bool
    boxes: list[list[Box]]


class Map(NamedTuple):
    """The heat map of a type: rows by family."""

    dtype: str
    families: dict[str, list[Row]]


class Told(NamedTuple):
    """A finding: where a box leads to, its numbers as text, and whether it is among the ten worst."""

    name: str
    finding: Finding
    argument: str
    given: str
    true: str
    is_worst: bool


def rendered(atlas: Atlas) -> str:
    """The whole page."""
    told = {column: _told(atlas, column) for column in columns(atlas.cells)}
    names = {(one.finding.cell.column, one.finding.cell.family, one.finding.cell.formulation): one.name
             for every in told.values() for one in every}  # fmt: skip
    return templates().get_template("atlas.html.j2").render(
        atlas=atlas,
        columns=columns(atlas.cells),
        maps=[_map(atlas, dtype, names) for dtype in dict.fromkeys(cell.dtype for cell in atlas.cells)],
        told=told,
        regimes=REGIMES,
        counts={column: _counts(atlas, column) for column in columns(atlas.cells)},
        times=plots(atlas.times), time_columns=timed_columns(atlas.times), rounds=ROUNDS,
        width=WIDTH, height=HEIGHT, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM,
        version={column: atlas.versions[column.partition(",")[0]] for column in columns(atlas.cells)},
    )  # fmt: skip


@cache
def templates() -> Environment:
    """Those of the atlas and its sweeps, beside the look of all pages."""
    return Environment(
        loader=FileSystemLoader(_FOLDERS), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _counts(atlas: Atlas, column: str) -> tuple[int, int]:
    judged = [cell for cell in atlas.cells if cell.column == column and cell.gradient]
    return sum(cell.is_bad for cell in judged), len(judged)


def _told(atlas: Atlas, column: str) -> list[Told]:
    worst = {id(finding) for finding in ten_worst(atlas.findings, column)}
    found = []
    for number, finding in enumerate(atlas.findings):
        if finding.cell.column == column:
            example = finding.example
            given = example.given_text(6) if example else finding.cell.gradient.says if finding.cell.gradient else ""
            true = f"{example.true:.6g}" if example else ""
            found.append(Told(f"f{number}", finding, argument(finding), given, true, id(finding) in worst))
    return found


def _map(atlas: Atlas, dtype: str, names: dict[tuple[str, str, str], str]) -> Map:
    cells = {
        (cell.family, cell.formulation, cell.column, cell.regime): cell for cell in atlas.cells if cell.dtype == dtype
    }
    families: dict[str, list[Row]] = {}
    for family, formulation in dict.fromkeys((family, formulation) for family, formulation, _, _ in cells):
        own = any(cell.own for cell in cells.values() if cell.formulation == formulation and cell.family == family)
        boxes = []
        for column in columns(atlas.cells):
            there = [cells.get((family, formulation, column, regime)) for regime in REGIMES]
            link = names.get((column, family, formulation), "")
            boxes.append([_box(cell, link) for cell in there] if any(there) else [])
        families.setdefault(family, []).append(Row(formulation, own, boxes))
    return Map(dtype, families)


def _box(cell: Cell | None, link: str) -> Box:
    if cell is None:
        return Box("", "absent", "no such arguments", "")
    if cell.refused:
        return Box("–", "refused", f"{cell.regime}: refused: {cell.refused}", "")
    if cell.gradient is None:
        return Box("·", "absent", f"{cell.regime}: the true gradient is no ordinary number", "")
    score, full = cell.gradient, TYPES[cell.dtype].digits
    word = score.nans or score.infinities or score.zeros
    lost = 1 - score.worst / full
    step = "none" if word else "0" if lost < 0.15 else "1" if lost <= 1 / 3 else "2" if lost <= 2 / 3 else "3"
    title = f"{cell.regime}: gradient {score.worst:.1f} right digits at the worst, {score.median:.1f} in the middle"
    if word:
        title += f"; {score.nans} NaN, {score.infinities} inf, {score.zeros} zero of {score.judged}"
    if cell.value:
        title += f"; value {cell.value.says} at the worst"
    if cell.apart is not None:
        title += f"; eager and compiled agree to {cell.apart:.1f} digits"
    return Box({"inf": "∞"}.get(score.says, score.says if word else f"{score.worst:.0f}"), step, title,
               link if cell.is_bad else "")  # fmt: skip
