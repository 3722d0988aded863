"""The files in a folder or a zip, each to be read when it is needed; nothing is written anywhere.

A zip may have been made to do harm: names that lead outside are no names here, links are not followed, and what it
unpacks to is read to a limit and no further.
"""

from __future__ import annotations

import io
import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

MOST_BYTES = 4_000_000  # of a file that is used; as of a program
MOST_FILES, MOST_UNPACKED = 2000, 64_000_000  # of an archive that a student handed in
_ASIDE = frozenset(
    {"__macosx", "__pycache__", "node_modules", "site-packages", "venv", "env", "thumbs.db", "desktop.ini"}
)


class CannotOpen(ValueError):
    """An archive or a file that is not opened; the text is one sentence."""


class Entry(NamedTuple):
    """A file.

    Attributes:
        parts: of its name, none of which leads outside.
        size: in bytes, as far as is said.
        read: its content.
    """

    parts: tuple[str, ...]
    size: int
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """Its name below where it was found."""
        return "/".join(self.parts)

    @property
    def suffix(self) -> str:
        """Of its name, in small letters."""
        return PurePosixPath(self.parts[-1]).suffix.lower()

    def below(self, count: int) -> Entry:
        """The same without the first parts of its name."""
        return self._replace(parts=self.parts[count:])


def of_folder(folder: Path) -> list[Entry]:
    """The files in a folder and those below it; links are left out.

    Raises:
        OSError: it cannot be read.
    """
    any(folder.iterdir())  # os.walk says nothing of a folder that cannot be read
    return sorted(_walked(folder), key=lambda entry: entry.parts)


def _walked(folder: Path) -> Iterator[Entry]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _aside(name) and not Path(place, name).is_symlink()]
        for name in names:
            path = Path(place, name)
            try:
                status = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode) and not _aside(name):
                parts = tuple(map(spelled, path.relative_to(folder).parts))
                yield Entry(parts, status.st_size, _reader(path))


def _reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with path.open("rb") as file:
                return _short(file.read(MOST_BYTES + 1), path.name)
        except OSError as error:
            raise CannotOpen(f"{spelled(path.name)} cannot be read: {error.strerror}") from None

    return read


def of_zip(content: Path | bytes, name: str, most_files: int | None = None) -> list[Entry]:
    """The files in a zip.

    Args:
        name: of the zip, for what is said.
        most_files: how many may be in it, and together no more than ``MOST_UNPACKED`` bytes; None for any number.

    Raises:
        CannotOpen: it is damaged, locked, too large, or has names that lead outside.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content) if isinstance(content, bytes) else content)
        found = [info for info in archive.infolist() if not info.is_dir() and not _is_link(info)]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise CannotOpen(f"{name} is no zip that can be opened: {error}") from None
    total = sum(info.file_size for info in found)
    if most_files is not None and (len(found) > most_files or total > MOST_UNPACKED):
        raise CannotOpen(f"{name} would unpack to {len(found)} files of {total / 1e6:.0f} MB, which no program is")
    entries = []
    for info in found:
        parts = _parts(_decoded(info))
        if parts is None:
            raise CannotOpen(f"{name} holds a file that would be written outside of its folder: {info.filename!r}")
        if parts and not any(map(_aside, parts)):
            entries.append(Entry(tuple(map(spelled, parts)), info.file_size, _unpacker(archive, info)))
    return entries


def _unpacker(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        name = spelled(info.filename)
        try:
            with archive.open(info) as file:
                return _short(file.read(MOST_BYTES + 1), name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise CannotOpen(f"{name} cannot be unpacked: {error}") from None

    return read


def _short(content: bytes, name: str) -> bytes:
    if len(content) > MOST_BYTES:
        raise CannotOpen(f"{spelled(name)} is larger than {MOST_BYTES // 1_000_000} MB, which no program is")
    return content


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name; of zips that do not say how it is written, UTF-8 where it can be."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _parts(name: str) -> tuple[str, ...] | None:
    """The parts of a name; None for one that leads outside."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    outside = name.startswith(("/", "\\")) or ".." in parts or any(":" in part and len(part) == 2 for part in parts[:1])
    return None if outside or "\0" in name else tuple(parts)


def _aside(part: str) -> bool:
    """What no student wrote."""
    return part.startswith(".") or part.lower() in _ASIDE


def spelled(name: str) -> str:
    """A name that can be written and shown: bytes that are no UTF-8 are taken as Latin-1, accents are one letter."""
    if any("\udc80" <= letter <= "\udcff" for letter in name):
        name = name.encode("utf-8", "surrogateescape").decode("latin-1")
    name = name.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", "".join(c if c.isprintable() else "?" for c in name))
