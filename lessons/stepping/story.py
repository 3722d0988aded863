"""A program as the stepper shows it: right, and with each of its mistakes; every step with its numbers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

import msgspec

from backproof.diagnosis import families
from backproof.diagnosis.annotated import grid_of
from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.diagnosis.report import CulpritReport, Grid
from backproof.replay.loading import Program
from lessons.planting import PROGRAMS, mistakes, text_of
from lessons.stepping.layout import Drawing, drawing
from lessons.stepping.walk import Walk, walk

SECONDS = 30.0
WHY = {one.name: one.why for one in vars(families).values() if isinstance(one, families.Family)}


UNKNOWN = "It has found no change that puts it right."


class CannotShow(ValueError):
    """A program that cannot be walked through; the text says why."""


class Moment(msgspec.Struct, frozen=True):
    """A step, or an argument as it was handed over.

    Attributes:
        box: the position of its box in the drawing.
        line, name, turn, turns: as in ``walk.Step``; of an argument the line is 0.
        what: what it is the derivative of, as in "∂loss/∂h"; "" for nothing.
        uses: the moments that it was computed from, by their position.
        value: its numbers.
        mark: "right", "wrong" or "follows".
        should: the numbers that it should hold, where it holds others.
    """

    box: int
    line: int
    name: str
    turn: int
    turns: int
    what: str
    uses: list[int]
    value: Grid
    mark: str = "right"
    should: Grid | None = None


class Change(msgspec.Struct, frozen=True):
    """A line that is wrong, and how it should be."""

    line: int
    wrong: str
    right: str


class Version(msgspec.Struct, frozen=True):
    """A program with a mistake, or without.

    Attributes:
        family: the kind of the mistake; "" for none.
        why: what is to be said of this family.
        changes: the lines that are wrong.
        moments: the arguments, then the steps.
    """

    family: str
    why: str
    changes: list[Change]
    moments: list[Moment]


class Story(msgspec.Struct, frozen=True):
    """All versions of a program.

    Attributes:
        name: of the file.
        title: the first line of its docstring.
        lines: its text without a mistake.
        first: the line of ``backprop``, from 1.
        drawing: where its arguments and variables stand.
        versions: the first has no mistake, unless nobody knows how the program should be.
    """

    name: str
    title: str
    lines: list[str]
    first: int
    drawing: Drawing
    versions: list[Version]


def example_story(name: str) -> Story:
    """One of the example programs, with the mistakes that can be planted in it.

    Raises:
        ValueError: there is none of this name.
    """
    text, path = text_of(name), PROGRAMS / f"{name}.py"
    right = walk(Program(path, text))
    versions = [_version(right, right, "", [])]
    for one in mistakes():
        if one.program == name:
            changes = _changes(one.text.split("\n"), right.lines)
            versions.append(_version(walk(Program(path, one.text)), right, one.family, changes))
    return _story(path, text, right, versions)


def own_story(path: Path) -> Story:
    """A learner's file: as it is, and as it should be where the check has proven that.

    Raises:
        CannotShow: it cannot be replayed.
    """
    try:
        program = Program(path)
        diagnosis = diagnose(Case(program), SECONDS)
        if diagnosis.verdict == "cannot run" or not diagnosis.traced:
            where = f", line {diagnosis.line}" if diagnosis.line else ""
            raise CannotShow(f"{path}{where}: {diagnosis.summary or 'it cannot be replayed on exact numbers'}")
        given = walk(program)
        text = program.main.text
        mended = _mended(text, diagnosis.culprits) if diagnosis.verdict == "wrong" else text
        if mended is None:
            alone = _story(path, text, given, [_version(given, given, "", [])])
            return msgspec.structs.replace(alone, title=f"The check says: {diagnosis.summary}. {UNKNOWN}")
        right = walk(Program(path, mended))
    except (OSError, ValueError) as error:
        raise CannotShow(str(error)) from error
    versions = [_version(right, right, "", [])]
    if mended != text:
        family = diagnosis.culprits[0].family
        versions.append(_version(given, right, family, _changes(given.lines, right.lines)))
    return _story(path, mended, right, versions)


def _mended(text: str, culprits: Sequence[CulpritReport]) -> str | None:
    """The text with the proven patches in it; None where one changes the number of lines, or there is none."""
    lines = text.split("\n")
    for one in culprits:
        if one.patch is None or not one.proven:
            return None
        signs = [line[:1] for line in one.patch.diff]
        if sorted(signs) != sorted("-+" * (len(signs) // 2)):
            return None
        for number, line in zip(one.patch.numbers, one.patch.diff, strict=True):
            if line[0] == "+":
                lines[number - 1] = line[2:]
    return "\n".join(lines)


def _changes(wrong: Sequence[str], right: Sequence[str]) -> list[Change]:
    pairs = enumerate(zip(wrong, right, strict=False), 1)
    return [Change(number, is_now, should_be) for number, (is_now, should_be) in pairs if is_now != should_be]


def _story(path: Path, text: str, right: Walk, versions: list[Version]) -> Story:
    tree = ast.parse(text)
    said = (ast.get_docstring(tree) or path.name).split("\n")[0]
    first = next((node.lineno for node in tree.body if getattr(node, "name", "") == "backprop"), 1)
    return Story(path.name, said, list(right.lines), first, drawing(right), versions)


def _version(shown: Walk, right: Walk, family: str, changes: list[Change]) -> Version:
    """The steps of a walk, each in the box that its variable has in the right one."""
    first = len(right.arguments)
    boxes = {step.at: first + step.variable for step in right.steps}
    places = {name: k for k, name in enumerate(right.arguments)}
    found = [
        Moment(k, 0, name, 1, 1, "", [], grid_of(value)) for k, (name, value) in enumerate(shown.arguments.items())
    ]
    marks, wanted = shown.marks(right, [one.line for one in changes]), right.values
    for step, mark in zip(shown.steps, marks, strict=True):
        box = boxes.get(step.at, first)
        uses = [places[one] if isinstance(one, str) else first + one for one in step.uses]
        should = grid_of(wanted[step.at]) if mark != "right" and step.at in wanted else None
        where = box, step.line, step.name, step.turn, step.turns
        found.append(Moment(*where, _what(right, box - first), uses, grid_of(step.value), mark, should))
    return Version(family, WHY.get(family, ""), changes, found)


def _what(right: Walk, variable: int) -> str:
    of = right.variables[variable].of
    if of is None:
        return ""
    return f"∂loss/∂{right.variables[of].name if isinstance(of, int) else of}"
