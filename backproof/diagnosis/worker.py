"""Diagnoses a learner's file in the process of its own, and writes down what it found.

Everything is imported before the file is run. The answer is one JSON message, which nothing can execute.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.completed import diagnose_case, diagnose_file
from backproof.diagnosis.diagnose import SECONDS
from backproof.diagnosis.report import Diagnosis, encoded
from backproof.replay.loading import Program
from backproof.sandbox import isolation

# Kept from before the learner's file could replace them.
exit_now, encode = os._exit, encoded
USUAL, SHARE = 20.0, 0.8  # seconds by default, and the share of them before the search for culprits must end
# A program of ours with a mistake: to find and mend it takes what any program takes.
REHEARSED = """
import numpy as np

def example():
    return np.ones((3, 2)) / 4, np.arange(3.0), np.ones((2, 1)) / 2, np.ones(1) / 3

def backprop(X, y, W, b):
    h = np.tanh(X @ W + b)
    error = h - y[:, None]
    dz = 2 * error * (1 - h) / len(y)
    return (error**2).mean(), X.T @ dz, dz.sum(0)
"""


def rehearse() -> None:
    """Diagnose a program of ours, so that what is made once, at its first use, is there before a process is divided."""
    path = Path("rehearsed.py").absolute()
    diagnose_case(Case(Program(path, REHEARSED)))


def work(request: dict[str, Any]) -> NoReturn:
    """Do what the request asks in this process, write the answer, and end the process."""
    folder, token = Path(request["folder"]), bytes.fromhex(request["token"])
    where = (folder / "where.txt").open("w", encoding="utf-8")
    faulthandler.enable(file=where)
    faulthandler.dump_traceback_later(max(0.05, 0.9 * request["seconds"] - 0.1), file=where)

    def told_exit(status: int) -> NoReturn:
        """A program that ends its process says where."""
        faulthandler.dump_traceback(file=where)
        exit_now(status)

    os._exit = told_exit
    with (folder / "results.bin").open("wb") as results:
        with (folder / "facts.json").open("wb") as facts:
            facts.write(_facts(request, folder))
        longer = max(1.0, request["seconds"] / USUAL)  # who waits longer has it searched longer
        try:
            found = diagnose_file(request["path"], seconds=min(SECONDS * longer, SHARE * request["seconds"]))
        except Exception as error:
            text = f"Backproof itself failed on this file ({type(error).__name__}: {error})"
            said = f"{text}; that is a fault of Backproof, not of your program"
            found = Diagnosis("cannot run", said, request["path"])
        faulthandler.cancel_dump_traceback_later()
        results.write(token + encode(found))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    exit_now(0)


def _facts(request: dict[str, Any], folder: Path) -> bytes:
    """Take away from this process what can be taken, and say what it was."""
    import json

    file = Path(request["path"])
    os.chdir(file.parent if request["own_folder"] else folder / "work")
    sys.path.append(str(file.parent))
    held = isolation.limit(request["seconds"], request["memory"])
    own, listable = isolation.own_files(file, Path(request["home"]))
    readable = [*isolation.python_installation(), *own, Path(__file__).resolve().parents[2]]
    held |= isolation.confine_files(readable, [folder / "work", Path(os.devnull)], listable)
    return json.dumps({"token": request["token"], **held}).encode()
