"""Which code this is: results of another are neither reused nor mixed with those of this one."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterable
from pathlib import Path

Version = Callable[[], str]  # of the code that results depend on; can be imported on a worker


def version_of(files: Iterable[Path], root: Path) -> str:
    """The number of the release and a few digits that change with the code, as in "0.1.0 (3fa9c1d2)".

    Args:
        files: the code, somewhere below ``root``.
    """
    code = hashlib.sha256()
    for path in sorted(files):
        code.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    try:
        number = importlib.metadata.version("backproof")
    except importlib.metadata.PackageNotFoundError:  # the code alone, as in an autograder
        number = "unreleased"
    return f"{number} ({code.hexdigest()[:8]})"
