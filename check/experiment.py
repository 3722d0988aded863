"""The whole comparison: the same samples and weights for every engine, trained, measured and held side by side."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from check.against_certificate import certificate_result, find_certificate
from check.auditing import BLOCKS
from check.differences import steps_differences, training_differences
from check.engine_process import named
from check.pictures import PIXELS, pictures
from check.public_methods import ask, complaints, enclosures
from check.results import Agreement, Experiment, Floor, LineResult, Results, RulingResult, StepsDifference
from check.side_by_side import Outcome, Watch, no_watch, side_by_side
from check.training import Settings
from check.trial import accusations, judge_all, probes_at, show_steps
from data import Dataset, sha256
from engines import Parameters, initial_weights
from engines.interface import DTYPES
from proof.certificate import CertifyError


def compare_engines(
    names: Iterable[str],
    dataset: Dataset,
    settings: Settings,
    *,
    audit_blocks: int | None = BLOCKS,
    skip_missing: bool = False,
    watch: Watch = no_watch,
    floor: Callable[[Parameters, Dataset, Settings], Floor | None] | None = None,
) -> Results:
    """Train every engine from the same weights, put each on trial, and hold them side by side.

    Args:
        names: of engines.ENGINES, or ``file.py:Class``.
        audit_blocks: how many blocks of each training to audit; all if None.
        skip_missing: an engine whose library is missing is left out, with a word on how to install it.
        watch: told a few times a second what is under way, how far it is and how far it goes.
        floor: measures the quickest that a step of this training can be, in a process of its own.

    Raises:
        NotInstalled: the library of an engine is missing, and skip_missing is false.
        EngineError: an engine cannot be loaded or fails on its way.
        ProofError: weights that nothing can be proved about.
    """
    clock = time.perf_counter()
    initial = initial_weights(dataset.X_train.shape[1], settings.hidden, settings.seed)
    with side_by_side(names, skip_missing) as engines:
        outcome = engines.train(initial, dataset, settings, audit_blocks, watch)
        quickest = engines.submit(partial(floor, initial, dataset, settings)) if floor and settings.epochs else None
        weights = {"initial": initial}
        reached = [training.final for training in outcome.trainings.values() if _finite(training.final)]
        if reached:  # the same for all engines: where the first of them ended
            weights["trained"] = reached[0]
        differences: list[StepsDifference] = []
        trial: list[LineResult] = []
        rulings: list[RulingResult] = []
        answered: list[str] = []
        for place, probes in probes_at(weights, dataset, settings.hidden, settings.seed).items():
            shown = show_steps(engines.engines, probes)
            differences += steps_differences(place, shown[settings.dtype], probes, settings.dtype)
            lines, who = judge_all(place, probes, shown)
            trial += lines
            rulings += who
            around = {dtype: enclosures(probes, dtype) for dtype in DTYPES}  # once for all engines
            answered += [
                f"{name}: {sentence}"
                for name, process in engines.engines.items()
                for dtype in DTYPES
                for sentence in complaints(probes, around[dtype], named(name, process.call, ask, probes, dtype), dtype)
            ]
        measured = quickest.result() if quickest else None
    reasons = [*outcome.broken, *accusations(trial), *dict.fromkeys(answered), *_complaints(outcome)]
    results = Results(
        version=1,
        experiment=_experiment(dataset, settings, initial),
        engines={name: training.result for name, training in outcome.trainings.items()},
        missing=engines.missing,
        agreement=Agreement(steps=differences, training=list(training_differences(outcome.trainings)), reasons=reasons),
        trial=trial,
        rulings=rulings,
        audit=outcome.audits,
        verdict="disagree" if reasons else "agree",
        seconds=time.perf_counter() - clock,
    )
    if measured:
        results["floor"] = measured
    if outcome.control:
        results["control"] = outcome.control
    if dataset.X_train.shape[1] == PIXELS:
        results["pictures"] = pictures(initial, dataset, outcome.trainings)
    try:
        if certificate := find_certificate(initial, dataset, settings):
            results["certificate"] = certificate_result(certificate, outcome.trainings)
    except CertifyError as error:
        results["missing"]["certificate"] = str(error)
    return results


def _complaints(outcome: Outcome) -> Iterator[str]:
    """A sentence for each thing in the trainings that no correct engine does."""
    for name, training in outcome.trainings.items():
        if None in training.result["losses"]:
            yield f"{name}: a loss is not finite"
        if not _finite(training.final):
            yield f"{name}: a final weight is not finite"
        elif None in (training.result["test_loss"], training.result["train_loss"]):
            yield f"{name}: a loss after training is not finite"
        elif not np.isfinite(training.probabilities).all():
            yield f"{name}: a probability is not finite"
    for name, blocks in outcome.audits.items():
        lost = [block for block in blocks if block["losses_outside"]]
        if lost:
            yield (
                f"{name}: no formula gives the losses of {len(lost)} of {len(blocks)} audited blocks of training, the "
                f"first the one that starts at step {lost[0]['first_step']:,}"
            )
        outside = [block for block in blocks if block["outside"]]
        if outside:
            first = outside[0]
            yield (
                f"{name}: rounding cannot explain where {len(outside)} of {len(blocks)} audited blocks of training "
                f"end, the first the one that starts at step {first['first_step']:,}"
            )


def _finite(parameters: Parameters) -> bool:
    return all(np.isfinite(p).all() for p in parameters)


def _experiment(dataset: Dataset, settings: Settings, initial: Parameters) -> Experiment:
    weights = sha256(*(p.astype("<f8", copy=False) for p in initial))
    installed = ("numpy", "torch", "jax")
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
        versions={"python": platform.python_version()} | {name: v for name in installed if (v := _version(name))},
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, one thread",
    )


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None
