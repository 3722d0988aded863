"""The program that runs in the process of its own: ``python child.py`` with a request on its standard input.

It imports nothing heavier than the standard library before the process is divided into a supervisor and the worker
that runs the learner's file. What goes wrong is told in files of the run's folder, which bear the run's token.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def main() -> None:
    """Read the request, run the learner's file under supervision, and tell how it ended."""
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    here = Path(__file__).resolve().parent
    # The package itself would import all of the judge.
    package = ModuleType("check")
    package.__path__ = [str(here)]
    sys.modules["check"] = package
    # Not at the end: nothing in site-packages may take the place of this project's own modules.
    sys.path.insert(0, str(here.parent))

    def work() -> None:
        from check.worker import work

        sys.dont_write_bytecode = True  # nothing of the learner's
        sys.path.remove(str(here.parent))
        del sys.modules["check"]
        work(request)

    if not hasattr(os, "fork"):
        work()
        return
    from check.supervisor import supervise

    end = supervise(work, request["seconds"])
    # Opened only now: the worker must not inherit it.
    with Path(request["folder"], "ending.json").open("w", encoding="utf-8") as ending:
        json.dump({"token": request["token"], "how": end.how, "value": end.value, **end.facts}, ending)


if __name__ == "__main__":
    main()
