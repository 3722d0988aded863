"""From a learner's run to a diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from check.cases import GRADIENTS, Trial, put_on_trial
from check.catalogue import by_id
from check.diagnosis import CANNOT_RUN, CORRECT, IS, UNKNOWN, Culprit, Diagnosis, LineFinding
from check.inquest import Inquest, first_shown
from check.learner_run import LearnerCall, LearnerRun
from check.loss_gradient import is_cross_entropy, sentence, slopes
from check.names import GUESS
from check.own_lines import earlier
from engines.interface import Lines, Parameters
from proof.judgement import CANCELS, FOLLOWS, GRAVITY, NOT_OBSERVABLE, NOT_SHOWN, ROUNDING, SHAPE, WRONG
from proof.probes import Probe

INPUTS = ("X", "y", *Parameters._fields)
READ = {  # the inputs of the lines that have any
    "Z1": ("X", "W1", "b1"),
    "Z2": ("W2", "b2"),
    "loss": ("y",),
    "dZ2": ("y",),
    "dA1": ("W2",),
    "dZ1": ("W2",),  # where dA1 is not shown
    "dW1": ("X",),
}


def diagnose(run: LearnerRun, probes: Sequence[Probe], seed: int = 0) -> Diagnosis:
    """What is wrong with the learner's file, from its calls on these probes.

    Args:
        run: its calls on the probes, the first of them twice, and perhaps after them on ``difference_probes`` of the
            first with the same seed.

    Raises:
        ProofError: a probe that cannot be enclosed.
    """
    nothing = {name: LineFinding(NOT_SHOWN) for name in Lines._fields}
    diagnosis = Diagnosis(run.file, CANNOT_RUN, nothing, reason=run.reason, reason_line=run.line)
    diagnosis.isolation, diagnosis.confined = run.isolation, run.confined
    calls = [call for call in run.calls if call.probe < len(probes) and call.lines]
    if calls:
        _look_at_lines(diagnosis, run, calls, probes, seed)
    changed = _changed(run)
    _follow_from_changed(diagnosis, {name for call in run.calls for name in call.changed})
    diagnosis.culprits += _not_repeatable(run, diagnosis)
    if changed:
        diagnosis.culprits.insert(0, _changes(changed))
    if run.reason is None:
        diagnosis.verdict = _verdict(diagnosis)
    return diagnosis


def _look_at_lines(
    diagnosis: Diagnosis, run: LearnerRun, calls: list[LearnerCall], probes: Sequence[Probe], seed: int
) -> None:
    if run.repeats is False:  # whatever is kept between calls spoils the later ones
        calls = [call for call in calls if call.probe == 0 and call.repetition == 0]
    trial = put_on_trial(calls, probes)
    if vague := _vague(trial):
        calls = [replace(c, lines={name: shown for name, shown in c.lines.items() if name not in vague}) for c in calls]
        trial = put_on_trial(calls, probes)
    cross_entropy = is_cross_entropy(trial)
    diagnosis.lines = {name: _line(trial, name) for name in Lines._fields}
    inquest = Inquest(trial, diagnosis.lines, run.columns, cross_entropy)
    diagnosis.culprits = inquest.hold()
    diagnosis.power = _power(trial)
    diagnosis.notes = [*trial.dropped.values(), *inquest.notes]
    if any(len(case.probe.y) > 1 for case in trial.cases) and trial.cases[0].judgement.mean_last:
        diagnosis.notes.append("1/n is applied at the end, in the four gradients, which is as good a place as any")
    if run.repeats is not False:
        diagnosis.loss = sentence(slopes(run, probes[0], seed, len(probes)), cross_entropy)


def _vague(trial: Trial) -> list[str]:
    """Faulty lines that only a vague name says are shown, although a gradient that comes from them is right."""
    found = []
    for line in trial.faults:
        shown = first_shown(trial, line)
        after = [name for name in GRADIENTS if line in earlier(name)]
        if shown is not None and shown.certainty == GUESS and any(map(trial.right, after)):
            found.append(line)
    return found


def _changed(run: LearnerRun) -> list[str]:
    """The inputs that are not as before the call."""
    found = {name for call in run.calls for name in call.changed} | set(run.changed_in_training)
    return [name for name in INPUTS if name in found]


def _changes(changed: list[str]) -> Culprit:
    pattern = f"{' and '.join(changed)} {'is' if len(changed) == 1 else 'are'} not as before the call."
    mistake = replace(by_id("call-inputs-changed"), formula=", ".join(f"{name} -= ..." for name in changed))
    return Culprit("call", None, (), (mistake,), IS, pattern)


def _follow_from_changed(diagnosis: Diagnosis, changed: set[str]) -> None:
    """A line that no catalogued mistake explains, and that reads what the program has changed, is not accused."""
    for culprit in list(diagnosis.culprits):
        read = [name for name in READ.get(culprit.line, ()) if name in changed]
        if read and culprit.confidence == UNKNOWN:
            finding = diagnosis.lines[culprit.line]
            finding.word, finding.note = FOLLOWS, f"it is computed from {' and '.join(read)}, changed in place"
            diagnosis.culprits.remove(culprit)


def _not_repeatable(run: LearnerRun, diagnosis: Diagnosis) -> list[Culprit]:
    """Whether the same inputs give other lines the second time."""
    found = []
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
    word = max((word for word in words if word != NOT_SHOWN), key=GRAVITY.index, default=NOT_SHOWN)
    if word == NOT_OBSERVABLE and ROUNDING in words:
        word = ROUNDING
    verdicts = [case.judgement[name] for case in trial.cases]
    errors = [v.largest_ulps for v in verdicts if v.largest_ulps is not None]
    note = next((v.note or v.cause for v in verdicts if v.word == word and word in (CANCELS, SHAPE)), "")
    shown = first_shown(trial, name)
    return LineFinding(word, shown.source_line if shown else None, max(errors, default=None), note)


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
        why = "neither returned nor found under its name" if missing else "a mistake could not be seen"
        diagnosis.reason = f"{' and '.join(missing or unseen)}: {why}"
        return NOT_OBSERVABLE
    return CORRECT
