"""The diagnosis in words for a terminal of 80 columns, and as data for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from check.catalogue import MISTAKES
from check.diagnosis import CANNOT_RUN, CORRECT, IS, LOOKS_LIKE, Culprit, Diagnosis
from check.received import escaped
from engines.interface import Lines
from proof.forms import LINES
from proof.judgement import CANCELS, FOLLOWS, NOT_OBSERVABLE, NOT_SHOWN, ROUNDING, SHAPE, WRONG

LINE, PATTERN, NAME, CURE = 0, 1, 2, 3  # how much a hint says
WIDTH = 80
STATUS = {CORRECT: 0, WRONG: 1, NOT_OBSERVABLE: 1, CANNOT_RUN: 2}
UPDATE_CURE = "p -= learning_rate * dp for W1, b1, W2, b2, all four gradients taken before any of them moves"
CALL_CURE = "compute everything from the arguments, in new arrays"


def render(diagnosis: Diagnosis, source: Sequence[str], hint: int = CURE, replay: str = "") -> str:
    """The answer.

    Args:
        source: the lines of the learner's file.
        hint: 0 stops at the line, 1 at the pattern, 2 at the name, 3 at the cure.
        replay: the command that repeats the check, without the name of a probe.
    """
    parts = [_headline(diagnosis)]
    if diagnosis.reason:
        at = diagnosis.reason_line
        parts.append(_wrapped(f"{diagnosis.reason}{_where(at)}.") + _quoted(source, at))
    if any(line.word != NOT_SHOWN for line in diagnosis.lines.values()):
        parts.append(_table(diagnosis))
    for culprit in diagnosis.culprits:
        quoted = "" if _hidden(culprit) else _quoted(source, culprit.source_line)
        head = _wrapped(_accusation(culprit)) + quoted
        parts.append("\n".join([head, *map(_labelled, _evidence(culprit, hint))]))
    parts.append("\n".join(map(_labelled, _rest(diagnosis))))
    if replay:
        worst = next((c.worst for c in diagnosis.culprits if c.worst), None)
        probe = worst.probe.partition(",")[0] if worst else ""
        parts.append(f"Replay: {replay}" + (f' --probe "{probe}"' if probe else ""))
    if not diagnosis.confined:
        parts.append(_wrapped(diagnosis.isolation))
    return "\n\n".join(part for part in parts if part)


def _headline(diagnosis: Diagnosis) -> str:
    places = [
        f"{_place(culprit)}{'' if _hidden(culprit) else _where(culprit.source_line)}" for culprit in diagnosis.culprits
    ]
    what = f", in {'; '.join(places)}" if places else ""
    return f"{diagnosis.file}: {diagnosis.verdict}{what if diagnosis.verdict == WRONG else ''}"


def _place(culprit: Culprit) -> str:
    return {"update": "the update", "call": "what it leaves behind"}.get(culprit.line, culprit.line)


def _where(line: int | None) -> str:
    return "" if line is None else f" (line {line})"


def _quoted(source: Sequence[str], line: int | None) -> str:
    if line is None or not 0 < line <= len(source) or not source[line - 1].strip():
        return ""
    text = escaped(source[line - 1].strip())
    return f"\n{line:>6} | {text if len(text) <= WIDTH - 10 else text[: WIDTH - 11] + '…'}"


def _table(diagnosis: Diagnosis) -> str:
    rows = [f"  {'line':<6}{'verdict':<16}{'yours':>7}   {'largest error':<15}"]
    for name, line in diagnosis.lines.items():
        at = "" if line.source_line is None else f"{line.source_line}"
        error = "" if line.ulps is None else f"{line.ulps:.3g} ulp"
        note = line.note if line.word in (CANCELS, SHAPE) else ""
        row = f"  {name:<6}{line.word:<16}{at:>7}   {error:<15}"
        rows.append(row + textwrap.shorten(note, WIDTH - len(row), placeholder=" ..."))
    return "\n".join(row.rstrip() for row in rows)


class Said(NamedTuple):
    """A part of the answer."""

    label: str
    text: str


def _accusation(culprit: Culprit) -> str:
    place = _place(culprit)
    place = place if culprit.line in Lines._fields else place[0].upper() + place[1:]
    if not _hidden(culprit):
        return f"{place} is wrong{_where(culprit.source_line)}"
    used = "" if culprit.source_line is None else f" (used in line {culprit.source_line})"
    come = "comes" if len(culprit.seen_in) == 1 else "come"
    return f"{place} is wrong{used}; it is not shown, but {' and '.join(culprit.seen_in)} {come} from it"


def _hidden(culprit: Culprit) -> bool:
    """Whether the line at fault is not shown itself."""
    return culprit.line in Lines._fields and culprit.line not in culprit.seen_in


def _evidence(culprit: Culprit, hint: int = CURE) -> Iterator[Said]:
    if hint >= PATTERN:
        yield Said("What we see", _seen(culprit))
    if hint >= NAME:
        yield Said("Likely cause", _cause(culprit))
    if hint >= NAME and culprit.mistakes:
        first = culprit.mistakes[0]
        yield Said("Why it matters", first.why)
        yield Said("Check yourself", first.see)
    if hint >= CURE:
        yield Said("Cure", _cure(culprit))


def _seen(culprit: Culprit) -> str:
    if culprit.worst is None:
        return culprit.pattern
    entry = ", ".join(map(str, culprit.worst.entry))
    line = culprit.line if culprit.line in culprit.seen_in else culprit.seen_in[0]
    value, right = _told_apart(culprit.worst.value, culprit.worst.right)
    return (
        f'{culprit.pattern} On the probe "{culprit.worst.probe}" your {line}[{entry}] is {value};'
        f" from your own earlier lines it should be {right}."
    )


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers with six digits, or as many as it takes to tell them apart."""
    digits = next((d for d in range(6, 17) if f"{one:.{d}g}" != f"{other:.{d}g}"), 17)
    return f"{one:.{digits}g}", f"{other:.{digits}g}"


def _cause(culprit: Culprit) -> str:
    count = len(MISTAKES)
    if culprit.confidence == IS:
        first = culprit.mistakes[0]
        formula = f"{first.line} = {first.formula}" if first.line in Lines._fields else first.formula
        if first.wrong is None and first.step is None:  # seen by other things than its numbers
            return f"It is {formula}. {first.says}"
        return f"It is {formula}. {first.says} (The only one of the {count} catalogued mistakes that fits every probe.)"
    if culprit.confidence == LOOKS_LIKE:
        listed = "; or ".join(f"{m.line} = {m.formula} ({m.says.rstrip('.')})" for m in culprit.mistakes)
        return f"It looks like one of {len(culprit.mistakes)} that these probes cannot tell apart: {listed}."
    return f"Unknown: none of the {count} catalogued mistakes gives these numbers."


def _cure(culprit: Culprit) -> str:
    lesson = f' (lesson: "{culprit.mistakes[0].lesson}")' if culprit.mistakes else ""
    if culprit.mistakes and culprit.mistakes[0].cure:
        return culprit.mistakes[0].cure + lesson
    if culprit.line == "call":
        return CALL_CURE + lesson
    if culprit.line == "update":
        return UPDATE_CURE + lesson
    return f"{culprit.line} = {_formula(culprit.line)}, of shape {LINES[culprit.line].shape}{lesson}"


def _formula(line: str) -> str:
    return LINES[line].formula


def _rest(diagnosis: Diagnosis) -> Iterator[Said]:
    """What is fine, what only follows, and what else there is to say."""
    fine = [name for name, line in diagnosis.lines.items() if line.word in (ROUNDING, CANCELS)]
    fine = [name for name in fine if name not in diagnosis.wrong]
    if fine and diagnosis.verdict != CORRECT:
        yield Said("Fine", ", ".join(fine))
    following = {name: line.note for name, line in diagnosis.lines.items() if line.word == FOLLOWS}
    plain = [name for name, note in following.items() if not note]
    if plain:
        yield Said("Only follows", f"{', '.join(plain)}: right, given your own earlier lines")
    for name, note in following.items():
        if note:
            yield Said("Only follows", f"{name}: {note}")
    blind = [name for name, line in diagnosis.lines.items() if line.word == NOT_OBSERVABLE]
    if blind:
        yield Said("Cannot be seen", f"{', '.join(blind)}: a mistake here would make no difference yet")
    if diagnosis.loss:
        yield Said("Your loss", diagnosis.loss)
    cancels = [name for name, line in diagnosis.lines.items() if line.word == CANCELS]
    if cancels and diagnosis.verdict == CORRECT:
        yield Said(
            "Digits", f"{', '.join(cancels)}: right in exact arithmetic, but digits cancel where A1 or A2 is near 1"
        )
    for note in diagnosis.notes:
        yield Said("Note", note)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _labelled(said: Said) -> str:
    return textwrap.fill(
        said.text,
        WIDTH,
        initial_indent=f"  {said.label:<16}",
        subsequent_indent=" " * 18,
        break_long_words=False,
        break_on_hyphens=False,
    )


def as_data(diagnosis: Diagnosis, source: Sequence[str]) -> dict[str, Any]:
    """The answer as JSON's types, with the lines of the file; its keys are promised to programs."""
    return {
        "version": 1,
        "file": diagnosis.file,
        "verdict": diagnosis.verdict,
        "first_wrong": next(iter(diagnosis.wrong), None),
        "wrong": diagnosis.wrong,
        "lines": {
            name: {"verdict": line.word, "source_line": line.source_line, "error_ulps": line.ulps, "note": line.note}
            for name, line in diagnosis.lines.items()
        },
        "mistakes": [
            {"id": mistake.id, "line": mistake.line, "confidence": culprit.confidence, "says": mistake.says}
            for culprit in diagnosis.culprits
            for mistake in culprit.mistakes
        ],
        "power": diagnosis.power,
        "isolation": diagnosis.isolation,
        "reason": diagnosis.reason,
        "reason_line": diagnosis.reason_line,
        "culprits": [
            {"accusation": _accusation(culprit), "evidence": [said._asdict() for said in _evidence(culprit)]}
            for culprit in diagnosis.culprits
        ],
        "rest": [said._asdict() for said in _rest(diagnosis)],
        "source": "\n".join(source),
    }
