"""Real images of two classes, scaled, shuffled and split, the same for every engine: ``load() -> Dataset``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

TRAIN_SAMPLES = 12_000


class DataError(ValueError):
    """The data asked for cannot be had, or is not what was published; the text is one sentence."""


class Fingerprints(NamedTuple):
    """SHA-256, in hexadecimal, of the bytes of arrays in C order."""

    images: str  # (14000, 784) uint8, both classes as published: in their order, training set before test set
    labels: str  # (14000,) uint8, theirs, the published numbers of the classes
    split: str  # X_train, y_train, X_test, y_test one after the other, little-endian float64


@dataclass(frozen=True, eq=False)
class Dataset:
    """Two classes of Fashion-MNIST; ``X`` in [0, 1] and ``y`` of exactly 0 and 1 are float64 holding float32 values."""

    X_train: np.ndarray  # (12000, 784), or fewer rows where fewer were asked for
    y_train: np.ndarray  # (12000,)
    X_test: np.ndarray  # (2000, 784)
    y_test: np.ndarray  # (2000,)
    class_names: tuple[str, str]  # of label 0 and of label 1
    fingerprints: Fingerprints


def load(
    classes: Sequence[str | int] = ("Dress", "Ankle boot"),
    folder: str | Path | None = None,
    seed: int = 0,
    train_samples: int | None = None,
) -> Dataset:
    """All 14,000 images of two classes, shuffled together: 12,000 to train and 2,000 to test.

    Args:
        classes: two of the ten, by name (in any case) or number; the first gets label 0, the second label 1.
        folder: where the four IDX files of Fashion-MNIST are, plain or ``.gz``. Without it the default pair comes
            from the file that ships, and any other from the publisher's address.
        seed: fixes which samples are kept for the test, and the order of all of them.
        train_samples: how many training samples to keep, the first ones; by default all.

    Raises:
        DataError: classes that are unknown, the same or not two, a count or seed out of range, data that is missing,
            damaged or not as published.
    """
    # Here, because ``python -m data.fashion_mnist`` first imports this package, which must not import it in turn.
    from data import fashion_mnist

    kept = TRAIN_SAMPLES if train_samples is None else train_samples
    if not 1 <= kept <= TRAIN_SAMPLES:
        raise DataError(f"the number of training samples is {kept}, but it must be from 1 to {TRAIN_SAMPLES}")
    if seed < 0:
        raise DataError(f"the seed is {seed}, but it cannot be negative")
    first, second = fashion_mnist.class_numbers(classes)
    images, labels = fashion_mnist.published_pair(first, second, folder)

    order = np.random.default_rng(seed).permutation(len(labels))
    # Rounded to float32 once, so that engines in either dtype are given the very same real numbers.
    X = (images[order] / 255).astype(np.float32).astype(np.float64)
    y = (labels[order] == second).astype(np.float64)
    split = (X[:kept], y[:kept], X[TRAIN_SAMPLES:], y[TRAIN_SAMPLES:])
    names = (fashion_mnist.CLASS_NAMES[first], fashion_mnist.CLASS_NAMES[second])
    bytes_of_split = sha256(*(part.astype("<f8", copy=False) for part in split))
    return Dataset(*split, names, Fingerprints(sha256(images), sha256(labels), bytes_of_split))


def sha256(*arrays: np.ndarray) -> str:
    """The SHA-256, in hexadecimal, of the arrays' bytes in C order, one array after the other."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
