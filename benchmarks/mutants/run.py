"""All mutants of the correct programs, each classed and diagnosed, in a few processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import NamedTuple

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.calls.pairing import Pair
from backproof.replay.loading import Program
from benchmarks.mutants.classes import Class, backward_lines, class_of, pairs_of
from benchmarks.mutants.edits import Mutant, mutants
from benchmarks.mutants.others import Checked, checked
from benchmarks.mutants.trial import Line, Tried, tried

SECONDS = 30  # that a mutant may take
PROGRAMS = Path(__file__).parents[2] / "tests" / "programs" / "correct"


class Outcome(NamedTuple):
    """A mutant, its class, what was said of it (None where it cannot run), and what other checkers made of it."""

    mutant: Mutant
    kind: Class
    said: Tried | None
    others: tuple[Checked, ...] = ()


def programs() -> list[Path]:
    """The correct programs of one file."""
    return sorted(PROGRAMS.glob("*.py"))


def all_mutants() -> Iterator[Mutant]:
    """Every edit of every program that can be replayed."""
    for path in programs():
        try:
            lines = backward_lines(path)
        except Exception:  # refused: it is judged by differences
            continue
        yield from mutants(path, lines)


@cache
def _pairs(path: Path) -> tuple[Pair, ...]:
    """The pairs of the correct program."""
    return pairs_of(Case(Program(path)))


def outcome(mutant: Mutant, others: bool = False) -> Outcome:
    """Class it and diagnose it; an endless loop is a program that cannot run.

    Args:
        others: whether to try the other checkers too.
    """
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        pairs = _pairs(mutant.path)
        kind = class_of(mutant.path, mutant.text, pairs)
        if kind is Class.CANNOT_RUN:
            return Outcome(mutant, kind, None)
        return Outcome(mutant, kind, tried(mutant), tuple(checked(mutant, pairs)) if others else ())
    except _TooLong:
        return Outcome(mutant, Class.CANNOT_RUN, None)
    finally:
        signal.alarm(0)


class _TooLong(BaseException):
    """Not an Exception, which programs catch."""


def _too_long(*_: object) -> None:
    raise _TooLong


def _on_one_thread() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def failed(one: Outcome) -> bool:
    """Whether somebody should read it."""
    if one.said is None:
        return False
    if one.kind is Class.EQUIVALENT:
        return one.said.verdict == "wrong"
    return one.said.verdict != "wrong" or one.said.line not in (Line.EDITED, Line.NEAR) or not one.said.proven


def run(chosen: list[Mutant], processes: int) -> Iterator[Outcome]:
    """All outcomes, in the order in which they come."""
    _on_one_thread()  # the processes to come inherit it
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(outcome, mutant, True) for mutant in chosen]):
            yield done.result()
