"""The inquest: each faulty line is asked, in the order of computation, what made it so, and whether it only follows."""

from __future__ import annotations

import numpy as np

from check import error_shape
from check.cases import GRADIENTS, Suspected, Trial
from check.catalogue import by_id
from check.diagnosis import IS, LOOKS_LIKE, UNKNOWN, Culprit, LineFinding
from check.learner_run import ShownLine
from check.matching import explains, explanations, follows
from check.mistakes import Mistake
from check.own_lines import earlier
from engines.interface import Lines, shapes
from proof.judgement import FAULTS, FOLLOWS, NOT_FINITE, NOT_OBSERVABLE, NOT_SHOWN, ROUNDING, SHAPE, WRONG


class Inquest:
    """Goes through the faulty lines in the order of computation, and asks of each what made it so."""

    def __init__(self, trial: Trial, lines: dict[str, LineFinding], columns: bool, cross_entropy: bool | None) -> None:
        self.trial, self.lines, self.columns = trial, lines, columns
        self.averaged = any("loss" in case.lines and case.lines["loss"].layout == "mean" for case in trial.cases)
        if self.averaged:  # one number for all samples: the judge cannot compare it
            lines["loss"].word = ROUNDING if cross_entropy else WRONG
        self.notes: list[str] = []
        self.culprits: list[Culprit] = []
        self.suspected: Suspected = ()  # what lines that are not shown seem to be
        self.meant: list[Mistake] = []  # forward mistakes found, whose right derivatives are no mistakes

    def hold(self) -> list[Culprit]:
        faults = [name for name in self.trial.faults if name != "loss" or not self.averaged]
        if self.averaged and self.lines["loss"].word == WRONG and not self._own_loss():
            faults.append("loss")
        for line in sorted(faults, key=lambda name: name == "loss"):  # the loss feeds nothing
            if self.trial.mixed and explains(self.trial, line, lambda own, name=line: own.right(name), ()):  # type: ignore[misc]
                self.lines[line].word = ROUNDING if self.trial.right(line) else FOLLOWS
                continue
            if cause := self._follows_from(line):
                self.lines[line].word, self.lines[line].note = FOLLOWS, cause
                continue
            self._accuse(line, [other for other in faults if other not in self._accounted()])
        self._shapes_of_gradients()
        for line, finding in self.lines.items():
            if finding.word == FOLLOWS and self._zero(line):
                finding.word, finding.note = NOT_OBSERVABLE, ""
        return sorted(self.culprits, key=lambda culprit: [*Lines._fields].index(culprit.line))

    def _own_loss(self) -> bool:
        """Whether one number for the loss, harvested beside gradients that are right, is no business of the judge's."""
        shown = first_shown(self.trial, "loss")
        own = shown is not None and shown.origin != "returned" and all(self.trial.right(name) for name in GRADIENTS)
        if own:
            self.lines["loss"].word = NOT_SHOWN
            self.notes.append("the number in your variable for the loss is not the mean cross-entropy")
        return own

    def _accounted(self) -> set[str]:
        return {line for culprit in self.culprits for line in culprit.seen_in}

    def _zero(self, line: str) -> bool:
        """Whether this line is 0 everywhere, as it has to be where an earlier one is."""
        return not any(case.lines[line].values.any() for case in self.trial.cases if line in case.lines)

    def _spoilt_by(self, line: str) -> str | None:
        """The first earlier line of which no numbers can be used, if there is one wherever this line is at fault."""
        found = []
        for case in self.trial.cases:
            if case.judgement[line].word in FAULTS:
                found.append(next((n for n in earlier(line) if case.judgement[n].word in (SHAPE, NOT_FINITE)), None))
        return found[0] if found and all(found) else None

    def _follows_from(self, line: str) -> str:
        """Which earlier fault alone accounts for this one; empty if none does."""
        before = earlier(line)
        if spoilt := self._spoilt_by(line):
            return f"it is computed from {spoilt}"
        for mistake in self.meant:
            formula = mistake.derivative.get(line)
            if formula and explains(self.trial, line, formula, self.suspected):
                return f"the right derivative of your own {mistake.line} = {mistake.formula}"
        if self.suspected and follows(self.trial, line, self.suspected):
            hidden = next(name for name, _ in self.suspected if name in before)
            return f"it is computed from {hidden}"
        return ""

    def _accuse(self, line: str, faults: list[str]) -> None:
        found = explanations(self.trial, line, faults, self.suspected)
        mistakes = tuple(each.mistake for each in found)
        confidence = IS if len(mistakes) == 1 else LOOKS_LIKE if mistakes else UNKNOWN
        at = mistakes[0].line if mistakes else line
        if at != line and mistakes and all(m.wrong for m in mistakes):
            assert mistakes[0].wrong is not None
            self.suspected = (*self.suspected, (at, mistakes[0].wrong))
            self.lines[line].word = FOLLOWS
            self.lines[line].note = f"it is computed from {at}"
            self.lines[at].word = WRONG
            self.lines[at].note = f"not shown, but {line} comes from it"
        self.meant += [m for m in mistakes if m.derivative]
        seen = error_shape.look(self.trial, line)
        culprit = Culprit(
            at,
            self.lines[line].source_line,
            tuple(found[0].lines) if found else (line,),
            mistakes,
            confidence,
            error_shape.describe(self.trial, line),
            error_shape.worst(seen),
        )
        self.culprits.append(culprit)

    def _shapes_of_gradients(self) -> None:
        """A returned gradient whose numbers are right, but which ``p -= learning_rate * dp`` cannot use."""
        for line in GRADIENTS:
            shown = [(case, case.lines[line]) for case in self.trial.cases if line in case.lines]
            for case, each in shown:
                (n, d), h = case.probe.X.shape, len(case.probe.parameters.b1)
                wanted = self._wanted(line, n, d, h)
                if each.origin != "returned" or each.layout not in ("same", "reshaped", "transposed"):
                    continue
                if _broadcasts(each.shape, wanted):
                    continue
                self.lines[line].word = SHAPE
                self.lines[line].note = f"shape {each.shape}, not {wanted}"
                mistake = by_id(f"{line}-transposed")
                pattern = f"Its numbers are right, but it has the shape {each.shape} where {line[1:]} has {wanted}."
                self.culprits.append(Culprit(line, each.source_line, (line,), (mistake,), IS, pattern))
                break

    def _wanted(self, line: str, n: int, d: int, h: int) -> tuple[int, ...]:
        wanted = shapes(n, d, h)[line]
        return (*wanted, 1) if self.columns and line in ("db1", "db2") else wanted


def _broadcasts(shape: tuple[int, ...], parameter: tuple[int, ...]) -> bool:
    """Whether ``p - dp`` has as many entries as p."""
    try:
        return int(np.prod(np.broadcast_shapes(shape, parameter))) == int(np.prod(parameter))
    except ValueError:
        return False


def first_shown(trial: Trial, line: str) -> ShownLine | None:
    """A line in the first case that shows it."""
    return next((case.lines[line] for case in trial.cases if line in case.lines), None)
