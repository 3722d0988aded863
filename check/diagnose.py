"""From a learner's run to a diagnosis: which line is at fault, since which mistake, and what only follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from check import error_shape
from check.cases import GRADIENTS, Suspected, Trial, put_on_trial
from check.catalogue import by_id
from check.error_shape import Worst
from check.learner_run import LearnerCall, LearnerRun, ShownLine
from check.loss_gradient import is_cross_entropy, sentence, slopes
from check.matching import explains, explanations, follows
from check.mistakes import Mistake
from check.own_lines import earlier
from engines.interface import Steps, shapes
from proof.probes import Probe
from proof.verdict import CANCELS, FAULTS, FOLLOWS, NOT_FINITE, NOT_OBSERVABLE, NOT_SHOWN, ROUNDING, SHAPE, WRONG

CORRECT, CANNOT_RUN = "correct", "cannot run"
GRAVITY = (NOT_SHOWN, NOT_OBSERVABLE, ROUNDING, CANCELS, FOLLOWS, NOT_FINITE, SHAPE, WRONG)  # the gravest is the line's
IS, LOOKS_LIKE, UNKNOWN = "is", "looks like", "unknown"


@dataclass
class LineFinding:
    """One line over all cases.

    Attributes:
        word: the judge's, corrected by what is known of the other lines.
        source_line: of the learner's file.
        ulps: the largest error against the truth; None if nothing could be compared.
        note: what it follows from, or how it cancels.
    """

    word: str
    source_line: int | None = None
    ulps: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Culprit:
    """A line at fault.

    Attributes:
        line: where the mistake is: a field of Steps, "update" or "call".
        source_line: of the learner's file, where it is or, for a line that is not shown, where it comes to light.
        seen_in: the faulty lines that this accounts for.
        mistakes: all that fit, in every case.
        confidence: "is", "looks like" or "unknown".
        pattern: the shape of the error.
        worst: its worst entry, if single entries can be compared.
    """

    line: str
    source_line: int | None
    seen_in: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    confidence: str
    pattern: str
    worst: Worst | None = None


@dataclass
class Diagnosis:
    """All that is known of a learner's file."""

    file: str
    verdict: str
    lines: dict[str, LineFinding]
    culprits: list[Culprit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    loss: str = ""  # whether the gradient is right for the loss that the learner wrote
    power: float | None = None  # the median over all gradient entries of (bound + own error) / |truth|
    reason: str | None = None
    reason_line: int | None = None
    isolation: str = ""

    @property
    def wrong(self) -> list[str]:
        """The lines at fault, in the order of computation."""
        return [culprit.line for culprit in self.culprits]


def diagnose(run: LearnerRun, probes: Sequence[Probe], seed: int = 0) -> Diagnosis:
    """What is wrong with the learner's file, from its calls on these probes.

    Args:
        run: its calls on the probes, the first of them twice, and perhaps after them on ``difference_probes`` of the
            first with the same seed.

    Raises:
        ProofError: a probe that cannot be enclosed.
    """
    nothing = {name: LineFinding(NOT_SHOWN) for name in Steps._fields}
    diagnosis = Diagnosis(run.file, CANNOT_RUN, nothing, reason=run.reason, reason_line=run.line)
    diagnosis.isolation = run.isolation
    calls = [call for call in run.calls if call.probe < len(probes) and call.lines]
    if calls:
        _look_at_lines(diagnosis, run, calls, probes, seed)
    diagnosis.culprits += _calls(run, diagnosis)
    if run.reason is None:
        diagnosis.verdict = _verdict(diagnosis)
    return diagnosis


def _look_at_lines(
    diagnosis: Diagnosis, run: LearnerRun, calls: list[LearnerCall], probes: Sequence[Probe], seed: int
) -> None:
    if run.repeats is False:  # whatever is kept between calls spoils the later ones
        calls = [call for call in calls if call.probe == 0 and call.repetition == 0]
    trial = put_on_trial(calls, probes)
    cross_entropy = is_cross_entropy(trial)
    diagnosis.lines = {name: _line(trial, name) for name in Steps._fields}
    inquest = _Inquest(trial, diagnosis.lines, run.columns, cross_entropy)
    diagnosis.culprits = inquest.hold()
    diagnosis.power = _power(trial)
    diagnosis.notes = [*trial.dropped.values(), *inquest.notes]
    if any(len(case.probe.y) > 1 for case in trial.cases) and trial.cases[0].judgement.mean_last:
        diagnosis.notes.append("1/n is applied at the end, in the four gradients, which is as good a place as any")
    if run.repeats is not False:
        diagnosis.loss = sentence(slopes(run, probes[0], seed, len(probes)), cross_entropy)


def _calls(run: LearnerRun, diagnosis: Diagnosis) -> list[Culprit]:
    """What the program must not do to its caller."""
    found = []
    changed = sorted({name for call in run.calls for name in call.changed} | set(run.changed_in_training))
    if changed:
        pattern = f"{' and '.join(changed)} {'is' if len(changed) == 1 else 'are'} not as before the call."
        found.append(Culprit("call", None, (), (by_id("call-inputs-changed"),), IS, pattern))
    if run.repeats is False:
        first, second = (next(c for c in run.calls if c.probe == 0 and c.repetition == i) for i in (0, 1))
        other = [
            name
            for name, line in first.lines.items()
            if name not in second.lines or not np.array_equal(line.values, second.lines[name].values)
        ]
        line = diagnosis.lines[other[0]].source_line if other else None
        what = "right in the first call, and others" if not diagnosis.culprits else "other numbers"
        pattern = f"Only from the second call on: {', '.join(other) or 'the lines'} {what} in the second."
        found.append(Culprit("call", line, (), (by_id("call-not-repeatable"),), IS, pattern))
    return found


def _line(trial: Trial, name: str) -> LineFinding:
    words = [case.judgement[name].word for case in trial.cases]
    word = max(words, key=GRAVITY.index)
    if word == NOT_OBSERVABLE and ROUNDING in words:
        word = ROUNDING
    verdicts = [case.judgement[name] for case in trial.cases]
    errors = [v.largest_ulps for v in verdicts if v.largest_ulps is not None]
    note = next((v.note or v.form for v in verdicts if v.word == word and word in (CANCELS, SHAPE)), "")
    shown = _shown(trial, name)
    return LineFinding(word, shown.source_line if shown else None, max(errors, default=None), note)


def _shown(trial: Trial, line: str) -> ShownLine | None:
    return next((case.lines[line] for case in trial.cases if line in case.lines), None)


class _Inquest:
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
        return sorted(self.culprits, key=lambda culprit: [*Steps._fields].index(culprit.line))

    def _own_loss(self) -> bool:
        """Whether one number for the loss, harvested beside gradients that are right, is no business of the judge's."""
        shown = _shown(self.trial, "loss")
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
            self.lines[at].source_line = self.lines[line].source_line
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
                n, d = case.probe.X.shape
                wanted = self._wanted(line, n, d, len(case.probe.parameters.b1))
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


def _power(trial: Trial) -> float | None:
    ratios = [
        verdict.power.ratios for case in trial.cases for name in GRADIENTS if (verdict := case.judgement[name]).power
    ]
    return float(np.median(np.concatenate(ratios))) if ratios else None


def _verdict(diagnosis: Diagnosis) -> str:
    if diagnosis.culprits:
        return WRONG
    unseen = [name for name in GRADIENTS if diagnosis.lines[name].word in (NOT_SHOWN, NOT_OBSERVABLE)]
    if unseen:
        missing = [name for name in unseen if diagnosis.lines[name].word == NOT_SHOWN]
        names = " and ".join(missing or unseen)
        diagnosis.reason = (
            f"{names}: neither returned nor found under its name"
            if missing
            else f"{names}: a mistake could not be seen"
        )
        return NOT_OBSERVABLE
    return CORRECT
