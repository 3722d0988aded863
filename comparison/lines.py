"""Every line of every engine against the proof, at initial, trained and saturated weights, in both types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from comparison.differences import lines_differences
from comparison.distributions import distribution
from comparison.engine_process import EngineProcess, Loaded, named
from comparison.pictures import PIXELS, error_map
from comparison.public_methods import ask, complaints
from comparison.results import LineDifference, LineResult, PowerResult, Reason, RulingResult
from comparison.settings import Settings
from data import Dataset
from engines import Lines, Parameters
from engines.interface import DTYPES
from proof import probes
from proof.judgement import GRAVITY, Judgement
from proof.probes import Probe
from proof.ruling import who_is_right
from proof.truth import Truth
from proof.verdict import judge_against

PARTS = (slice(0, 1), slice(1, 2), slice(2, 3), slice(0, 8))  # a few samples one by one, and one batch
Shown = dict[str, dict[str, list[Lines]]]  # by type, then by engine: the Lines of each probe


@dataclass(frozen=True)
class LinesJudged:
    """What engines show and answer, beside each other and beside the truth."""

    differences: list[LineDifference] = field(default_factory=list)
    verdicts: list[LineResult] = field(default_factory=list)
    rulings: list[RulingResult] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)  # against what their other methods answer

    def __add__(self, other: LinesJudged) -> LinesJudged:
        return LinesJudged(
            self.differences + other.differences,
            self.verdicts + other.verdicts,
            self.rulings + other.rulings,
            self.reasons + [reason for reason in other.reasons if reason not in self.reasons],
        )


def judge_lines(
    processes: Mapping[str, EngineProcess], weights: Mapping[str, Parameters], dataset: Dataset, settings: Settings
) -> LinesJudged:
    """Every line and every answer of every engine, at these weights and at saturated ones.

    Raises:
        EngineError: an engine fails on its way.
        ProofError: weights that nothing can be proved about.
    """
    judged = LinesJudged()
    for place, at in probes_at(weights, dataset, settings.hidden, settings.seed).items():
        truths = [Truth(probe) for probe in at]  # computed once, for all engines, types and questions
        shown = show_lines(processes, at)
        verdicts, rulings = judge_all(place, truths, shown)
        differences = list(lines_differences(place, shown[settings.dtype], at, settings.dtype))
        judged += LinesJudged(differences, verdicts, rulings, _answers(processes, truths))
    return judged


def _answers(processes: Mapping[str, EngineProcess], truths: Sequence[Truth]) -> list[Reason]:
    at = [truth.probe for truth in truths]
    return [
        Reason(engine=name, text=text)
        for name, process in processes.items()
        for dtype in DTYPES
        for text in complaints(truths, named(name, process.call, ask, at, dtype), dtype)
    ]


def probes_at(weights: Mapping[str, Parameters], dataset: Dataset, hidden: int, seed: int) -> dict[str, list[Probe]]:
    """The probes by setting of the weights: those given, and "saturated" where the samples have both labels."""
    X, y = dataset.X_train, dataset.y_train
    batches = [part for part in PARTS if part.stop <= len(y)]
    found = {
        place: [probes.probe(place, parameters, X[part], y[part]) for part in batches]
        for place, parameters in weights.items()
    }
    few = _both_labels(y)
    if len(few) > 1:
        whole = probes.saturated(X[few], y[few], hidden, seed)
        each = [whole._replace(X=whole.X[i : i + 1], y=whole.y[i : i + 1]) for i in range(len(few))]
        found["saturated"] = [whole, *each]
    return found


def _both_labels(y: np.ndarray) -> np.ndarray:
    """The positions of up to four samples, as many of the one label as of the other."""
    first, second = np.flatnonzero(y == 0)[:2], np.flatnonzero(y == 1)[:2]
    many = min(len(first), len(second))
    return np.sort(np.concatenate([first[:many], second[:many]]))


def show_lines(processes: Mapping[str, EngineProcess], at: Sequence[Probe]) -> Shown:
    """What every engine shows for these probes, in both types."""
    return {
        dtype: {name: named(name, process.call, _lines, list(at), dtype) for name, process in processes.items()}
        for dtype in DTYPES
    }


def _lines(loaded: Loaded, at: Sequence[Probe], dtype: str) -> list[Lines]:
    return [loaded.engine(probe.parameters, dtype).lines(probe.X, probe.y) for probe in at]


def judge_all(place: str, truths: Sequence[Truth], shown: Shown) -> tuple[list[LineResult], list[RulingResult]]:
    """A verdict for each engine, type and line, and for each type and line who is right."""
    lines: list[LineResult] = []
    rulings: list[RulingResult] = []
    for dtype, engines in shown.items():
        judgements = {name: judge_against(truths, lines, dtype) for name, lines in engines.items()}
        for name, each in judgements.items():
            lines += [_line_result(name, place, dtype, line, each, truths) for line in Lines._fields]
        rulings += [
            RulingResult(
                weights=place,
                dtype=dtype,
                line=line,
                median_ulps=dict(ruling.medians),
                closest=list(ruling.closest),
            )
            for line, ruling in who_is_right(judgements).items()
        ]
    return lines, rulings


def _line_result(
    engine: str, weights: str, dtype: str, line: str, judgements: Sequence[Judgement], truths: Sequence[Truth]
) -> LineResult:
    verdicts = [judgement[line] for judgement in judgements]
    gravest = max(verdicts, key=lambda verdict: GRAVITY.index(verdict.word))
    ulps = np.abs(np.concatenate([verdict.ulps for verdict in verdicts]))
    ratios = np.concatenate([np.empty(0), *(verdict.power.ratios for verdict in verdicts if verdict.power)])
    result = LineResult(
        engine=engine,
        weights=weights,
        dtype=dtype,
        line=line,
        verdict=gravest.word,
        median_ulps=float(np.median(ulps)) if ulps.size else None,
        largest_ulps=float(ulps.max()) if ulps.size else None,
        form=gravest.form,
        inherited_from=gravest.inherited_from,
        digits_lost=max((verdict.digits_lost for verdict in verdicts if verdict.digits_lost is not None), default=None),
        power=PowerResult(median=float(np.median(ratios)), worst=float(ratios.max()), blind=float(np.mean(ratios >= 1)))
        if ratios.size
        else None,
        note=gravest.note,
    )
    if spread := distribution(line, judgements, truths):
        result["distribution"] = spread
    compared = [verdict.errors for verdict in verdicts if verdict.errors.size]
    if line == "dW1" and compared and compared[0].shape[1] == PIXELS:
        result["error_map"] = error_map(compared)
    return result
