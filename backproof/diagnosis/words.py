"""What a culprit is called: in the learner's own names and lines."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from backproof.diagnosis.calls.leaves import spelled
from backproof.diagnosis.calls.pairing import LOSS_PAIR, Pair, Pairing
from backproof.diagnosis.culprits.culprit import Culprit
from backproof.diagnosis.culprits.intervention import Mend
from backproof.diagnosis.culprits.placeholders import is_placeholder
from backproof.diagnosis.culprits.targets import Meaning, Meant, Target
from backproof.diagnosis.families import FORWARD, KEPT, PLACEHOLDER, Family, family_of
from backproof.diagnosis.gradients import common_factor
from backproof.diagnosis.held import Held
from backproof.diagnosis.repair.bench import Change
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.repair.patch_text import patch_of
from backproof.diagnosis.report import CulpritReport, PatchReport, VariableReport
from backproof.replay.loading import Program
from backproof.replay.places import Expression
from backproof.replay.sources import Source


def name_of(pair: Pair, pairing: Pairing) -> str:
    """What a gradient is called: by its own key, or after its parameter."""
    own = spelled(pair.gradient)
    if pair == LOSS_PAIR:
        return own
    return own if own and not pairing.by_order else f"d{spelled(pair.parameter)}"


def culprit_report(program: Program, culprit: Culprit, names: list[str]) -> CulpritReport:
    """A culprit in words."""
    missing = culprit.changes[0].kind is Kind.INSERTED if culprit.changes else False
    place = program.expressions[culprit.mend.candidate.key] if missing and culprit.mend else culprit.place
    text = program.source(Path(place.file)).text
    patches = [patch for change in culprit.changes if (patch := patch_of(text, change)) is not None]
    shown = _distinct(patches)
    line, column, end_column, expression = place.line, place.column, place.end_column, place.text
    if culprit.changes and not (missing and culprit.mend) and isinstance(culprit.changes[0].old, ast.expr | ast.stmt):
        old = culprit.changes[0].old
        segment = ast.get_source_segment(text, old)
        if segment is not None and "\n" not in segment:
            row = text.split("\n")[old.lineno - 1]
            column = len(row.encode()[: old.col_offset].decode(errors="replace"))
            line, end_column, expression = old.lineno, column + len(segment), segment
    family = _family(culprit)
    source = program.source(Path(place.file))
    cell = source.cell(line)
    shown = [_in_cell(patch, source) for patch in shown]
    return CulpritReport(
        place.file,
        cell[1] if cell else line,
        column,
        end_column,
        expression,
        text.split("\n")[line - 1],
        should_be(program, culprit.mend, line),
        family.name if family else "",
        family.why if family else "",
        family.lesson if family else "",
        [names[k] for k in sorted(culprit.gradients)],
        shown[0] if shown else None,
        shown[1:],
        bool(shown) and culprit.proven,
        cell[0] if cell else None,
    )


def _in_cell(patch: PatchReport, source: Source) -> PatchReport:
    """The lines of a notebook are numbered in their cells."""
    if not source.cells:
        return patch
    numbers = [(source.cell(number) or (0, number))[1] for number in patch.numbers]
    return PatchReport((source.cell(patch.line) or (0, patch.line))[1], patch.text, patch.diff, numbers)


def kept_report(program: Program, place: Expression, gradients: Iterable[str]) -> CulpritReport:
    """Where something that an earlier call has left is read first."""
    text, source = place.text.splitlines()[0], program.source(Path(place.file))
    cell = source.cell(place.line)
    said = (
        f"`{text}` has other values in a second call with the same arguments: the first call has left something there"
    )
    line, shown = cell[1] if cell else place.line, source.text.split("\n")[place.line - 1]
    where = place.file, line, place.column, place.end_column, text, shown
    return CulpritReport(*where, said, *KEPT, list(gradients), None, [], False, cell[0] if cell else None)


def _family(culprit: Culprit) -> Family | None:
    mend = culprit.mend
    if mend is not None and _is_zero(mend) and _is_placeholder(culprit.place.text):
        return PLACEHOLDER
    if mend is not None and _is_zero(mend) and _is_difference(culprit.place.text):
        return None
    if mend is not None and isinstance(mend.target.of, Meant):
        return FORWARD
    if culprit.changes:
        return family_of(
            culprit.changes[0], mend.target.meaning if mend else None, _by_samples(mend, culprit.changes[0])
        )
    return None


def _by_samples(mend: Mend | None, change: Change) -> bool:
    """Whether the value is off by a whole number above 2, or by one over it, that no constant explains."""
    if mend is None:
        return False
    factor = _factor(mend)
    if factor is None or factor <= 0:
        return False
    count = max(factor, 1 / factor)
    written = {node.value for node in ast.walk(change.old) if isinstance(node, ast.Constant)}
    return count > 2.5 and abs(count - round(count)) < 1e-6 and round(count) not in written


def _distinct(patches: list[PatchReport]) -> list[PatchReport]:
    found: list[PatchReport] = []
    for patch in patches:
        if all(patch.diff != other.diff for other in found):
            found.append(patch)
    return found


def should_be(program: Program, mend: Mend | None, line: int) -> str:
    """What the expression should be: ``the derivative of the loss with respect to h (line 13)``.

    Args:
        line: the one that is shown; an expression in another one is named with its own.
    """
    if mend is None or _is_gathered(mend.target):
        return ""
    place = program.expressions[mend.candidate.key]
    here = place.text.splitlines()[0]
    target = mend.target
    what = _what(program, target)
    if target.meaning is Meaning.VALUE and isinstance(target.of, int) and program.expressions[target.of].text == here:
        return f"`{here}` should still hold what it held in line {program.expressions[target.of].line}"
    if target.times > 1:
        what = f"{target.times} times {what}, since it is divided by {target.times} later"
    same = "; both sides are the same array, so copy one before it is changed"
    alias = same if _is_zero(mend) and _is_difference(here) else ""
    where = "" if place.line == line else f" ({_line(program, mend.candidate.key)})"
    return f"`{here}`{where} should be {what}{alias or _shapes(mend) or _ratio(mend)}"


def _is_gathered(target: Target) -> bool:
    """Whether its values are of one entry several times, as ``table[[1, 1]]`` holds it: no single value has them."""
    several = (ids[ids > 0] for ids in target.ids)  # entry 0 is the number 0.0, as around an image
    return any(np.unique(ids).size < ids.size for ids in several)


def _is_zero(mend: Mend) -> bool:
    return all(not np.any(values) for values in mend.candidate.values)


def _is_placeholder(text: str) -> bool:
    try:
        return is_placeholder(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return False


def _is_difference(text: str) -> bool:
    """Whether an expression is the difference of two names: zero everywhere, where both are of one array."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    named = ast.Name | ast.Attribute | ast.Subscript
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.left, named)


def _shapes(mend: Mend) -> str:
    """Which shapes they have, where that is what is wrong."""
    given = {value.shape for value in mend.candidate.values}
    wanted = {value.shape for value in mend.replaced.values()}
    if len(given) != 1 or len(wanted) != 1:
        return ""
    (here,), (there,) = given, wanted
    if math.prod(here) == math.prod(there):
        return ""
    return f"; its shape is {here}, and should be {there}"


def _what(program: Program, target: Target) -> str:
    """What the values of a target are."""
    of = _named(program, target.of)
    what = f"{target.meaning.value} {of}"
    if target.meaning is Meaning.SLOPE and target.through is not None:
        what = f"the derivative of {_named(program, target.through)} with respect to {of}"
    return f"minus {what}" if target.minus else what


def variable_report(program: Program, one: Held) -> VariableReport:
    """What a variable holds, in words."""
    meaning = ""
    if one.targets:
        meaning = _what(program, one.targets[0])
        others = [_named(program, target.of) for target in one.targets[1:]]
        if others:
            meaning += f"{''.join(f', {other}' for other in others[:-1])} and {others[-1]}, one after the other"
        if one.at_last:
            meaning = f"in the end {meaning}"
    cell = program.cell(one.place.key)
    line = cell[1] if cell else one.place.line
    return VariableReport(one.place.file, line, one.place.text, meaning, cell[0] if cell else None)


def formula(program: Program, one: Held) -> str:
    """What a variable holds, as a formula: ``∂loss/∂h``."""
    found = []
    for target in one.targets:
        of = _name(program, target.of)
        if target.meaning is Meaning.SLOPE and target.through is not None:
            found.append(f"{'−' if target.minus else ''}∂{_name(program, target.through)}/∂{of}")
        else:
            found.append(f"{'−' if target.minus else ''}∂loss/∂{of}")
    return ", ".join(found)


def _name(program: Program, of: object) -> str:
    """A value by its variable, else by the beginning of its expression in brackets."""
    if isinstance(of, Meant):
        return of.name
    if not isinstance(of, int):
        return spelled(of)  # type: ignore[arg-type]
    return program.variable(of) or f"({program.expressions[of].text.splitlines()[0]})"


def _named(program: Program, of: object) -> str:
    if isinstance(of, Meant):
        return f"`{of.name}` of the reference"
    if not isinstance(of, int):
        return f"`{spelled(of)}`"  # type: ignore[arg-type]
    name = program.expressions[of].text.splitlines()[0]
    return f"`{program.variable(of) or name}` ({_line(program, of)})"


def _line(program: Program, key: int) -> str:
    cell = program.cell(key)
    return f"cell {cell[0]}, line {cell[1]}" if cell else f"line {program.expressions[key].line}"


def _ratio(mend: Mend) -> str:
    """By which factor it differs, where it does by one."""
    factor = _factor(mend)
    return "" if factor is None else f"; {_fraction(factor)}"


def _factor(mend: Mend) -> float | None:
    given = np.concatenate([np.ravel(v) for v in mend.candidate.values])
    true = np.concatenate([np.ravel(v) for v in mend.replaced.values()])
    return common_factor(given, true) if given.size == true.size else None


def _fraction(factor: float) -> str:
    if abs(factor) < 1e-9:
        return "it is 0 instead"
    if abs(factor - round(factor)) < 1e-9:
        return "only its sign is wrong" if round(factor) == -1 else f"it is {round(factor)} times that"
    turned = 1 / factor
    return (
        f"it is 1/{round(turned)} of that" if abs(turned - round(turned)) < 1e-6 else f"it is {factor:.4g} times that"
    )
