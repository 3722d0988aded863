"""Writes a file whole or not at all, and finds out early whether it can be written."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast


@contextmanager
def pending(path: Path) -> Iterator[BinaryIO]:
    """A file that becomes ``path`` when the block ends well; until then, and after any failure, path is untouched.

    Raises:
        OSError: the folder cannot be written to, or path is itself a folder, a pipe or a device; raised on entry,
            before any work. Or the file cannot be finished, as where the disk is full.
    """
    target = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    try:
        if target.exists() and not target.is_file():
            raise FileExistsError(errno.EEXIST, "it is a folder" if target.is_dir() else "it is not a file")
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _cannot_be_written(path, error) from error
    try:
        with io.BufferedWriter(_Raw(descriptor, path)) as file:
            yield cast(BinaryIO, file)
        umask = os.umask(0)
        os.umask(umask)
        try:
            Path(temporary).chmod(0o666 & ~umask)  # mkstemp's files are private
            Path(temporary).replace(target)
        except OSError as error:
            raise _cannot_be_written(path, error) from error
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


class _Raw(io.FileIO):
    """The file below the buffer: an error of writing tells which file it was to become."""

    def __init__(self, descriptor: int, path: Path) -> None:
        super().__init__(descriptor, "wb")
        self._path = path

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise _cannot_be_written(self._path, error) from error


def _cannot_be_written(path: Path, error: OSError) -> OSError:
    return OSError(f"{path} cannot be written: {error.strerror}")
