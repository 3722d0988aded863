"""What exact arithmetic makes of a whole training run: the certificate, its experiment, and its place in the cache."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import platformdirs

from engines.interface import Parameters, shapes
from proof import sealed_file

CACHE_VARIABLE = "BACKPROOF_CACHE"
FORMAT = 1  # of certificates and checkpoints: another number makes the old ones be computed again


class CertifyError(ValueError):
    """A training run cannot be certified, or its certificate not be trusted; the text is one sentence."""


class Experiment(NamedTuple):
    """What a training run depends on, checked; every number is float64 and taken at its exact value."""

    initial: Parameters  # (h, d), (h,), (1, h), (1,)
    X_train: np.ndarray  # (n, d)
    y_train: np.ndarray  # (n,) of exactly 0 and 1
    X_test: np.ndarray  # (n_test, d)
    epochs: int
    learning_rate: float
    batch_size: int

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything above, and of the version of what is kept."""
        settings = np.array([FORMAT, self.epochs, self.learning_rate, self.batch_size], np.float64)
        arrays = {"X_train": self.X_train, "y_train": self.y_train, "X_test": self.X_test, "settings": settings}
        return sealed_file.digest(arrays | self.initial._asdict())

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches, the last of which may be smaller."""
        return -(-len(self.y_train) // self.batch_size)


@dataclass(frozen=True)
class Certificate:
    """The true run of SGD; the first index of a stacked array is the epoch, at the end of which it holds.

    A true parameter lies within its entry in ``radii`` of the exact sum of those in ``high`` and ``low``.
    """

    fingerprint: str  # of the experiment
    bits: int
    seconds: float  # that it took to compute
    mean_losses: tuple[str, ...]  # (epochs,), 20 digits, of the losses of all samples, each taken before its step
    high: Parameters  # (epochs, ...)
    low: Parameters  # (epochs, ...)
    distances: np.ndarray  # (epochs,), a bound on the 2-norm of the distance from the true parameters
    predictions: np.ndarray  # (n_test,) of 0 and 1, the class after the last epoch: 1 where Z2 > 0
    proven: np.ndarray  # (n_test,) bool, whether that is provably the class in exact arithmetic

    def radii(self, epoch: int) -> Parameters:
        """The radius of every parameter's ball."""
        return Parameters(*(radii(low[epoch], self.distances[epoch]) for low in self.low))

    def widths(self, epoch: int) -> Parameters:
        """The width of every parameter's ball, in float64 ulps of that parameter (see ``widths_in_ulps``)."""
        pairs = zip(self.high, self.radii(epoch), strict=True)
        return Parameters(*(widths_in_ulps(high[epoch], radius) for high, radius in pairs))

    def drift(self, epoch: int, parameters: Parameters) -> Parameters:
        """These parameters minus the true ones, in ulps of the largest true entry of each array, in their own dtype."""
        result = []
        for computed, high, low in zip(parameters, self.high, self.low, strict=True):
            ulp = np.spacing(np.abs(high[epoch]).max().astype(computed.dtype)).astype(np.float64)
            result.append(((computed.astype(np.float64) - high[epoch]) - low[epoch]) / ulp)
        return Parameters(*result)


def radii(low: np.ndarray, distance: float) -> np.ndarray:
    """The radii of the balls around parameters that are high + low, a computed run so far from the true one.

    That sum is off by half an ulp of low (``binary_numbers.two_floats``); a whole one also covers the roundings here.
    """
    return distance * (1 + 2.0**-50) + np.spacing(np.abs(low))


def widths_in_ulps(high: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The widths of these balls in float64 ulps of their entries.

    An entry below 2**-53 of the array's largest is measured there, or no ball around zero would be narrow enough.
    """
    size = np.abs(high)
    return 2 * radius / np.spacing(np.maximum(size, 2.0**-53 * size.max()))


def experiment(
    initial: Parameters,
    X_train: np.ndarray,
    y_train: np.ndarray,
    X_test: np.ndarray,
    epochs: int,
    learning_rate: float,
    batch_size: int,
) -> Experiment:
    """The experiment, once its shapes fit together and every number in it is finite.

    Raises:
        CertifyError: they do not.
    """
    if np.ndim(initial.W1) != 2 or np.ndim(X_train) != 2:
        raise CertifyError(f"W1 has shape {np.shape(initial.W1)} and X {np.shape(X_train)}, but both need two indices")
    (h, d), n = np.shape(initial.W1), len(X_train)
    expected = {field: shapes(1, d, h)[field] for field in Parameters._fields}
    expected |= {"X_train": (n, d), "y_train": (n,), "X_test": (len(X_test), d)}
    given = initial._asdict() | {"X_train": X_train, "y_train": y_train, "X_test": X_test}
    arrays = {name: np.ascontiguousarray(array, np.float64) for name, array in given.items()}
    for name, array in arrays.items():
        if array.shape != expected[name]:
            raise CertifyError(f"{name} has shape {array.shape}, but {expected[name]} was expected")
        if not np.isfinite(array).all():
            raise CertifyError(f"{name} holds a number that is not finite")
    if n == 0 or h == 0:
        raise CertifyError("there is nothing to train: no samples, or no hidden units")
    if not np.isin(arrays["y_train"], (0, 1)).all():
        raise CertifyError("y_train holds values other than 0 and 1")
    if epochs < 0 or batch_size < 1:
        raise CertifyError("the number of epochs cannot be negative, and a batch has at least one sample")
    if not (np.isfinite(learning_rate) and learning_rate >= 0):
        raise CertifyError(f"the learning rate is {learning_rate}, but it must be finite and not negative")
    weights = Parameters(*(arrays[field] for field in Parameters._fields))
    X_train, y_train, X_test = (arrays[name] for name in ("X_train", "y_train", "X_test"))
    return Experiment(weights, X_train, y_train, X_test, int(epochs), float(learning_rate), int(batch_size))


def cache_folder(cache: Path | None) -> Path:
    """This folder, or the one in the environment variable BACKPROOF_CACHE, or the user's cache."""
    return cache or Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("backproof"))


def load_certificate(
    initial: Parameters,
    X_train: np.ndarray,
    y_train: np.ndarray,
    X_test: np.ndarray,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int = 1,
    cache: Path | None = None,
) -> Certificate | None:
    """The certificate of this experiment if the cache has it; the arguments are those of ``certify``.

    Raises:
        CertifyError: wrong input, or a file that is damaged or belongs to another experiment.
    """
    asked = experiment(initial, X_train, y_train, X_test, epochs, learning_rate, batch_size)
    return read_certificate(cache_folder(cache), asked.fingerprint)


def write_certificate(folder: Path, certificate: Certificate) -> None:
    """Keep the certificate in this folder."""
    about = {field: getattr(certificate, field) for field in ("fingerprint", "bits", "seconds", "mean_losses")}
    arrays = {"about": np.frombuffer(json.dumps(about).encode(), np.uint8)}
    arrays |= {field: getattr(certificate, field) for field in ("distances", "predictions", "proven")}
    for half in ("high", "low"):
        arrays |= {f"{half} {field}": array for field, array in getattr(certificate, half)._asdict().items()}
    sealed_file.write(folder / f"{certificate.fingerprint}.npz", arrays)


def read_certificate(folder: Path, fingerprint: str) -> Certificate | None:
    """The certificate of the experiment with this fingerprint, if the folder has it.

    Raises:
        CertifyError: the file is damaged or belongs to another experiment.
    """
    path = folder / f"{fingerprint}.npz"
    try:
        arrays = sealed_file.read(path)
    except FileNotFoundError:
        return None
    except sealed_file.BrokenSealError as damage:
        raise CertifyError(str(damage)) from None
    try:
        return _read(path, arrays, fingerprint)
    except CertifyError:
        raise
    except (KeyError, ValueError):  # sealed, but by another program
        raise CertifyError(f"{path} is not a certificate of this version") from None


def _read(path: Path, arrays: dict[str, np.ndarray], fingerprint: str) -> Certificate:
    about = json.loads(arrays["about"].tobytes())
    if about["fingerprint"] != fingerprint:
        raise CertifyError(f"{path} is the certificate of another experiment")
    high, low = (Parameters(*(arrays[f"{half} {field}"] for field in Parameters._fields)) for half in ("high", "low"))
    return Certificate(
        fingerprint,
        about["bits"],
        about["seconds"],
        tuple(about["mean_losses"]),
        high,
        low,
        arrays["distances"],
        arrays["predictions"],
        arrays["proven"],
    )
