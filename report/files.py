"""Writes a file whole or not at all, and finds out early whether it can be written."""

from __future__ import annotations

import errno
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
        OSError: the folder cannot be written to, or path is itself a folder, a pipe or a device; raised on entry,
            before any work.
    """
    target = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    try:
        if target.exists() and not target.is_file():
            raise FileExistsError(errno.EEXIST, "it is a folder" if target.is_dir() else "it is not a file")
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise OSError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)  # mkstemp's files are private
        Path(temporary).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
