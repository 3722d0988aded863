"""The folder of a run: what is done, and what is written in the end."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEPT = "done.sqlite"


def prepared(out: Path) -> Path:
    """Make the folder, if it is not that of an earlier run. Gives the file of what is done.

    Raises:
        OSError: it cannot be made, or there is something else in it or in its place.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not (out / KEPT).exists():
            raise OSError(f"{out} is there already, and Backproof did not write it: choose another by --out")
    except (FileExistsError, NotADirectoryError):
        raise OSError(f"{out} is a file: choose a folder by --out") from None
    return out / KEPT


def write(path: Path, content: bytes) -> None:
    """Whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    with _beside(path) as (descriptor, temporary):
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)


@contextmanager
def _beside(path: Path) -> Iterator[tuple[int, Path]]:
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".backproof-")
        try:
            yield descriptor, Path(name)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise OSError(f"{path} cannot be written: {error.strerror}") from error
