"""Which catalogued mistakes give exactly the learner's numbers, in every case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from check.cases import Suspected, Trial
from check.catalogue import MISTAKES
from check.mistakes import Mistake, fits, mean_of
from check.own_lines import Formula, earlier
from engines.interface import Lines
from proof.enclosure import OPERANDS
from proof.judgement import CANCELS, NOT_FINITE, ROUNDING, SHAPE


class Explanation(NamedTuple):
    """A mistake, and the faulty lines that it accounts for."""

    mistake: Mistake
    lines: tuple[str, ...]


def explains(trial: Trial, line: str, formula: Formula, suspected: Suspected) -> bool:
    """Whether a line is what the formula gives in every case: by way of the logits, or of the activations."""
    return any(_explains(trial, line, formula, suspected, given) for given in (False, True))


def _explains(trial: Trial, line: str, formula: Formula, suspected: Suspected, given: bool) -> bool:
    seen = False
    for case in sorted(trial.cases, key=lambda case: case.probe.X.size):  # most formulas fail on the smallest
        shown = case.lines.get(line)
        if shown is None or any(case.judgement[name].word in (SHAPE, NOT_FINITE) for name in earlier(line)):
            continue
        own = case.own(given, suspected)
        averaged = (lambda o: mean_of(formula(o))) if shown.layout == "mean" else formula
        if not fits(shown.values, averaged, own):
            return False
        seen = True
    return seen


def explanations(trial: Trial, line: str, faults: Iterable[str], suspected: Suspected) -> list[Explanation]:
    """The catalogued mistakes that account for a faulty line, at this line or at one before it that is not shown.

    Those that account for most of the faulty lines are kept, and of these the nearest.
    """
    found = [
        Explanation(m, (line,))
        for m in MISTAKES
        if m.line == line and m.wrong is not None and explains(trial, line, m.wrong, suspected)
    ]
    for hidden in _hidden_before(trial, line):
        for mistake in MISTAKES:
            if mistake.line == hidden and mistake.wrong is not None:
                doubt = (*suspected, (hidden, mistake.wrong))
                if explains(trial, line, _right(line), doubt) and not _contradicted(trial, hidden, doubt):
                    also = [f for f in faults if f == line or (hidden in earlier(f) and _follows(trial, f, doubt))]
                    found.append(Explanation(mistake, tuple(also)))
    if all(len(case.probe.y) == 1 for case in trial.cases) and len(found) > 1:
        found = [each for each in found if not each.mistake.of_batch] or found
    most = max((len(each.lines) for each in found), default=0)
    best = [each for each in found if len(each.lines) == most]
    nearest = max((Lines._fields.index(each.mistake.line) for each in best), default=0)
    at = Lines._fields[nearest]
    return [each for each in best if each.mistake.line == at or most > 1]


def follows(trial: Trial, line: str, suspected: Suspected) -> bool:
    """Whether a line is right once the lines that are not shown are as suspected."""
    return any(hidden in earlier(line) for hidden, _ in suspected) and _follows(trial, line, suspected)


def _follows(trial: Trial, line: str, suspected: Suspected) -> bool:
    return explains(trial, line, _right(line), suspected)


def _contradicted(trial: Trial, hidden: str, doubt: Suspected) -> bool:
    """Whether a right line that comes from this hidden one would be another if the hidden one were as doubted."""
    shown = {name for case in trial.cases for name in case.lines}
    right = [name for name in shown if set(trial.words(name)) <= {ROUNDING, CANCELS}]
    return any(_reaches(hidden, name, shown) and not _follows(trial, name, doubt) for name in right)


def _right(line: str) -> Formula:
    return lambda own: own.right(line)


def _hidden_before(trial: Trial, line: str) -> list[str]:
    """The lines before this one that no case shows, and from which a way leads here that passes no shown line."""
    shown = {name for case in trial.cases for name in case.lines}
    hidden = [name for name in earlier(line) if name not in shown]
    return [name for name in hidden if _reaches(name, line, shown)]


def _reaches(start: str, end: str, shown: set[str]) -> bool:
    operands = set(OPERANDS[end]) | {"dZ2": {"A2"}, "loss": {"A2"}, "dZ1": {"A1"}}.get(end, set())
    return start in operands or any(name not in shown and _reaches(start, name, shown) for name in operands)
