"""The kill matrix: which checker catches which wrong backward pass, and which accuses a correct program.

Run it with ``python -m benchmarks.kills``; ``--markdown`` prints the table for a page of text.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from backproof.arithmetic import EXACT, EXP_ERROR, arithmetic_of
from backproof.outputs import DATA, pending
from benchmarks.checkers import PIXELS, Checker, checkers
from benchmarks.correct_programs import CORRECT_PROGRAMS, Program
from benchmarks.results import versions
from benchmarks.wrong_passes import WRONG_PASSES
from comparison.results import CheckerSettings, KillMatrix, Kills, ProgramTried
from data import load
from engines import Parameters, initial_weights
from engines.interface import DTYPES
from engines.numpy_engine import NumpyEngine
from proof.enclosure import enclose
from proof.probes import Probe, probe, saturated
from report.kills import program_by_program, summary

HIDDEN, BATCH, LEARNING_RATE = 12, 8, 0.01
# A wrong gradient is observable if it errs by more than this times the worst of the correct programs. They use NumPy's
# exponential, which is right to 1 u; a correct program may use one that is wrong by k u, and a sigmoid has 4 u besides.
MARGIN = EXP_ERROR + 4
SAMPLES = ("one", "batch")

CAPTION = f"""\
Caught: wrong backward passes that the checker reports, out of those observable on the samples it was given. A mistake
is observable where some entry of its gradient errs more than {MARGIN} times as much as in any of the correct programs;
+k counts others, reported all the same. Accused: correct programs that the checker reports.
What is unequal: Backproof knows the network and is shown its lines, the libraries treat it as a black box. Defaults
are given one sample, experts {BATCH}, Backproof both. An expert sets no absolute tolerance, and the tightest relative
one (a power of ten) that accuses no correct program at initial weights, where there is one below 1.
gradcheck is given {PIXELS} of the 784 columns of W1, the brightest, the mistakes in a single column among them: its
slow mode is slow, and its fast one runs it to word an error. Everybody else is given all."""


@dataclass(frozen=True)
class Trial:
    """One program at one setting of the weights, before all checkers.

    Attributes:
        program: its name.
        correct: whether it is one of the correct programs.
        weights: "initial", "trained" or "saturated".
        dtype: "float64" or "float32".
        times_rounding: for one sample and for the batch, its gradient's largest error, entry by entry, as a multiple of
            the largest error of any correct program; None where it has another shape or is not finite.
        caught: for each checker by its label, whether it reports the program.
        hides: for a wrong program, where its mistake cannot be seen; empty if there is no such place.
    """

    program: str
    correct: bool
    weights: str
    dtype: str
    times_rounding: dict[str, float | None]
    caught: dict[str, bool]
    hides: str

    def observable(self, samples: Iterable[str]) -> bool:
        """Whether these samples ("one", "batch") show that the program is wrong."""
        sizes = [self.times_rounding[each] for each in samples]
        return not self.correct and any(size is None or size > MARGIN for size in sizes)


def default_probes() -> dict[str, Probe]:
    """The batch at initial weights, after an epoch of training one sample a step, and at saturated weights."""
    dataset = load()
    X, y = dataset.X_train[:BATCH], dataset.y_train[:BATCH]
    initial = initial_weights(X.shape[1], HIDDEN, seed=0)
    engine = NumpyEngine(initial)
    engine.fit(dataset.X_train, dataset.y_train, epochs=1, learning_rate=LEARNING_RATE)
    return {
        "initial": probe("initial", initial, X, y),
        "trained": probe("trained", engine.parameters, X, y),
        "saturated": saturated(X, y, HIDDEN),
    }


def kill_matrix(
    batches: Mapping[str, Probe], dtype: str, against: Sequence[Checker] | None = None, progress: bool = False
) -> list[Trial]:
    """Every program against every checker in this dtype, at these batches by the name of their weights.

    By default against all checkers; ``progress`` shows a bar on the standard error.
    """
    against = checkers(dtype) if against is None else against
    programs = [(program, True) for program in CORRECT_PROGRAMS] + [(program, False) for program in WRONG_PASSES]
    trials = []
    with np.errstate(all="ignore"), tqdm(total=len(batches) * len(programs), disable=not progress) as bar:
        for weights, batch in batches.items():
            bar.set_description(f"{dtype}, {weights}")
            given = {"one": _part(batch, 1, dtype), "batch": _part(batch, len(batch.y), dtype)}
            checks = {checker: checker.at([given[each] for each in checker.samples]) for checker in against}
            rounding = {samples: Rounding(part) for samples, part in given.items()}
            for program, correct in programs:
                times = {samples: rounding[samples].times(program) for samples in SAMPLES}
                caught = {checker.label: check(program) for checker, check in checks.items()}
                trials.append(Trial(program.name, correct, weights, dtype, times, caught, program.hides))
                bar.update()
    return trials


def _part(batch: Probe, n: int, dtype: str) -> Probe:
    """The first n samples, with all numbers in this dtype."""
    parameters = Parameters(*(np.asarray(p, dtype) for p in batch.parameters))
    return Probe(batch.name, parameters, batch.X[:n].astype(dtype), batch.y[:n])


class Rounding:
    """How far the gradients of the correct programs are from the truth on this probe, entry by entry."""

    def __init__(self, at: Probe) -> None:
        self.at, arithmetic = at, arithmetic_of(at.X.dtype.name)
        truth = enclose(*at[1:], EXACT)
        self.truth = Parameters(truth.dW1, truth.db1, truth.dW2, truth.db2)
        self.errors = [np.maximum(arithmetic.unit_roundoff * np.abs(balls.hi), arithmetic.tiny) for balls in self.truth]
        for program in CORRECT_PROGRAMS:
            gradient = program.gradient(*at[1:])
            for error, values, balls in zip(self.errors, gradient, self.truth, strict=True):
                np.maximum(error, np.abs(balls.error(values)), out=error)

    def times(self, program: Program) -> float | None:
        """The program's largest error as a multiple of theirs; None for another shape or a number not finite."""
        largest = 0.0
        for error, values, balls in zip(self.errors, program.gradient(*self.at[1:]), self.truth, strict=True):
            if values.shape != balls.shape or not np.isfinite(values).all():
                return None
            largest = max(largest, float((np.abs(balls.error(values)) / error).max()))
        return largest


def as_results(trials: Sequence[Trial], dtype: str, against: Sequence[Checker]) -> KillMatrix:
    """The trials of one dtype as plain data."""
    by_program: dict[str, list[Trial]] = {}
    for trial in trials:
        by_program.setdefault(trial.program, []).append(trial)
    return KillMatrix(
        dtype=dtype,
        weights=list(dict.fromkeys(trial.weights for trial in trials)),
        checkers=[CheckerSettings(name=checker.name, settings=checker.settings) for checker in against],
        programs=[
            ProgramTried(
                program=name,
                correct=row[0].correct,
                letters=["".join(_letter(trial, checker) for trial in row) for checker in against],
            )
            for name, row in by_program.items()
        ],
    )


def _letter(trial: Trial, checker: Checker) -> str:
    """See ``comparison.results.ProgramTried``."""
    reported = trial.caught[checker.label]
    if trial.correct:
        return "!" if reported else "."
    if trial.observable(checker.samples):
        return "x" if reported else "."
    return "+" if reported else "-"


def not_observable(trials: Iterable[Trial]) -> Iterator[str]:
    """A sentence for each mistake that cannot be seen on one sample, on the batch, or on either, and why."""
    for trial in trials:
        hidden = [samples for samples in SAMPLES if not trial.observable([samples])]
        if trial.correct or not hidden:
            continue
        where = {"one": "on one sample", "batch": "on the batch"}
        sizes = " and ".join(f"{trial.times_rounding[samples]:.2g}" for samples in hidden)
        why = trial.hides or "the mistake is smaller than rounding here"
        yield (
            f"{trial.program}; {trial.weights}, {trial.dtype}, {' and '.join(where[samples] for samples in hidden)}: "
            f"{sizes} times the error of correct programs ({why})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--full",
        action="store_true",
        help="also Backproof shown the gradient alone, every program, and what is not observable",
    )
    parser.add_argument("--markdown", action="store_true", help="tables as in the README")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to this file")
    arguments = parser.parse_args()
    try:
        with pending(arguments.json, DATA) if arguments.json else nullcontext() as file:
            results = run(arguments.full, arguments.markdown)
            if file:
                file.write((json.dumps(results, indent=1) + "\n").encode())
    except OSError as error:
        parser.error(str(error))


def run(full: bool, markdown: bool) -> Kills:
    """The whole matrix in both types on the real images, printed on the way."""
    batches, matrices = default_probes(), []
    for dtype in DTYPES:
        against = checkers(dtype, gradient_alone=full)
        trials = kill_matrix(batches, dtype, against, progress=True)
        matrices.append(as_results(trials, dtype, against))
        print(f"{len(WRONG_PASSES)} wrong backward passes and {len(CORRECT_PROGRAMS)} correct programs, {dtype}\n")
        print(summary(matrices[-1], markdown), end="\n\n")
        if full:
            print(program_by_program(matrices[-1], markdown), end="\n\n")
            print("Not observable:", *not_observable(trials), sep="\n", end="\n\n")
    print(CAPTION)
    return Kills(versions=versions(), caption=CAPTION, matrices=matrices)


if __name__ == "__main__":
    main()
