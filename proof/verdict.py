"""An engine's Steps against the enclosure: one word for each line, globally and from the engine's own earlier lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from backproof.arithmetic import EXACT, Arithmetic, ProofError, arithmetic_of
from backproof.balls import Balls
from engines.interface import BinaryClassifier, Parameters, Steps
from proof.enclosure import Problem, before, enclosure
from proof.local import LocalSets
from proof.probes import Probe

ROUNDING, CANCELS, WRONG, FOLLOWS = "rounding", "cancels", "wrong", "follows"
SHAPE, NOT_FINITE, NOT_SHOWN, NOT_OBSERVABLE = "shape", "not finite", "not shown", "not observable"
OUTSIDE = "outside"  # what a line can be globally or locally, before it has its word
FAULTS = (WRONG, SHAPE, NOT_FINITE)


@dataclass(frozen=True)
class Power:
    """How small a mistake can be seen: for each entry, (bound + own error) / |truth|.

    The bound is that of the local set that the entry lies in. Entries whose truth is exactly 0 are left out. A *blind*
    entry has a power of at least 1: there a sign flip would pass.
    """

    ratios: np.ndarray = field(repr=False, compare=False)

    @property
    def median(self) -> float:
        """The median ratio."""
        return float(np.median(self.ratios))

    @property
    def worst(self) -> float:
        """The largest ratio."""
        return float(self.ratios.max())

    @property
    def blind(self) -> float:
        """The share of blind entries."""
        return float(np.mean(self.ratios >= 1))


@dataclass(frozen=True)
class LineVerdict:
    """One line of one probe.

    Attributes:
        line: its name.
        word: rounding, cancels, wrong, follows, shape, not finite, not shown or not observable.
        overall: from the true inputs: rounding, cancels, outside, or "" if it could not be compared.
        local: from the engine's own earlier lines: the same.
        form: the form that explains it locally, or what makes it cancel; empty for a sum of products.
        digits_lost: for a line that cancels, decimal digits between u and its largest relative error.
        errors: of every entry, of the line's shape: the signed error against the truth, in ulps of the dtype at the
            truth (see ``ulp``); NaN where the truth is exactly 0. Empty if the line could not be compared.
        error_at_zero: the largest absolute value where the truth is exactly 0.
        worst_entry: the index of the entry furthest outside (if a fault) or of the largest error in ulps.
        power: how small a mistake could be seen locally; None where nothing was explained.
        note: what is wrong with the dtype or shape, or which line it follows.
    """

    line: str
    word: str
    overall: str = ""
    local: str = ""
    form: str = ""
    digits_lost: float | None = None
    errors: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False, compare=False)
    error_at_zero: float = 0.0
    worst_entry: tuple[int, ...] | None = None
    power: Power | None = None
    note: str = ""

    @property
    def ulps(self) -> np.ndarray:
        """The errors of those entries whose truth is not exactly 0, one after the other."""
        return self.errors[~np.isnan(self.errors)]

    @property
    def median_ulps(self) -> float | None:
        """The median of the absolute errors, in ulps; None if there is nothing to compare."""
        return float(np.median(np.abs(self.ulps))) if self.ulps.size else None

    @property
    def largest_ulps(self) -> float | None:
        """The largest absolute error, in ulps; None if there is nothing to compare."""
        return float(np.abs(self.ulps).max()) if self.ulps.size else None


@dataclass(frozen=True)
class Judgement:
    """All lines of one probe, and the line at fault: the first that fails, the loss only if no other does."""

    probe: str
    dtype: str
    mean_last: bool
    lines: tuple[LineVerdict, ...]

    @property
    def culprit(self) -> str | None:
        """The name of the line at fault; None if there is none."""
        faults = [verdict.line for verdict in self.lines if verdict.word in FAULTS]
        return min(faults, key=lambda line: (line == "loss", Steps._fields.index(line)), default=None)

    def __getitem__(self, line: str) -> LineVerdict:
        return self.lines[Steps._fields.index(line)]


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
            shown.append(engine.steps(probe.X, probe.y))
    finally:
        engine.parameters = before
    return judge(probes, shown, engine.dtype)


def judge(probes: Sequence[Probe], shown: Sequence[Steps], dtype: str) -> list[Judgement]:
    """Every line of the Steps that a program shows for each of these probes (None where it shows none).

    Whether the program divides by n at the end is decided once, for all probes.

    Raises:
        ProofError: as ``judge_engine``.
    """
    arithmetic = arithmetic_of(dtype)
    probes = [_rounded(probe, dtype) for probe in probes]
    mean_last = _divides_last(probes, shown)
    return [_judge(*each, arithmetic, mean_last) for each in zip(probes, shown, strict=True)]


def _rounded(probe: Probe, dtype: str) -> Probe:
    """The probe in the numbers of this dtype, as an engine is handed them."""
    parameters = Parameters(*(np.asarray(p, dtype) for p in probe.parameters))
    return probe._replace(parameters=parameters, X=np.asarray(probe.X, dtype))


def _judge(probe: Probe, shown: Steps, arithmetic: Arithmetic, mean_last: bool) -> Judgement:
    truth = enclosure(Problem(probe.parameters, probe.X, probe.y, EXACT, mean_last))
    problem = Problem(probe.parameters, probe.X, probe.y, arithmetic, mean_last)
    overall = cache(lambda sound: enclosure(problem, sound_only=sound))
    obstacles = {line: _obstacle(getattr(shown, line), problem.shapes[line]) for line in Steps._fields}
    usable = {line: np.asarray(getattr(shown, line)) for line, (word, _) in obstacles.items() if not word}
    with np.errstate(all="ignore"):
        sets = LocalSets(problem, usable, overall)
        verdicts: dict[str, LineVerdict] = {}
        for line in sorted(Steps._fields, key=lambda line: line == "loss"):  # the loss feeds nothing: judged last
            word, note = obstacles[line]
            if word:
                verdicts[line] = LineVerdict(line, word, note=note)
                continue
            values = usable[line]
            true = getattr(truth, line)
            error = true.error(values)
            explained = _explain(sets, line, values)
            power = _power(true, error, explained.bound)
            errors, at_zero, worst = _errors(true, error, arithmetic)
            inside = _overall(overall, line, values, explained.word, verdicts)
            word, note = _word(line, explained.word, inside, verdicts)
            if values.dtype != arithmetic.name:
                word, note = WRONG, f"{line} is {values.dtype}, not {arithmetic.name}"
            elif word in (ROUNDING, CANCELS) and not (power and power.ratios.min() < 1):
                word = NOT_OBSERVABLE
            verdicts[line] = LineVerdict(
                line=line,
                word=word,
                overall=inside,
                local=explained.word,
                form=explained.form or _inherited(line, word, verdicts),
                digits_lost=_digits_lost(true, error, arithmetic) if word == CANCELS else None,
                errors=errors,
                error_at_zero=at_zero,
                worst_entry=explained.worst or worst,
                power=power,
                note=note,
            )
    lines = tuple(verdicts[line] for line in Steps._fields)
    return Judgement(probe.name, arithmetic.name, mean_last, lines)


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
    worst: tuple[int, ...] | None = None


def _explain(sets: LocalSets, line: str, values: np.ndarray) -> _Explanation:
    """Which forms put every entry of a line into its set, from the engine's own earlier lines: one, if one does."""
    covered = np.zeros(values.shape, bool)
    bound = np.full(values.shape, np.inf)
    closest = np.full(values.shape, np.inf)  # how far outside, in radii
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
            closest = np.minimum(closest, np.abs(balls.error(values)) / balls.radius)
        if covered.all():
            return _Explanation(word, " or ".join(dict.fromkeys(used)), bound)
    distance = np.where(covered, -1.0, np.nan_to_num(closest, nan=np.inf))
    return _Explanation(OUTSIDE, worst=_index(distance))


def _power(truth: Balls, error: np.ndarray, bound: np.ndarray | None) -> Power | None:
    some = np.abs(truth.hi) > truth.radius
    if bound is None or not some.any():
        return None  # not explained, or exactly 0 everywhere: nothing to see
    return Power((bound + np.abs(error))[some] / np.abs(truth.hi[some]))


def _overall(
    overall: Callable[[bool], Steps],
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


def _inherited(line: str, word: str, earlier: Mapping[str, LineVerdict]) -> str:
    """For a line that cancels only because an earlier one does: the earlier one and its form."""
    for name in before(line) if word == CANCELS else ():
        if name in earlier and earlier[name].word in (CANCELS, NOT_OBSERVABLE) and earlier[name].form:
            return f"{name}: {earlier[name].form}"
    return ""


def _errors(truth: Balls, error: np.ndarray, arithmetic: Arithmetic) -> tuple[np.ndarray, float, tuple[int, ...]]:
    """Signed errors in ulps, NaN where the truth is exactly 0; the largest there, and the entry of the largest else."""
    ulps = error / ulp(truth, arithmetic)
    some = np.abs(truth.hi) > truth.radius  # elsewhere the truth is 0, or cannot be told from it
    at_zero = np.abs(error[~some]).max(initial=0.0)
    return np.where(some, ulps, np.nan), float(at_zero), _index(np.where(some, np.abs(ulps), 0.0))


def ulp(truth: Balls, arithmetic: Arithmetic) -> np.ndarray:
    """The distance between neighbouring numbers of this type at each true value, never below that at 2 * tiny / eps."""
    smallest = arithmetic.tiny / (2 * arithmetic.unit_roundoff)
    return np.spacing(np.maximum(np.abs(truth.hi), smallest).astype(arithmetic.name)).astype(np.float64)


def _digits_lost(truth: Balls, error: np.ndarray, arithmetic: Arithmetic) -> float:
    some = np.abs(truth.hi) > truth.radius
    relative = np.abs(error[some] / truth.hi[some]).max(initial=0.0)
    return float(np.log10(max(relative / arithmetic.unit_roundoff, 1.0)))


def _index(of_largest: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(of_largest)), of_largest.shape))


def _divides_last(probes: Sequence[Probe], shown: Sequence[Steps]) -> bool:
    """Whether a program leaves 1/n out of dZ2, dA1 and dZ1 and puts it into the four gradients.

    Decided by size alone, where n >= 2: a program whose inner lines are about n times the true ones while its
    gradients, if it shows any, are not.
    """
    inner: list[float] = []
    outer: list[float] = []
    for probe, steps in zip(probes, shown, strict=True):
        n = len(probe.y)
        if n < 2:
            continue
        truth = enclosure(Problem(probe.parameters, probe.X, probe.y, EXACT))
        for line in ("dZ2", "dA1", "dZ1", "dW2", "db2", "dW1", "db1"):
            values, balls = getattr(steps, line), getattr(truth, line)
            if _obstacle(values, balls.shape)[0]:
                continue
            size, true_size = np.abs(np.asarray(values, np.float64)).sum(), np.abs(balls.hi).sum()
            if size > 0 and true_size > 0:
                (inner if line in ("dZ2", "dA1", "dZ1") else outer).append(np.log(size / true_size) / np.log(n))
    return bool(inner and np.median(inner) > 0.5 and (not outer or np.median(outer) < 0.5))


@dataclass(frozen=True)
class Ruling:
    """Who is right about one line, from the median error over all entries of all probes.

    Attributes:
        line: its name.
        medians: the median absolute error of each engine, in ulps.
        closest: the engines with the smallest one.
        costs: for an engine that cancels, the form that costs the digits and how many at worst.
    """

    line: str
    medians: Mapping[str, float]
    closest: tuple[str, ...]
    costs: Mapping[str, tuple[str, float]]


def who_is_right(judgements: Mapping[str, Sequence[Judgement]]) -> dict[str, Ruling]:
    """A ruling for each line that at least one engine shows, from the judgements of each engine on the same probes.

    Raises:
        ProofError: engines that were tried on different probes or in different types.
    """
    tried = {tuple((j.probe, j.dtype) for j in each) for each in judgements.values()}
    if len(tried) > 1:
        raise ProofError("engines can be compared on the same probes only, in the same type")
    rulings = {}
    for line in Steps._fields:
        verdicts = {engine: [judgement[line] for judgement in each] for engine, each in judgements.items()}
        errors = {engine: np.concatenate([v.ulps for v in each]) for engine, each in verdicts.items() if each}
        medians = {engine: float(np.median(np.abs(e))) for engine, e in errors.items() if e.size}
        if not medians:
            continue
        best = min(medians.values())
        costs = {}
        for engine, each in verdicts.items():
            lost = [(v.digits_lost, v.form) for v in each if v.word == CANCELS and v.digits_lost is not None]
            if lost:
                digits, form = max(lost)
                costs[engine] = (form, digits)
        rulings[line] = Ruling(line, medians, tuple(e for e, m in medians.items() if m == best), costs)
    return rulings
