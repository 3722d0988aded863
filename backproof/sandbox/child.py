"""The program that runs in the process of its own: ``python child.py`` with a request on its standard input.

It imports nothing heavier than the standard library before the process is divided into a supervisor and the worker
that runs the learner's file. What goes wrong is told in files of the run's folder, which bear the run's token.

``python child.py DESCRIPTOR`` answers request after request from a socket: everything is imported once, and each
request divides a fresh copy of this process. What one program does to its copy no other sees.

The request names the module whose ``work`` runs the file, and the folders of its package.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
MOST_BYTES = 1 << 16  # of a request to a warm process


def main() -> None:
    """Read the request, run the learner's file under supervision, and tell how it ended."""
    if len(sys.argv) > 1:
        _serve(socket.socket(fileno=int(sys.argv[1])))
        return
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    _enter(request)
    if not hasattr(os, "fork"):
        _imported(request)(request)
        return
    _supervised(lambda: _imported(request)(request), request)


def _enter(request: dict[str, Any]) -> None:
    """Packages whose own __init__ would import more than is needed."""
    packages = {"backproof": HERE.parent, request["module"].partition(".")[0]: Path(request["package"])}
    for name, folder in packages.items():
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    # Not at the end: nothing in site-packages may take the place of this project's own modules.
    sys.path.insert(0, str(HERE.parent.parent))


def _imported(request: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """The function that runs a file, and all that it needs."""
    run: Callable[[dict[str, Any]], None] = importlib.import_module(request["module"]).work
    sys.dont_write_bytecode = True  # nothing of the learner's
    sys.path.remove(str(HERE.parent.parent))
    if not request["module"].startswith("backproof."):  # which imports the rest of itself when it is asked for
        del sys.modules["backproof"], sys.modules[request["module"].partition(".")[0]]
    return run


def _supervised(work: Callable[[], None], request: dict[str, Any]) -> None:
    from backproof.sandbox.supervisor import supervise

    end = supervise(work, request["seconds"], request["patience"])
    # Opened only now: the worker must not inherit it.
    with Path(request["folder"], "ending.json").open("w", encoding="utf-8") as ending:
        json.dump({"token": request["token"], "how": end.how, "value": end.value, **end.facts}, ending)


def _serve(channel: socket.socket) -> None:
    """Answer requests, each with the descriptor of its output, by the number of the process and then its status."""
    run = None
    while True:
        message, outputs, _, _ = socket.recv_fds(channel, MOST_BYTES, 1)
        if not message:
            return
        request: dict[str, Any] = json.loads(message)
        if run is None:
            _enter(request)
            run = _imported(request)
            importlib.import_module("backproof.sandbox.supervisor")  # not in each copy again
            getattr(sys.modules[request["module"]], "rehearse", lambda: None)()
            gc.collect()
            gc.freeze()  # what is shared stays shared
        copy = os.fork()
        if copy == 0:
            channel.close()
            _in_a_copy(run, request, outputs[0])
        os.close(outputs[0])
        channel.send(str(copy).encode())
        _, status = os.waitpid(copy, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())


def _in_a_copy(run: Callable[[dict[str, Any]], None], request: dict[str, Any], output: int) -> None:
    status = 1
    try:
        os.setsid()
        for stream in (1, 2):
            os.dup2(output, stream)
        os.close(output)
        os.chdir(request["folder"])
        os.environ["HOME"] = os.environ["TMPDIR"] = str(Path(request["folder"], "work"))
        _supervised(lambda: run(request), request)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
