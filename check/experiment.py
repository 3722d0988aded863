"""The whole comparison: the same samples and weights for every engine, trained, measured and held side by side."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np

from check.agreement import agreement, steps_differences, training_differences
from check.engine_process import EngineProcess, Loaded
from check.results import Experiment, Results, StepsDifference
from check.training import Settings, train
from data import Dataset
from engines import EngineError, NotInstalled, Parameters, PromiseBroken, Steps, initial_weights
from engines.interface import shapes

Watch = Callable[[Mapping[str, int], int], None]
PROBES = (slice(0, 1), slice(1, 2), slice(2, 3), slice(0, 8))  # a few training samples one by one, and one batch
SIDE_BY_SIDE = 2  # engines that train at the same time, each on one thread


def compare_engines(
    names: Iterable[str],
    dataset: Dataset,
    settings: Settings,
    watch: Watch | None = None,
    skip_missing: bool = False,
) -> Results:
    """Train every engine from the same weights and hold them side by side.

    Args:
        names: of engines.ENGINES, or ``file.py:Class``.
        watch: told a few times a second how many samples each engine has visited, and of how many.
        skip_missing: an engine whose library is missing is left out, with a word on how to install it.

    Raises:
        NotInstalled: the library of an engine is missing, and skip_missing is false.
        EngineError: an engine cannot be loaded or fails on its way.
    """
    clock = time.perf_counter()
    initial = initial_weights(dataset.X_train.shape[1], settings.hidden, settings.seed)
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(SIDE_BY_SIDE))
        processes = {}
        for name in dict.fromkeys(names):
            processes[name] = EngineProcess(name)
            stack.callback(processes[name].close)
        missing = _leave_out_missing(processes, skip_missing)
        running = {
            name: threads.submit(process.call, train, initial, dataset, settings)
            for name, process in reversed(processes.items())  # those that compile, last in the list, start first
        }
        while wait(running.values(), timeout=0.2).not_done:
            if watch:
                done = {name: process.progress for name, process in processes.items()}
                watch(done, settings.epochs * len(dataset.y_train))
        trainings, broken = {}, []
        for name in processes:
            try:
                trainings[name] = _named(name, running[name].result)
            except PromiseBroken as error:
                broken.append(str(error))

        places = {"initial": initial}
        if trainings:  # the same for all engines: where the first of them ended
            places["trained"] = next(iter(trainings.values())).final
        differences = [
            difference
            for place, parameters in places.items()
            for difference in _probe(place, parameters, processes, dataset, settings)
        ]
    agreed = agreement(differences, list(training_differences(trainings)), trainings, settings.dtype)
    agreed["reasons"] = broken + agreed["reasons"]
    return Results(
        version=1,
        experiment=_experiment(dataset, settings, initial),
        engines={name: training.result for name, training in trainings.items()},
        missing=missing,
        agreement=agreed,
        verdict="disagree" if agreed["reasons"] else "agree",
        seconds=time.perf_counter() - clock,
    )


def _leave_out_missing(processes: dict[str, EngineProcess], allowed: bool) -> dict[str, str]:
    """Takes out the engines whose library is missing: how to install each of them."""
    missing = {}
    for name, process in list(processes.items()):
        try:
            process.wait_until_loaded()
        except NotInstalled as error:
            if not allowed:
                raise
            missing[name] = str(error)
            del processes[name]
    if not processes:
        raise EngineError("there is no engine to run: " + "; ".join(missing.values()))
    return missing


def _named(name: str, function: Callable[[], Any]) -> Any:
    """What the function returns; where the engine fails in it, its name comes before the sentence."""
    try:
        return function()
    except EngineError as error:
        raise type(error)(f"{name}: {error}") from error


def _probe(
    place: str, parameters: Parameters, processes: Mapping[str, EngineProcess], dataset: Dataset, settings: Settings
) -> list[StepsDifference]:
    """The differences of all twelve lines at these parameters, the same for every engine."""
    probes = [(dataset.X_train[part], dataset.y_train[part]) for part in PROBES if part.start < len(dataset.y_train)]
    steps = {
        name: _named(name, partial(process.call, steps_at, parameters, probes, settings.dtype))
        for name, process in processes.items()
    }
    expected = [shapes(len(y), dataset.X_train.shape[1], settings.hidden) for _, y in probes]
    return list(steps_differences(place, steps, expected, settings.dtype))


def steps_at(
    loaded: Loaded, parameters: Parameters, probes: list[tuple[np.ndarray, np.ndarray]], dtype: str
) -> list[Steps]:
    """The twelve lines of each probe (X, y), computed in the engine's process."""
    engine = loaded.engine(parameters, dtype)
    return [engine.steps(X, y) for X, y in probes]


def _experiment(dataset: Dataset, settings: Settings, initial: Parameters) -> Experiment:
    weights = hashlib.sha256(b"".join(p.astype("<f8").tobytes() for p in initial)).hexdigest()
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
