"""Runs a learner's file in the process of its own, and writes down what came back. It never meets a true value.

Everything here is imported before the file is run. The results are one JSON header and raw little-endian floats:
nothing that could be executed by whoever reads them.
"""

from __future__ import annotations

import contextlib
import faulthandler
import inspect
import json
import os
import sys
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np

from backproof.sandbox import isolation
from check.engine_calls import call_engine, engine_class, train_engine
from check.function_calls import call_function
from check.names import Candidate
from check.program import CannotRun, Program
from engines.interface import BinaryClassifier

# Kept from before the learner's file could replace them.
dumps, contiguous, exit_now = json.dumps, np.ascontiguousarray, os._exit


def work(request: dict[str, Any]) -> NoReturn:
    """Do what the request asks in this process, write the results, and end the process."""
    folder, token = Path(request["folder"]), bytes.fromhex(request["token"])
    where = (folder / "where.txt").open("w", encoding="utf-8")
    faulthandler.enable(file=where)
    faulthandler.dump_traceback_later(max(0.05, 0.9 * request["seconds"] - 0.1), file=where)
    os._exit = _exit_that_tells(where)
    with np.load(folder / "request.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    with (folder / "results.bin").open("wb") as results:
        header: dict[str, Any] = {"calls": [], "blocks": [], "changed": [], "reason": None, "line": None}
        try:
            with (folder / "facts.json").open("w", encoding="utf-8") as facts:
                facts.write(dumps({"token": request["token"], **_confine(request, folder)}))
            _run(request, arrays, header)
        except CannotRun as failure:
            header |= {"reason": failure.reason, "line": failure.line}
        faulthandler.cancel_dump_traceback_later()
        data = _packed(header)
        text = dumps(header).encode()
        results.write(b"".join((token, len(text).to_bytes(8, "little"), text, *data)))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    exit_now(0)


def _exit_that_tells(where: IO[str]) -> Any:
    """os._exit, noting first where it was called."""

    def exit_process(status: int) -> NoReturn:
        faulthandler.dump_traceback(where, all_threads=False)
        exit_now(status)

    return exit_process


def _confine(request: dict[str, Any], folder: Path) -> dict[str, bool]:
    """Take away from this process what can be taken; the learner's folder is where imports look last."""
    file = Path(request["path"])
    engines = Path(inspect.getfile(BinaryClassifier)).parent
    os.chdir(folder / "work")
    sys.path.append(str(file.parent))
    facts = isolation.limit(request["seconds"], request["memory"])
    own, listable = isolation.own_files(file, Path(request["home"]))
    readable = [*isolation.python_installation(), *own, engines]
    return facts | isolation.confine_files(readable, [folder / "work", Path(os.devnull)], listable)


def _run(request: dict[str, Any], arrays: dict[str, np.ndarray], header: dict[str, Any]) -> None:
    """Load the file, and call the function or the engine that it defines.

    Raises:
        CannotRun: anything that the file did wrong; what came before that is in the header.
    """
    program = Program(request["path"], request["memory"])
    module = program.load()
    if callable(getattr(module, "backprop", None)):
        header |= {"kind": "function", "name": "backprop"}
        call_function(program, module, arrays, header)
    elif engine := engine_class(module):
        header |= {"kind": "engine", "name": engine.__name__, "columns": False, "sample": False, "declared": True}
        call_engine(program, engine, arrays, request["dtype"], header)
        if request["training"]:
            train_engine(program, engine, arrays, request["dtype"], request["training"], header)
    else:
        raise CannotRun("the file defines neither backprop(X, y, W1, b1, W2, b2) nor a class with steps and fit")


def _packed(header: dict[str, Any]) -> list[bytes]:
    """Put a description in the place of every array of the header, and return the raw numbers."""
    data: list[bytes] = []

    def described(values: np.ndarray) -> dict[str, Any]:
        kind = "<f4" if values.dtype == np.float32 else "<f8"
        start = sum(map(len, data))
        data.append(contiguous(values, kind).tobytes())
        return {"dtype": str(values.dtype), "shape": list(values.shape), "kind": kind, "start": start}

    def candidate(c: Candidate) -> dict[str, Any]:
        named = {"name": c.name, "origin": c.origin, "line": c.source_line, "repeated": c.repeated}
        return named | described(c.values)

    for call in header["calls"]:
        call["candidates"] = [candidate(c) for c in call["candidates"]]
    header["blocks"] = [[described(array) for array in block] for block in header["blocks"]]
    return data
