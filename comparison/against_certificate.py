"""Trainings held against the certificate of their experiment: true losses, drift from the truth, proven predictions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from comparison.results import CertificateResult
from comparison.settings import Settings
from comparison.training import Training
from data import Dataset
from engines import Parameters
from proof.certificate import Certificate, load_certificate


def find_certificate(initial: Parameters, dataset: Dataset, settings: Settings) -> Certificate | None:
    """The certificate of this experiment if the user's cache has it.

    Raises:
        CertifyError: it is damaged, or another program's.
    """
    return load_certificate(
        initial,
        dataset.X_train,
        dataset.y_train,
        dataset.X_test,
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
    )


def certificate_result(certificate: Certificate, trainings: Mapping[str, Training]) -> CertificateResult:
    """What the certificate says, and how far each engine is from it at the end of every epoch."""
    drift: dict[str, list[dict[str, float]]] = {}
    wrong: dict[str, list[int]] = {}
    for name, training in trainings.items():
        drift[name] = []
        for epoch, parameters in enumerate(training.epoch_ends):
            errors = certificate.drift(epoch, parameters)._asdict()
            drift[name].append({field: float(np.abs(error).max()) for field, error in errors.items()})
        differ = certificate.proven & (training.predictions != certificate.predictions)
        wrong[name] = np.flatnonzero(differ).tolist()
    return CertificateResult(
        bits=certificate.bits,
        seconds=certificate.seconds,
        losses=list(certificate.mean_losses),
        proven=int(certificate.proven.sum()),
        drift=drift,
        wrong_predictions=wrong,
    )
