"""Writes a file whole or not at all, and finds out early whether it can be written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def pending(path: Path) -> Iterator[BinaryIO]:
    """A file that becomes ``path`` when the block ends well; until then, and after any failure, path is untouched.

    Raises:
        OSError: the folder cannot be written to, or path is itself a folder; raised on entry, before any work.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} cannot be written: it is a folder")
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    except OSError as error:
        raise OSError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)  # mkstemp's files are private
        Path(temporary).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
