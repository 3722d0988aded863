"""The whole comparison: the same samples and weights for every engine, trained, measured and held side by side."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import NamedTuple

from comparison import complaints
from comparison.against_certificate import certificate_result, find_certificate
from comparison.auditing import BLOCKS
from comparison.auditors import cores
from comparison.differences import training_differences
from comparison.lines import LinesJudged, judge_lines
from comparison.pictures import PIXELS, pictures
from comparison.progress import tell
from comparison.results import Agreement, Experiment, Floor, Reason, Results
from comparison.settings import Settings
from comparison.side_by_side import Outcome, SideBySide, Watch, no_watch, side_by_side
from data import Dataset, sha256
from engines import COMPARED, ENGINES, Parameters, initial_weights, package
from proof.certificate import CertifyError

MeasureFloor = Callable[[Parameters, Dataset, Settings], Floor | None]


class Seen(NamedTuple):
    """Everything that was measured."""

    outcome: Outcome
    lines: LinesJudged
    floor: Floor | None
    missing: Mapping[str, str]  # engines that were left out, and how to install them


def compare_engines(
    names: Iterable[str],
    dataset: Dataset,
    settings: Settings,
    *,
    audit_blocks: int | None = BLOCKS,
    skip_missing: bool = False,
    watch: Watch = no_watch,
    floor: MeasureFloor | None = None,
    scheduler: str | None = None,
) -> Results:
    """Train every engine from the same weights, judge each, and hold them side by side.

    Args:
        names: of engines.ENGINES, or ``file.py:Class``.
        audit_blocks: how many blocks of each training to audit; all if None, on all cores of this machine.
        skip_missing: an engine whose library is missing is left out, with a word on how to install it.
        watch: told a few times a second what is under way, how far it is and how far it goes.
        floor: measures the quickest that a step of this training can be, in a process of its own.
        scheduler: the address of a Dask cluster that runs the audits instead of this machine.

    Raises:
        CannotRun: there is nowhere to run the audits.
        NotInstalled: the library of an engine is missing, and skip_missing is false.
        EngineError: an engine cannot be loaded or fails on its way.
        ProofError: weights that nothing can be proved about.
    """
    clock = time.perf_counter()
    initial = initial_weights(dataset.X_train.shape[1], settings.hidden, settings.seed)
    with ExitStack() as stack:
        many = stack.enter_context(cores(scheduler, tell)) if audit_blocks is None or scheduler else None
        engines = stack.enter_context(side_by_side(names, skip_missing))
        outcome = engines.train(initial, dataset, settings, audit_blocks, watch, many)
        seen = _look(engines, outcome, initial, dataset, settings, floor)
    results = _assembled(seen, initial, dataset, settings) | {"seconds": time.perf_counter() - clock}
    return _with_certificate(results, seen.outcome, initial, dataset, settings)


def _look(
    engines: SideBySide,
    outcome: Outcome,
    initial: Parameters,
    dataset: Dataset,
    settings: Settings,
    floor: MeasureFloor | None,
) -> Seen:
    """Every line and answer of the engines, at initial weights and where the first of them ended; and the floor."""
    quickest = engines.submit(floor, initial, dataset, settings) if floor and settings.epochs else None
    reached = [training.final for training in outcome.trainings.values() if complaints.finite(training.final)]
    weights = {"initial": initial} | ({"trained": reached[0]} if reached else {})
    lines = judge_lines(engines.engines, weights, dataset, settings)
    return Seen(outcome, lines, quickest.result() if quickest else None, engines.missing)


def _assembled(seen: Seen, initial: Parameters, dataset: Dataset, settings: Settings) -> Results:
    outcome, lines, floor, missing = seen
    reasons: list[Reason] = [
        *outcome.broken,
        *complaints.of_lines(lines.verdicts),
        *lines.reasons,
        *complaints.of_training(outcome),
    ]
    results = Results(
        version=2,
        experiment=_experiment(dataset, settings, initial, [*COMPARED, *outcome.trainings]),
        engines={name: training.result for name, training in outcome.trainings.items()},
        missing=dict(missing),
        agreement=Agreement(
            lines=lines.differences, training=list(training_differences(outcome.trainings)), reasons=reasons
        ),
        verdicts=lines.verdicts,
        rulings=lines.rulings,
        audit=outcome.audits,
        verdict="disagree" if reasons else "agree",
    )
    if floor:
        results["floor"] = floor
    if outcome.control:
        results["control"] = outcome.control
    if dataset.X_train.shape[1] == PIXELS:
        results["pictures"] = pictures(initial, dataset, outcome.trainings)
    return results


def _with_certificate(
    results: Results, outcome: Outcome, initial: Parameters, dataset: Dataset, settings: Settings
) -> Results:
    try:
        certificate = find_certificate(initial, dataset, settings)
    except CertifyError as error:
        return results | {"missing": results["missing"] | {"certificate": str(error)}}
    return results | {"certificate": certificate_result(certificate, outcome.trainings)} if certificate else results


def _experiment(dataset: Dataset, settings: Settings, initial: Parameters, names: Iterable[str]) -> Experiment:
    weights = sha256(*(p.astype("<f8", copy=False) for p in initial))
    libraries = [package(name) for name in dict.fromkeys(names) if name in ENGINES]
    return Experiment(
        classes=list(dataset.class_names),
        train_samples=len(dataset.y_train),
        test_samples=len(dataset.y_test),
        inputs=dataset.X_train.shape[1],
        hidden=settings.hidden,
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        dtype=settings.dtype,
        seed=settings.seed,
        fingerprints=dataset.fingerprints._asdict() | {"initial_weights": weights},
        versions={"python": platform.python_version()} | {name: v for name in libraries if (v := _version(name))},
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, one thread",
    )


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None
