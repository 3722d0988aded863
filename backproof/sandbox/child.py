"""The program that runs in the process of its own: ``python child.py`` with a request on its standard input.

It imports nothing heavier than the standard library before the process is divided into a supervisor and the worker
that runs the learner's file. What goes wrong is told in files of the run's folder, which bear the run's token.

The request names the module whose ``work`` runs the file, and the folders of its package.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Read the request, run the learner's file under supervision, and tell how it ended."""
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    root = HERE.parent.parent
    # Packages whose own __init__ would import more than is needed.
    packages = {"backproof": HERE.parent, request["module"].partition(".")[0]: Path(request["package"])}
    for name, folder in packages.items():
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    # Not at the end: nothing in site-packages may take the place of this project's own modules.
    sys.path.insert(0, str(root))

    def work() -> None:
        run = importlib.import_module(request["module"]).work
        sys.dont_write_bytecode = True  # nothing of the learner's
        sys.path.remove(str(root))
        for name in packages:
            if not request["module"].startswith("backproof."):  # which imports the rest of itself when it is asked for
                del sys.modules[name]
        run(request)

    if not hasattr(os, "fork"):
        work()
        return
    from backproof.sandbox.supervisor import supervise

    end = supervise(work, request["seconds"])
    # Opened only now: the worker must not inherit it.
    with Path(request["folder"], "ending.json").open("w", encoding="utf-8") as ending:
        json.dump({"token": request["token"], "how": end.how, "value": end.value, **end.facts}, ending)


if __name__ == "__main__":
    main()
