"""Files of arrays that are written whole or not at all, and that say when they have been altered or cut short."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

SEAL = "sha256"


class BrokenSealError(ValueError):
    """A file is not what was once written to it; the text is one sentence."""


def digest(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 of the names, dtypes, shapes and values of these arrays, in their order."""
    result = hashlib.sha256()
    for name, array in arrays.items():
        result.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        result.update(np.ascontiguousarray(array).tobytes())
    return result.hexdigest()


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write the arrays and their digest as an .npz file, replacing the file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named: dict[str, Any] = {SEAL: np.array(digest(arrays)), **arrays}
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".unfinished")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, **named)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path) -> dict[str, np.ndarray]:
    """The arrays written to this file.

    Raises:
        BrokenSealError: it was altered, cut short, or never written by ``write``.
        FileNotFoundError: there is none.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        seal = str(arrays.pop(SEAL))
    except FileNotFoundError:
        raise
    except Exception:  # damaged bytes make zipfile and NumPy raise a dozen different errors
        raise BrokenSealError(f"{path} is damaged: it cannot be read to its end") from None
    if seal != digest(arrays):
        raise BrokenSealError(f"{path} is damaged: its contents are not those that were written")
    return arrays
