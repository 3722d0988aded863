"""The trial: every line of every engine against the proof, at initial, trained and saturated weights, in both types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from check.distributions import Bounds, distribution
from check.engine_process import EngineProcess, Loaded, named
from check.pictures import PIXELS, error_map
from check.results import LineResult, PowerResult, RulingResult
from data import Dataset
from engines import Parameters, Steps
from engines.interface import DTYPES
from proof import probes
from proof.probes import Probe
from proof.verdict import FAULTS, Judgement, judge, who_is_right

PARTS = (slice(0, 1), slice(1, 2), slice(2, 3), slice(0, 8))  # a few samples one by one, and one batch
Shown = dict[str, dict[str, list[Steps]]]  # by type, then by engine: the Steps of each probe


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


def show_steps(processes: Mapping[str, EngineProcess], at: Sequence[Probe]) -> Shown:
    """What every engine shows for these probes, in both types."""
    return {
        dtype: {name: named(name, process.call, _steps, list(at), dtype) for name, process in processes.items()}
        for dtype in DTYPES
    }


def _steps(loaded: Loaded, at: Sequence[Probe], dtype: str) -> list[Steps]:
    return [loaded.engine(probe.parameters, dtype).steps(probe.X, probe.y) for probe in at]


def judge_all(place: str, at: Sequence[Probe], shown: Shown) -> tuple[list[LineResult], list[RulingResult]]:
    """A verdict for each engine, type and line, and for each type and line who is right."""
    lines: list[LineResult] = []
    rulings: list[RulingResult] = []
    for dtype, engines in shown.items():
        judgements = {name: judge(at, steps, dtype) for name, steps in engines.items()}
        bounds = Bounds(at, dtype)
        for name, each in judgements.items():
            lines += [_line_result(name, place, dtype, line, each, bounds) for line in Steps._fields]
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


# Where the probes do not agree, the gravest word is the line's.
GRAVITY = ("not observable", "rounding", "cancels", "follows", "not shown", "not finite", "shape", "wrong")


def _line_result(
    engine: str, weights: str, dtype: str, line: str, judgements: Sequence[Judgement], bounds: Bounds
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
        digits_lost=max((verdict.digits_lost for verdict in verdicts if verdict.digits_lost is not None), default=None),
        power=PowerResult(median=float(np.median(ratios)), worst=float(ratios.max()), blind=float(np.mean(ratios >= 1)))
        if ratios.size
        else None,
        note=gravest.note,
    )
    if spread := distribution(line, judgements, bounds):
        result["distribution"] = spread
    compared = [verdict.errors for verdict in verdicts if verdict.errors.size]
    if line == "dW1" and compared and compared[0].shape[1] == PIXELS:
        result["error_map"] = error_map(compared)
    return result


def accusations(trial: Sequence[LineResult]) -> Iterator[str]:
    """A sentence for each line of an engine that is at fault, and where it is."""
    alike: dict[tuple[str, str, str, str], list[LineResult]] = {}
    for line in trial:
        if line["verdict"] in FAULTS:
            alike.setdefault((line["engine"], line["line"], line["verdict"], line["note"]), []).append(line)
    for (engine, name, verdict, note), lines in alike.items():
        weights, dtypes = (names([line[key] for line in lines]) for key in ("weights", "dtype"))
        largest = [line["largest_ulps"] for line in lines if line["largest_ulps"] is not None]
        why = f" ({note})" if note else ""
        if verdict == "wrong" and largest and not why:
            why = f" (up to {max(largest):.2g} ulps from the truth)"
        yield f"{engine}: {name} at {weights} weights in {dtypes} is {verdict}{why}"


def names(words: Sequence[str]) -> str:
    """Each once: a, b and c."""
    once = list(dict.fromkeys(words))
    return " and ".join([", ".join(once[:-1]), once[-1]] if len(once) > 1 else once)
