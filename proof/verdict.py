"""A program's lines against the enclosure: one word for each, globally and from the program's own earlier lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backproof.arithmetic import Arithmetic, arithmetic_of
from backproof.balls import Balls
from engines.interface import BinaryClassifier, Lines
from proof.enclosure import before
from proof.judgement import (
    CANCELS,
    FAULTS,
    FOLLOWS,
    NOT_FINITE,
    NOT_OBSERVABLE,
    NOT_SHOWN,
    OUTSIDE,
    ROUNDING,
    SHAPE,
    WRONG,
    Judgement,
    LineVerdict,
    Power,
)
from proof.local import LocalSets
from proof.probes import Probe
from proof.truth import Truth


def judge_engine(engine: BinaryClassifier, probes: Sequence[Probe]) -> list[Judgement]:
    """Every line of an engine on every probe, in its own dtype; its parameters are left as they were.

    The probes' numbers are rounded to the engine's dtype before anything is computed, so that the truth is that of the
    numbers that the engine was given.

    Raises:
        ProofError: a probe that cannot be enclosed: numbers that are not finite, or weights that are too large.
    """
    before = engine.parameters
    shown = []
    try:
        for probe in probes:
            engine.parameters = probe.parameters
            shown.append(engine.lines(probe.X, probe.y))
    finally:
        engine.parameters = before
    return judge(probes, shown, engine.dtype)


def judge(probes: Sequence[Probe], shown: Sequence[Lines], dtype: str) -> list[Judgement]:
    """Every line of the Lines that a program shows for each of these probes (None where it shows none).

    Raises:
        ProofError: as ``judge_engine``.
    """
    return judge_against([Truth.of(probe, dtype) for probe in probes], shown, dtype)


def judge_against(truths: Sequence[Truth], shown: Sequence[Lines], dtype: str) -> list[Judgement]:
    """``judge``, where the truth of each probe is known already, in numbers of this dtype.

    Whether the program divides by n at the end is decided once, for all probes.
    """
    mean_last = _divides_last(truths, shown)
    return [_judge(*each, arithmetic_of(dtype), mean_last) for each in zip(truths, shown, strict=True)]


def _judge(known: Truth, shown: Lines, arithmetic: Arithmetic, mean_last: bool) -> Judgement:
    truth, problem = known.exact(mean_last), known.problem(arithmetic, mean_last)

    def overall(sound: bool) -> Lines:
        return known.around(arithmetic.name, mean_last=mean_last, sound_only=sound)

    obstacles = {line: _obstacle(getattr(shown, line), problem.shapes[line]) for line in Lines._fields}
    usable = {line: np.asarray(getattr(shown, line)) for line, (word, _) in obstacles.items() if not word}
    with np.errstate(all="ignore"):
        sets = LocalSets(problem, usable, overall)
        verdicts: dict[str, LineVerdict] = {}
        for line in sorted(Lines._fields, key=lambda line: line == "loss"):  # the loss feeds nothing: judged last
            word, note = obstacles[line]
            if word:
                verdicts[line] = LineVerdict(line, word, note=note)
                continue
            values = usable[line]
            true = getattr(truth, line)
            error = true.error(values)
            explained = _explain(sets, line, values)
            power = _power(true, error, explained.bound)
            errors = _errors(true, error, arithmetic)
            inside = _overall(overall, line, values, explained.word, verdicts)
            word, note = _word(line, explained.word, inside, verdicts)
            if values.dtype != arithmetic.name:
                word, note = WRONG, f"{line} is {values.dtype}, not {arithmetic.name}"
            elif word in (ROUNDING, CANCELS) and not (power and power.ratios.min() < 1):
                word = NOT_OBSERVABLE
            source, form = _inherited(line, word, verdicts)
            verdicts[line] = LineVerdict(
                line=line,
                word=word,
                overall=inside,
                local=explained.word,
                form=explained.form or form,
                inherited_from="" if explained.form else source,
                digits_lost=_digits_lost(true, error, arithmetic) if word == CANCELS else None,
                errors=errors,
                power=power,
                note=note,
            )
    lines = tuple(verdicts[line] for line in Lines._fields)
    return Judgement(known.probe.name, arithmetic.name, mean_last, lines)


def _obstacle(values: np.ndarray | None, shape: tuple[int, ...]) -> tuple[str, str]:
    """Why a line cannot be compared at all: a word and a note, or two empty strings."""
    if values is None:
        return NOT_SHOWN, ""
    array = np.asarray(values)
    if array.dtype.kind != "f":
        return SHAPE, f"numbers of type {array.dtype}, not floats"
    if array.shape != shape:
        return SHAPE, f"shape {array.shape}, not {shape}"
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        entry = tuple(bad[0].tolist())
        return NOT_FINITE, f"{len(bad)} of {array.size} entries, the first {array[entry]} at {entry}"
    return "", ""


@dataclass(frozen=True)
class _Explanation:
    word: str
    form: str = ""
    bound: np.ndarray | None = None


def _explain(sets: LocalSets, line: str, values: np.ndarray) -> _Explanation:
    """Which forms put every entry of a line into its set, from the engine's own earlier lines: one, if one does."""
    covered = np.zeros(values.shape, bool)
    bound = np.full(values.shape, np.inf)
    for sound, word in ((True, ROUNDING), (False, CANCELS)):
        used: list[str] = []
        known = covered.copy()
        for candidate in sets.candidates(line, sound):
            balls = candidate.balls
            inside = balls.inside(values)
            if (known | inside).all():
                return _Explanation(word, candidate.form, np.where(known, bound, balls.radius))
            new = inside & ~covered
            bound = np.where(new, balls.radius, bound)
            if new.any():
                used.append(candidate.form)
            covered |= new
        if covered.all():
            return _Explanation(word, " or ".join(dict.fromkeys(used)), bound)
    return _Explanation(OUTSIDE)


def _power(truth: Balls, error: np.ndarray, bound: np.ndarray | None) -> Power | None:
    some = np.abs(truth.hi) > truth.radius
    if bound is None or not some.any():
        return None  # not explained, or exactly 0 everywhere: nothing to see
    return Power((bound + np.abs(error))[some] / np.abs(truth.hi[some]))


def _overall(
    overall: Callable[[bool], Lines],
    line: str,
    values: np.ndarray,
    local: str,
    earlier: Mapping[str, LineVerdict],
) -> str:
    """Where a line lies globally.

    A line that is locally rounding, like every line before it, is globally: balls contain the results of whatever they
    contain, so the global sets hold what every one of these lines is computed from, and then the line.
    """
    if local == ROUNDING and all(earlier[name].local == ROUNDING for name in before(line)):
        return ROUNDING
    for sound, word in ((True, ROUNDING), (False, CANCELS)):
        balls: Balls = getattr(overall(sound), line)
        if balls.inside(values).all():
            return word
    return OUTSIDE


def _word(line: str, local: str, overall: str, earlier: Mapping[str, LineVerdict]) -> tuple[str, str]:
    """The word of a line that could be compared, and a note."""
    if local == OUTSIDE:
        return WRONG, ""
    fault = next((name for name in before(line) if name in earlier and earlier[name].word in FAULTS), None)
    if overall == OUTSIDE and fault:
        return FOLLOWS, f"right from the engine's own earlier lines; {fault} is at fault"
    return (ROUNDING if local == overall == ROUNDING else CANCELS), ""


def _inherited(line: str, word: str, earlier: Mapping[str, LineVerdict]) -> tuple[str, str]:
    """For a line that cancels only because an earlier one does: the earlier one and its form."""
    for name in before(line) if word == CANCELS else ():
        if name in earlier and earlier[name].word in (CANCELS, NOT_OBSERVABLE) and earlier[name].form:
            return earlier[name].inherited_from or name, earlier[name].form
    return "", ""


def _errors(truth: Balls, error: np.ndarray, arithmetic: Arithmetic) -> np.ndarray:
    """Signed errors in ulps, NaN where the truth is exactly 0, or cannot be told from it."""
    return np.where(np.abs(truth.hi) > truth.radius, error / ulp(truth, arithmetic), np.nan)


def ulp(truth: Balls, arithmetic: Arithmetic) -> np.ndarray:
    """The distance between neighbouring numbers of this type at each true value, never below that at 2 * tiny / eps."""
    smallest = arithmetic.tiny / (2 * arithmetic.unit_roundoff)
    return np.spacing(np.maximum(np.abs(truth.hi), smallest).astype(arithmetic.name)).astype(np.float64)


def _digits_lost(truth: Balls, error: np.ndarray, arithmetic: Arithmetic) -> float:
    some = np.abs(truth.hi) > truth.radius
    relative = np.abs(error[some] / truth.hi[some]).max(initial=0.0)
    return float(np.log10(max(relative / arithmetic.unit_roundoff, 1.0)))


def _divides_last(truths: Sequence[Truth], shown: Sequence[Lines]) -> bool:
    """Whether a program leaves 1/n out of dZ2, dA1 and dZ1 and puts it into the four gradients.

    Decided by size alone, where n >= 2: a program whose inner lines are about n times the true ones while its
    gradients, if it shows any, are not.
    """
    inner: list[float] = []
    outer: list[float] = []
    for known, lines in zip(truths, shown, strict=True):
        n = len(known.probe.y)
        if n < 2:
            continue
        truth = known.exact()
        for line in ("dZ2", "dA1", "dZ1", "dW2", "db2", "dW1", "db1"):
            values, balls = getattr(lines, line), getattr(truth, line)
            if _obstacle(values, balls.shape)[0]:
                continue
            size, true_size = np.abs(np.asarray(values, np.float64)).sum(), np.abs(balls.hi).sum()
            if size > 0 and true_size > 0:
                (inner if line in ("dZ2", "dA1", "dZ1") else outer).append(np.log(size / true_size) / np.log(n))
    return bool(inner and np.median(inner) > 0.5 and (not outer or np.median(outer) < 0.5))
