"""What belongs to a library, and not to the learner."""

from __future__ import annotations

import inspect
import site
import sys
import sysconfig
from pathlib import Path


def file_of(kind: type) -> str | None:
    """The file of a class; of one made in a notebook or a session a name that is no file."""
    module = sys.modules.get(kind.__module__)
    if kind.__module__ == "__main__" or module is None:
        return "<here>"
    return getattr(module, "__file__", None)


_PURE = [sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]


def of_a_library(file: str | None) -> bool:
    """Whether a file belongs to Python or to what is installed; what has no file is built in."""
    if file is None:
        return True
    if file.startswith("<"):
        return False
    path = Path(file).resolve()
    homes = [*_PURE, *site.getsitepackages(), str(Path(inspect.__file__).parent)]
    return any(path.is_relative_to(Path(home).resolve()) for home in homes)
