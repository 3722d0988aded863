"""The learner's calls as cases for the judge: one probe, or one sample of it, and the lines that count as shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from backproof.arithmetic import EXACT, Arithmetic, arithmetic_of
from check.learner_run import LearnerCall, ShownLine
from check.own_lines import Formula, OwnLines, earlier
from engines.interface import Lines, Parameters
from proof.enclosure import Problem, enclosure
from proof.judgement import CANCELS, FAULTS, FOLLOWS, OUTSIDE, ROUNDING, WRONG, Judgement, LineVerdict
from proof.probes import Probe
from proof.verdict import judge, ulp

Suspected = tuple[tuple[str, Formula], ...]  # lines that are not shown, and what each seems to be

GRADIENTS = tuple(f"d{name}" for name in Parameters._fields)


@dataclass(frozen=True, eq=False)
class Case:
    """One call, and its judgement."""

    probe: Probe
    call: LearnerCall
    judgement: Judgement
    dropped: frozenset[str]
    arithmetic: Arithmetic
    _own: dict[tuple, OwnLines] = field(default_factory=dict, repr=False)

    @property
    def lines(self) -> dict[str, ShownLine]:
        """The lines that count as shown, by name."""
        return {name: line for name, line in self.call.lines.items() if name not in self.dropped}

    def own(self, given: bool, suspected: Suspected = ()) -> OwnLines:
        """The learner's lines as balls, those without a flaw; the others right, or as they are suspected to be."""
        key = (given, *suspected)
        if key not in self._own:
            if suspected:
                self._own[key] = self.own(given, suspected[:-1]).suspecting(*suspected[-1])
            else:
                usable = {
                    name: line.values
                    for name, line in self.lines.items()
                    if line.layout not in ("mean", "other") and line.finite
                }
                self._own[key] = OwnLines(self.call.inputs, usable, self.arithmetic, self.judgement.mean_last, given)
        return self._own[key]


@dataclass(frozen=True)
class Trial:
    """All calls of one learner's program, judged in the arithmetic that it computes in."""

    cases: list[Case]
    dropped: dict[str, str] = field(default_factory=dict)  # lines left out, and why

    def words(self, line: str) -> list[str]:
        """The judge's word on a line in every case."""
        return [case.judgement[line].word for case in self.cases]

    @property
    def mixed(self) -> bool:
        """Whether some lines are float32 and others not: a line that is rounded to be judged differs from its use."""
        return len({line.dtype for case in self.cases for line in case.lines.values()}) > 1

    @property
    def faults(self) -> list[str]:
        """The lines at fault in at least one case, in the order of computation."""
        return [line for line in Lines._fields if any(word in FAULTS for word in self.words(line))]

    def right(self, line: str) -> bool:
        """Whether this line is shown and globally right in every case."""
        found = [case.judgement[line].overall for case in self.cases]
        return bool(found) and all(word in (ROUNDING, CANCELS) for word in found)


def put_on_trial(calls: Sequence[LearnerCall], probes: Sequence[Probe]) -> Trial:
    """Judge every call; a variable that only looked like a line is left out, and the rest judged again.

    A harvested variable is weak evidence. It is left out if it fails although a gradient that comes from it is right
    (and none that is wrong follows from it), or if only a vague name says what it is and no line follows from it.
    """
    float32 = any(line.dtype == "float32" for call in calls for line in call.lines.values())
    arithmetic = arithmetic_of("float32" if float32 else "float64")
    trial = _judged(calls, probes, arithmetic, {})
    while True:
        dropped = dict(trial.dropped)
        for line in trial.faults:
            if reason := _own_business(trial, line):
                dropped[line] = reason
        if len(dropped) == len(trial.dropped):
            return trial
        trial = _judged(calls, probes, arithmetic, dropped)


def _judged(
    calls: Sequence[LearnerCall], probes: Sequence[Probe], arithmetic: Arithmetic, dropped: dict[str, str]
) -> Trial:
    asked = []
    for call in calls:
        probe = probes[call.probe]
        name = probe.name if call.sample is None else f"{probe.name}, sample {call.sample}"
        asked.append(Probe(name, *call.inputs))
    shown = []
    for call in calls:
        lines = {name: line for name, line in call.lines.items() if name not in dropped}
        values = {name: line.values for name, line in lines.items() if line.layout not in ("mean",)}
        shown.append(Lines(*(_as(values.get(name), arithmetic) for name in Lines._fields)))
    plain = [_plainly_wrong(probe, steps, arithmetic) for probe, steps in zip(asked, shown, strict=True)]
    rest = [steps._replace(**dict.fromkeys(wrong)) for steps, wrong in zip(shown, plain, strict=True)]
    judgements = [
        replace(judgement, lines=tuple(wrong.get(verdict.line, verdict) for verdict in judgement.lines))
        for judgement, wrong in zip(judge(asked, rest, arithmetic.name), plain, strict=True)
    ]
    together = zip(asked, calls, judgements, strict=True)
    return Trial([Case(*each, frozenset(dropped), arithmetic) for each in together], dropped)


def _plainly_wrong(probe: Probe, shown: Lines, arithmetic: Arithmetic) -> dict[str, LineVerdict]:
    """The gradients that are wrong globally, and so locally too, since no line before them is shown.

    To find this out by trying every form of every line that is not shown takes long.
    """
    names = [name for name in GRADIENTS if getattr(shown, name) is not None]
    names = [name for name in names if all(getattr(shown, other) is None for other in earlier(name))]
    if not names:
        return {}
    with np.errstate(all="ignore"):
        whole = enclosure(Problem(probe.parameters, probe.X, probe.y, arithmetic))
        truth = enclosure(Problem(probe.parameters, probe.X, probe.y, EXACT))
    found = {}
    for name in names:
        values, balls = getattr(shown, name), getattr(whole, name)
        if values.shape != balls.shape or not np.isfinite(values).all() or balls.inside(values).all():
            continue
        exact = getattr(truth, name)
        errors = np.where(exact.hi != 0, exact.error(values) / ulp(exact, arithmetic), np.nan)
        found[name] = LineVerdict(name, WRONG, OUTSIDE, OUTSIDE, errors=errors)
    return found


def _as(values: np.ndarray | None, arithmetic: Arithmetic) -> np.ndarray | None:
    with np.errstate(over="ignore"):
        return None if values is None else values.astype(arithmetic.name)


def _own_business(trial: Trial, line: str) -> str | None:
    """Why this faulty line is none of the judge's business; None if it is."""
    shown = [case.lines[line] for case in trial.cases if line in case.lines]
    if not shown or any(each.origin == "returned" for each in shown):
        return None
    name = shown[0].variable
    if line == "loss":
        return None
    after = [gradient for gradient in GRADIENTS if line in earlier(gradient)]
    if any(map(trial.right, after)) and not any(FOLLOWS in trial.words(gradient) for gradient in after):
        return f"{name} is not {line}, or not as it was used: a gradient that comes from it is right"
    later = [other for other in Lines._fields if line in earlier(other)]
    follows = any(
        case.judgement[other].word == FOLLOWS and case.judgement[other].local != OUTSIDE
        for case in trial.cases
        for other in later
    )
    if shown[0].certainty == "guess" and not follows:
        return f"{name} is not {line}: no later line comes from it"
    return None
