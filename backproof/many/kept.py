"""What is done is kept, in one file, so that nothing is done twice and nothing is lost when a run is cut off."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OURS = 0x6261636B  # what marks the file as one of ours ("back")


class Kept:
    """Values by key, each on the disk as soon as it is put.

    Raises:
        OSError: the file cannot be read or written, or is not one of ours.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            self._base = sqlite3.connect(path, timeout=60)
            (mark,) = self._base.execute("PRAGMA application_id").fetchone()
            (tables,) = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables and mark != OURS:
                raise OSError(f"{path} is there already, and Backproof did not write it")
            if not tables:
                self._base.execute(f"PRAGMA application_id = {OURS}")
                self._base.execute("CREATE TABLE done (key TEXT PRIMARY KEY, value BLOB NOT NULL)")
                self._base.commit()

    def get(self, key: str) -> bytes | None:
        """The value; None where there is none."""
        with self._told():
            row = self._base.execute("SELECT value FROM done WHERE key = ?", (key,)).fetchone()
        return zlib.decompress(row[0]) if row else None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value, in the place of an older one."""
        with self._told(), self._base:
            self._base.execute("INSERT OR REPLACE INTO done VALUES (?, ?)", (key, zlib.compress(value)))

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OSError(f"{self._path}, which keeps what is done, cannot be used: {error}") from error
