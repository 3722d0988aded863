"""Calls a learner's ``backprop`` on every probe, in the layout that the file declares or in the first that fits."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from check.harvest import Harvest
from check.names import GRADIENTS, choose
from check.program import INPUTS, CannotRun, Program, changed, inputs_of, raw, visits
from check.returned import returned_lines
from engines.interface import Parameters


class Mode(NamedTuple):
    """How the file wants its arrays."""

    columns: bool
    sample: bool
    flat: bool = False  # one sample of (d,) beside biases that are columns, as Algorithm 1 was printed


class Outcome(NamedTuple):
    """All that was done in one mode."""

    mode: Mode
    calls: list[dict[str, Any]]
    failure: CannotRun | None
    fits: bool  # every call gave four gradients of the shapes asked for


def call_function(program: Program, module: ModuleType, arrays: dict[str, np.ndarray], header: dict[str, Any]) -> None:
    """Call backprop as the file declares, or in the first way in which its gradients have the shapes asked for.

    If there is no such way, what is judged is the first one: samples in rows, all of them at once.

    Raises:
        CannotRun: an unknown declaration, or whatever backprop did wrong.
    """
    layout, sample = getattr(module, "LAYOUT", None), getattr(module, "SAMPLE", None)
    if layout not in (None, "rows", "columns"):
        raise CannotRun(f'LAYOUT is {layout!r:.40}, but only "rows" and "columns" are known')
    if sample not in (None, True, False):
        raise CannotRun(f"SAMPLE is {sample!r:.40}, but only True and False are known")
    batches, samples = (
        [Mode(False, False), Mode(True, False)],
        [Mode(False, True), Mode(True, True), Mode(True, True, flat=True)],
    )
    if layout is None and _first_argument(module.backprop) == "x":  # a batch would be called X
        modes = [batches[0], *samples, batches[1]]
    else:
        modes = [*batches, *samples]
    modes = [m for m in modes if layout in (None, ("rows", "columns")[m.columns]) and sample in (None, m.sample)]
    chosen = _in_mode(program, module, modes[0], arrays)
    for mode in modes[1:]:
        if chosen.fits:
            break
        outcome = _in_mode(program, program.load(), mode, arrays)
        chosen = outcome if outcome.fits else chosen
    said = (layout == "columns" or not chosen.mode.columns) and (sample is True or not chosen.mode.sample)
    header |= {"calls": chosen.calls, "declared": said}
    header |= {"columns": chosen.mode.columns, "sample": chosen.mode.sample}
    if chosen.failure is not None:
        raise chosen.failure


def _first_argument(function: Callable[..., Any]) -> str | None:
    try:
        return next(iter(inspect.signature(function).parameters), None)
    except (TypeError, ValueError):
        return None


def _in_mode(program: Program, module: ModuleType, mode: Mode, arrays: dict[str, np.ndarray]) -> Outcome:
    calls: list[dict[str, Any]] = []
    fits = True
    try:
        for probe, repetition in visits(arrays):
            X, y, parameters = inputs_of(arrays, f"p{probe}_")
            for sample in range(len(X)) if mode.sample else (None,):
                rows = slice(None) if sample is None else slice(sample, sample + 1)
                calls.append({"probe": probe, "repetition": repetition, "sample": sample, "candidates": []})
                _call(program, module, _arguments(X[rows], y[rows], parameters, mode), calls[-1])
                h, d = parameters.W1.shape
                lines, _ = choose(calls[-1]["candidates"], len(X[rows]), d, h, mode.columns)
                fits &= all(name in lines and lines[name].layout in ("same", "reshaped") for name in GRADIENTS)
    except CannotRun as failure:
        return Outcome(mode, calls, failure, False)
    return Outcome(mode, calls, None, fits)


def _arguments(X: np.ndarray, y: np.ndarray, parameters: Parameters, mode: Mode) -> tuple[Any, ...]:
    """Fresh copies of the arguments of backprop, in the file's layout."""
    W1, b1, W2, b2 = (p.copy() for p in parameters)
    if mode.columns:
        b1, b2 = b1[:, None], b2[:, None]
    if mode.sample:
        return (X.T.copy() if mode.columns and not mode.flat else X[0].copy()), y[0], W1, b1, W2, b2
    if mode.columns:
        return X.T.copy(), y[None, :].copy(), W1, b1, W2, b2
    return X.copy(), y.copy(), W1, b1, W2, b2


def _call(program: Program, module: ModuleType, arguments: tuple[Any, ...], record: dict[str, Any]) -> None:
    """One call of backprop: what it returned and what its variables held go into the record."""
    function = module.backprop
    try:
        signature = inspect.signature(function)
        signature.bind(*arguments)
    except TypeError:
        reason = f"backprop takes {signature}, but is called with ({', '.join(INPUTS)})"
        raise CannotRun(reason, program.defined_at("backprop")) from None
    except ValueError:  # written in C: it has no signature to be asked for
        pass
    before = raw(arguments)
    harvest = Harvest(program.path, program.source, getattr(inspect.unwrap(function), "__code__", None))
    try:
        with harvest:
            returned = program.guarded("backprop", function, *arguments)
        record["candidates"] += returned_lines(returned, harvest)
    finally:
        record["candidates"] += harvest.candidates()
        record["changed"] = changed(before, arguments)
