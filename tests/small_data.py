"""A small data set of two classes that overlap a little, and a stranger's engine in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data import Dataset, Fingerprints
from engines import numpy_engine


def small_dataset(train: int = 40, test: int = 20, inputs: int = 10) -> Dataset:
    """Samples of float32 values in [0, 1]; class 1 is brighter in the first half of the pixels."""
    rng = np.random.default_rng(0)

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        y = rng.permutation(np.arange(n) % 2.0)
        X = rng.random((n, inputs))
        X[:, : inputs // 2] = (X[:, : inputs // 2] + 0.7 * y[:, None]) / 1.7
        return X.astype(np.float32).astype(np.float64), y

    return Dataset(*draw(train), *draw(test), ("dark", "bright"), Fingerprints("images", "labels", "split"))


def engine_file(path: Path, old: str = "", new: str = "") -> str:
    """A copy of the engine by hand with some text replaced, written to a file: its name for ``--engine``."""
    source = Path(numpy_engine.__file__).read_text()
    assert old in source
    path.write_text(source.replace(old, new) if old else source)
    return f"{path}:NumpyEngine"
