"""A diagnosis as text, for a terminal, a file or a test's message."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.text import Text

from backproof.answer.excerpt import excerpt, file_name, numbered
from backproof.answer.hints import PATCH, withheld
from backproof.answer.said import consequence, explanation, pairing, proof
from backproof.diagnosis.report import CulpritReport, Diagnosis, GradientReport, Remark

WIDTH, NARROW, WIDE = 88, 50, 120

_COLOUR = {"correct": "bold green", "wrong": "bold red", "fragile": "bold yellow", "cannot run": "bold yellow"}
_RIGHT, _WRONG, _ASIDE = "green", "red", "dim"


def width_of_terminal() -> int:
    """In characters, within what reads well; of a file that of a page."""
    return min(max(shutil.get_terminal_size((WIDTH, 24)).columns, NARROW), WIDE)


def rendered(diagnosis: Diagnosis, width: int = WIDTH, hint: int = PATCH, asked: bool = True) -> Text:
    """The answer; ``.plain`` is its text without colours.

    Args:
        width: of a line, in characters; code that is longer is cut.
        hint: how much of a wrong program's answer is given away: 0 the verdict, 1 the gradients too, 2 the line, 3 what
            it should be, 4 the patch.
        asked: whether the reader gave the command, and may ask for more.
    """
    held_back = hint < PATCH and diagnosis.verdict in ("wrong", "fragile")
    diagnosis = withheld(diagnosis, hint)
    parts = [_headline(diagnosis, width)]
    parts += [_culprit(culprit, diagnosis, width, held_back) for culprit in diagnosis.culprits]
    if diagnosis.verdict == "wrong" and diagnosis.traced and not diagnosis.culprits and not held_back:
        text = "No single line was found that explains it: several may be wrong, or one may be missing."
        parts.append(_wrapped(text, width))
    if diagnosis.gradients:
        parts.append(_gradients(diagnosis, width))
    if asked and 0 < hint < PATCH and held_back:
        parts.append(Text(f"--hint {hint + 1} says more."))
    if diagnosis.verdict == "correct":
        parts += _variables(diagnosis, width)
    if diagnosis.remarks:
        parts.append(_lines(_wrapped(f"Note: {remark.text}{_line(remark)}.", width) for remark in diagnosis.remarks))
    if whose := pairing(diagnosis):
        parts.append(_styled(_wrapped(whose, width), _ASIDE))
    if diagnosis.suggestion:
        parts.append(_suggestion(diagnosis))
    return _joined(parts)


def _joined(parts: Iterable[Text]) -> Text:
    return Text("\n\n").join(parts) + Text("\n")


def _lines(parts: Iterable[Text]) -> Text:
    return Text("\n").join(parts)


def _styled(text: Text, style: str) -> Text:
    return Text(text.plain, style=style)


def _wrapped(text: str, width: int, indent: str = "") -> Text:
    return Text(_filled(text, width, indent, indent or "  "))


def _filled(text: str, width: int, first: str, others: str) -> str:
    """Wrapped between words; code is not cut."""
    wrapped = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(wrapped)


def _suggestion(diagnosis: Diagnosis) -> Text:
    lead = "Add to the file, for instance:" if diagnosis.verdict == "cannot run" else "Paste this to choose your own:"
    lines = [f"    {line}".rstrip() for line in diagnosis.suggestion.rstrip().split("\n")]
    return Text("\n".join([lead, "", *lines]))


def _headline(diagnosis: Diagnosis, width: int) -> Text:
    name, line = file_name(diagnosis.file), f":{diagnosis.line}" if diagnosis.line else ""
    said = f": {diagnosis.summary}{_how(diagnosis)}" if diagnosis.summary else ""
    text = _wrapped(f"{name}{line}: {diagnosis.verdict}{said}.", width)
    start = text.plain.find(diagnosis.verdict, len(name))
    text.stylize(_COLOUR[diagnosis.verdict], start, start + len(diagnosis.verdict))
    return text


def _how(diagnosis: Diagnosis) -> str:
    if diagnosis.verdict != "correct" or not diagnosis.traced or not diagnosis.probes:
        return ""
    points = "one set of numbers" if diagnosis.probes == 1 else f"{diagnosis.probes} sets of numbers"
    return f" (proven at {points}, by exact replay)"


def _line(remark: Remark) -> str:
    said = remark.line is None or f"line {remark.line}" in remark.text
    return "" if said else f" (line {remark.line})"


def _culprit(culprit: CulpritReport, diagnosis: Diagnosis, width: int, held_back: bool) -> Text:
    lines = [_place(culprit), *excerpt(culprit, width)]
    if culprit.should_be:
        lines.append(_wrapped(f"{culprit.should_be}.", width, "  "))
    if culprit.patch is not None:
        lines += [Text(""), *numbered(culprit.patch), Text("")]
        if proven := proof(culprit, diagnosis):
            lines.append(_styled(_wrapped(proven, width, "  "), _RIGHT))
    elif not culprit.family and not held_back:
        stopped = any(remark.kind == "stopped" for remark in diagnosis.remarks)
        found = "No small change of it was found in time." if stopped else "No small change of it puts this right."
        lines.append(_wrapped(found, width, "  "))
    if follows := consequence(culprit, diagnosis):
        lines.append(_wrapped(follows, width, "  "))
    if why := explanation(culprit, diagnosis):
        lines.append(_wrapped(f"Kind of mistake: {why}", width, "  "))
    return _lines(lines)


def _place(culprit: CulpritReport) -> Text:
    """As editors and terminals understand it."""
    path = Path(culprit.file)
    inside = path.is_relative_to(Path.cwd())
    shown = str(path.relative_to(Path.cwd())) if inside else file_name(culprit.file)
    cell = "" if culprit.cell is None else f" cell {culprit.cell}, line "
    return Text(f"{shown}{cell or ':'}{culprit.line}{'' if cell else f':{culprit.column + 1}'}", style="bold")


def _gradients(diagnosis: Diagnosis, width: int) -> Text:
    names = max(map(len, diagnosis.gradients))
    shapes = max(len(_shape(gradient.shape)) for gradient in diagnosis.gradients.values())
    lines = []
    for name, gradient in diagnosis.gradients.items():
        lead = f"  {name:<{names}}  {_shape(gradient.shape):<{shapes}}  "
        said, style = _state(name, gradient)
        if len(lead) + len(said) > width:
            lines.append(Text.assemble(lead.rstrip(), "\n", (_filled(said, width, " " * 6, " " * 6), style)))
        else:
            lines.append(Text.assemble(lead, (said, style)))
    return _lines(lines)


def _shape(shape: list[int]) -> str:
    return str(tuple(shape))


def _state(name: str, gradient: GradientReport) -> tuple[str, str]:
    """One gradient in a few words, and their colour."""
    if gradient.status == "right":
        return right_in_words(gradient), _RIGHT
    if gradient.status == "shape":
        return f"wrong shape: its parameter has {_shape(gradient.wanted_shape)}", _WRONG
    if gradient.worst is not None:
        place, given, true = gradient.worst
        at = f"[{', '.join(map(str, place))}]" if place else ""
        return f"{gradient.status}: {name}{at} is {given:.6g}, and should be {true:.6g}", _WRONG
    return gradient.status, _WRONG


def right_in_words(gradient: GradientReport) -> str:
    """How much of a right gradient comes out; nothing of one that is 0, as of a bias before batch norm."""
    if gradient.digits < 1:
        return "right: it is 0, but for rounding"
    return f"right to {int(gradient.digits)} digits"


def _variables(diagnosis: Diagnosis, width: int) -> Iterator[Text]:
    """What the lines of a correct backward pass hold."""
    rows = []
    for variable in diagnosis.variables:
        if variable.meaning:
            other = "" if Path(variable.file).name == Path(diagnosis.file).name else f"{file_name(variable.file)} "
            rows.append((f"{other}{variable.line}", variable.name, variable.meaning))
    rows = list(dict.fromkeys(rows))
    if not rows:
        return
    lines, names = (max(len(row[k]) for row in rows) for k in (0, 1))
    lead = lines + min(names, 24) + 6
    shown = [Text("What your lines hold:")]
    for line, name, meaning in rows:
        start = f"  {line:>{lines}}  {name:<{min(names, 24)}}  "
        shown.append(Text(_filled(meaning, width, start, " " * lead)))
    yield _lines(shown)
