"""A diagnosis as plain text, for a terminal, a file or a test's message."""

from __future__ import annotations

import textwrap
from pathlib import Path

from backproof.diagnosis.report import CulpritReport, Diagnosis, PatchReport, Remark

WIDTH = 88


VERDICT, GRADIENTS, LINE, MEANT, PATCH = range(5)  # how much is given away


def rendered(diagnosis: Diagnosis, width: int = WIDTH, hint: int = PATCH) -> str:
    """The answer.

    Args:
        width: of a line, in characters.
        hint: how much of a wrong program's answer is given away: 0 the verdict, 1 the gradients too, 2 the line, 3 what
            it should be, 4 the patch.
    """
    if hint < PATCH and diagnosis.verdict in ("wrong", "fragile"):
        return _with_hint(diagnosis, width, hint)
    parts = [_headline(diagnosis)]
    parts += [_culprit(culprit, diagnosis, width) for culprit in diagnosis.culprits]
    if diagnosis.verdict == "wrong" and diagnosis.traced and not diagnosis.culprits:
        text = "No single line was found that explains it: several may be wrong, or one may be missing."
        parts.append(_wrapped(text, width, "  "))
    if diagnosis.gradients and diagnosis.verdict == "wrong":
        parts.append(_gradients(diagnosis))
    if diagnosis.remarks:
        parts.append("\n".join(_wrapped(f"Note: {remark.text}{_line(remark)}.", width) for remark in diagnosis.remarks))
    if diagnosis.pairing and diagnosis.gradients:
        parts.append(_wrapped(f"Paired: {diagnosis.pairing}.", width))
    if diagnosis.suggestion:
        parts.append(_suggestion(diagnosis))
    return "\n\n".join(parts) + "\n"


def _with_hint(diagnosis: Diagnosis, width: int, hint: int) -> str:
    """The first part of the answer."""
    if hint == VERDICT:
        return f"{Path(diagnosis.file).name}: {diagnosis.verdict}.\n"
    parts = [_headline(diagnosis)]
    if hint >= LINE:
        parts += [_culprit(culprit, diagnosis, width, hint) for culprit in diagnosis.culprits]
    if diagnosis.gradients and diagnosis.verdict == "wrong":
        parts.append(_gradients(diagnosis))
    parts.append(f"--hint {hint + 1} says more.")
    return "\n\n".join(parts) + "\n"


def _suggestion(diagnosis: Diagnosis) -> str:
    lead = "Add to the file, for instance:" if diagnosis.verdict == "cannot run" else "Paste this to choose your own:"
    lines = [f"    {line}".rstrip() for line in diagnosis.suggestion.rstrip().split("\n")]
    return "\n".join([lead, "", *lines])


def _headline(diagnosis: Diagnosis) -> str:
    name = Path(diagnosis.file).name
    line = f", line {diagnosis.line}" if diagnosis.line else ""
    how = _how(diagnosis)
    return f"{name}{line}: {diagnosis.verdict}: {diagnosis.summary}{how}."


def _how(diagnosis: Diagnosis) -> str:
    if diagnosis.verdict != "correct" or not diagnosis.traced or not diagnosis.probes:
        return ""
    points = "one set of numbers" if diagnosis.probes == 1 else f"{diagnosis.probes} sets of numbers"
    return f" (proven at {points}, by exact replay)"


def _line(remark: Remark) -> str:
    said = remark.line is None or f"line {remark.line}" in remark.text
    return "" if said else f" (line {remark.line})"


def _culprit(culprit: CulpritReport, diagnosis: Diagnosis, width: int, hint: int = PATCH) -> str:
    lines = []
    source = culprit.source if culprit.file.endswith(".py") else None  # a notebook's lines are those of its cells
    file = "" if Path(culprit.file).name == Path(diagnosis.file).name else f"{Path(culprit.file).name}, "
    lines.append(f"{file}line {culprit.line}")
    if source is not None:
        shown = source.rstrip("\n")
        indent = len(shown) - len(shown.lstrip())
        lines.append(f"    {shown[indent:]}")
        mark = " " * (4 + culprit.column - indent) + "^" * max(1, culprit.end_column - culprit.column)
        lines.append(mark)
    if hint == LINE:
        return "\n".join(lines)
    if culprit.should_be:
        lines.append(_wrapped(f"{culprit.should_be}.", width, "  "))
    if hint == MEANT:
        pass
    elif culprit.patch is not None:
        lines.append(_patch(culprit.patch))
        if culprit.proven:
            lines.append("  Proven: with it every gradient is exactly the true one.")
    elif culprit.should_be and not culprit.family:
        lines.append("  No small change of it was found that puts this right.")
    if culprit.family:
        lines.append(_wrapped(f"{culprit.family[0].upper()}{culprit.family[1:]}. {culprit.why}", width, "  "))
    return "\n".join(lines)


def _patch(patch: PatchReport) -> str:
    return "\n".join(f"  {line[:2]}{line[2:].strip()}" for line in patch.diff)


def _gradients(diagnosis: Diagnosis) -> str:
    rows = []
    for name, gradient in diagnosis.gradients.items():
        if gradient.status == "right":
            rows.append(f"  {name}: right")
        elif gradient.status == "shape":
            rows.append(f"  {name}: has shape {tuple(gradient.shape)}, its parameter {tuple(gradient.wanted_shape)}")
        elif gradient.worst is not None:
            place, given, true = gradient.worst
            at = f"[{', '.join(map(str, place))}]" if place else ""
            rows.append(f"  {name}: wrong; {name}{at} is {given:.6g} and should be {true:.6g}")
        else:
            rows.append(f"  {name}: {gradient.status}")
    return "\n".join(rows)


def _wrapped(text: str, width: int, indent: str = "") -> str:
    return textwrap.fill(text, max(width, 40), initial_indent=indent, subsequent_indent=indent or "  ")
