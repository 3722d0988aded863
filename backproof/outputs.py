"""Writes a file whole or not at all, and finds out early whether it can be written.

A file that is there already is replaced only if its content shows that this project wrote it, and only by another of
its kind: nothing that somebody else made is lost, and no output takes the place of an input.
"""

from __future__ import annotations

import errno
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

EMPTY, DATA, PAGE, PICTURE = "an empty file", "an answer or results", "a page", "a picture"
_READ = 4_000_000  # bytes that are looked at


def kind_of(path: Path) -> str | None:
    """What a file of this project's is; None for any other.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(_READ)
    if not content:
        return EMPTY
    start = content[:64].lstrip().lower()
    if start.startswith(b"{") and (b'"verdict"' in content or b'"python-flint"' in content):
        return DATA
    if start.startswith(b"<!doctype html") and b"Backproof" in content:
        return PAGE
    is_picture = start.startswith((b"\x89png", b"<?xml", b"%pdf"))
    return PICTURE if is_picture and b"Backproof" in content else None


@contextmanager
def pending(path: Path, kind: str) -> Iterator[BinaryIO]:
    """A file that becomes ``path`` when the block ends well; until then, and after any failure, path is untouched.

    Args:
        kind: what will be written: DATA, PAGE or PICTURE.

    Raises:
        OSError: the folder cannot be written to, path is itself a folder, a pipe or a device, or a file that is not
            ours or of another kind; raised on entry, before any work. Or the file cannot be finished, as where the disk
            is full.
    """
    target = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    try:
        if target.exists() and not target.is_file():
            raise FileExistsError(errno.EEXIST, "it is a folder" if target.is_dir() else "it is not a file")
        before = kind_of(target) if target.exists() else EMPTY
        if before is None:
            raise FileExistsError(errno.EEXIST, "it is there already, and Backproof did not write it")
        if before not in (EMPTY, kind):
            raise FileExistsError(errno.EEXIST, f"it is {before}, which would be lost")
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
