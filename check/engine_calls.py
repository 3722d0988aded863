"""Asks a learner's engine class for its steps on every probe, and trains it in blocks."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from check.harvest import Harvest
from check.program import MODULE, CannotRun, Program, changed, inputs_of, raw, visits
from check.returned import real_array, returned_lines
from engines.interface import Parameters


def engine_class(module: ModuleType) -> type | None:
    """The class that this file defines with ``lines`` and ``fit``; the last one if there are several."""
    own = [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == MODULE]
    able = [c for c in own if callable(getattr(c, "lines", None)) and callable(getattr(c, "fit", None))]
    return next((c for c in reversed(able) if not inspect.isabstract(c)), None)


def call_engine(
    program: Program, engine: type, arrays: dict[str, np.ndarray], dtype: str, header: dict[str, Any]
) -> None:
    """The steps of an engine on every probe: a new engine for each, asked twice for the first.

    Raises:
        CannotRun: whatever the engine did wrong.
    """
    for probe, repetition in visits(arrays):
        X, y, parameters = inputs_of(arrays, f"p{probe}_")
        given = (X.copy(), y.copy(), *(p.copy() for p in parameters))
        if repetition == 0:
            made = _made(program, engine, Parameters(*given[2:]), dtype)
        record: dict[str, Any] = {"probe": probe, "repetition": repetition, "sample": None, "candidates": []}
        header["calls"].append(record)
        before = raw(given)
        harvest = Harvest(program.path, program.source, None)
        try:
            with harvest:
                returned = program.guarded("lines", made.lines, *given[:2])
            if not isinstance(returned, dict) and not hasattr(returned, "_fields"):
                raise CannotRun(f"lines returned a value of type {type(returned).__name__}, but Lines are asked for")
            record["candidates"] += returned_lines(returned, harvest)
        finally:
            record["candidates"] += harvest.candidates()
            record["candidates"] = [
                replace(c, source_line=harvest.literal_lines.get(c.name)) if c.source_line is None else c
                for c in record["candidates"]
            ]
            record["changed"] = changed(before, given)


def _made(program: Program, engine: type, parameters: Parameters, dtype: str) -> Any:
    arguments: tuple[Any, ...] = (parameters, dtype)
    try:
        inspect.signature(engine).bind(*arguments)
    except (TypeError, ValueError):
        arguments = (parameters,)
    return program.guarded(f"making a {engine.__name__}", engine, *arguments)


def train_engine(
    program: Program,
    engine: type,
    arrays: dict[str, np.ndarray],
    dtype: str,
    training: dict[str, Any],
    header: dict[str, Any],
) -> None:
    """Train a new engine in blocks: its four parameters and the losses after each go into the header.

    Raises:
        CannotRun: whatever the engine did wrong.
    """
    X, y, parameters = inputs_of(arrays, "t_")
    given = (X.copy(), y.copy(), *(p.copy() for p in parameters))
    before = raw(given)
    made = _made(program, engine, Parameters(*given[2:]), dtype)
    blocks = _blocks(made, given[0], given[1], **training)
    while (losses := program.guarded("fit", next, blocks, None)) is not None:
        after = program.guarded("parameters", lambda: tuple(made.parameters))
        if len(after) != 4:
            raise CannotRun(f"parameters are {len(after)} values, but (W1, b1, W2, b2) are asked for")
        named = zip((*Parameters._fields, "losses"), (*after, losses), strict=True)
        header["blocks"].append([real_array(name, value, None).copy() for name, value in named])
    header["changed"] = changed(before, given)


def _blocks(made: Any, X: np.ndarray, y: np.ndarray, epochs: int, block: int, **settings: Any) -> Iterator[Any]:
    """The losses of each block; an engine that only knows ``fit`` is given one block's samples at a time."""
    if hasattr(made, "fit_in_blocks"):
        yield from made.fit_in_blocks(X, y, epochs=epochs, block=block, **settings)
        return
    length = block * settings["batch_size"]
    for _ in range(epochs):
        for start in range(0, len(y), length):
            part = slice(start, start + length)
            losses = made.fit(X[part], y[part], epochs=1, **settings)
            yield np.empty(0) if losses is None else losses
