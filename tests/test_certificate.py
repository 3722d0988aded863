from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines.initial_weights import initial_weights
from engines.interface import Parameters
from proof.certificate import (
    Certificate,
    CertifyError,
    Experiment,
    cache_folder,
    experiment,
    load_certificate,
    radii,
    read_certificate,
    widths_in_ulps,
    write_certificate,
)

X, y = np.linspace(0, 1, 20).reshape(5, 4), np.array([0.0, 1, 1, 0, 1])
GOOD: dict[str, Any] = {
    "initial": initial_weights(4, 3, 0),
    "X_train": X,
    "y_train": y,
    "X_test": X[:2],
    "epochs": 2,
    "learning_rate": 0.5,
    "batch_size": 1,
}


def asked(**changes: object) -> Experiment:
    return experiment(**(GOOD | changes))


def certificate(fingerprint: str) -> Certificate:
    initial = asked().initial
    high = Parameters(*(np.stack([p, p + 1]) for p in initial))
    low = Parameters(*(1e-17 * p for p in high))
    distances = np.array([1e-30, 1e-29])
    predictions, proven = np.array([0, 1]), np.array([True, False])
    return Certificate(fingerprint, 128, 1.5, ("0.5", "0.25"), high, low, distances, predictions, proven)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"X_train": np.where(X == 1, np.nan, X)}, "X_train holds a number that is not finite"),
        ({"X_test": np.full((1, 4), np.inf)}, "X_test holds a number that is not finite"),
        ({"initial": GOOD["initial"]._replace(b2=np.array([np.inf]))}, "b2 holds a number that is not finite"),
        ({"y_train": y / 2}, "y_train holds values other than 0 and 1"),
        ({"y_train": y[:4]}, r"y_train has shape \(4,\), but \(5,\) was expected"),
        ({"X_test": X[:, :3]}, r"X_test has shape \(5, 3\), but \(5, 4\) was expected"),
        ({"initial": GOOD["initial"]._replace(W2=np.zeros(3))}, r"W2 has shape \(3,\)"),
        ({"X_train": X[0]}, "need two indices"),
        ({"X_train": X[:0], "y_train": y[:0]}, "nothing to train"),
        ({"epochs": -1}, "cannot be negative"),
        ({"batch_size": 0}, "at least one sample"),
        ({"learning_rate": np.nan}, "must be finite"),
        ({"learning_rate": -0.1}, "not negative"),
    ],
)
def test_bad_input_is_one_sentence(changes: dict[str, object], words: str) -> None:
    with pytest.raises(CertifyError, match=words) as error:
        asked(**changes)
    assert "\n" not in str(error.value)


def test_the_fingerprint_sees_everything_and_only_values() -> None:
    initial: Parameters = asked().initial
    variants = [
        asked(),
        asked(X_train=X + 1),
        asked(X_train=X[::-1]),
        asked(y_train=1 - y),
        asked(X_test=X[1:3]),
        asked(epochs=3),
        asked(learning_rate=0.25),
        asked(batch_size=2),
        *(asked(initial=initial._replace(**{field: getattr(initial, field) + 1})) for field in Parameters._fields),
    ]
    assert len({variant.fingerprint for variant in variants}) == len(variants)
    single = X.astype(np.float32)
    assert asked(X_train=single).fingerprint == asked(X_train=single.astype(np.float64)).fingerprint


def test_a_certificate_goes_to_the_cache_and_back(tmp_path: Path) -> None:
    assert load_certificate(**GOOD, cache=tmp_path) is None
    written = certificate(asked().fingerprint)
    write_certificate(tmp_path, written)
    read = load_certificate(**GOOD, cache=tmp_path)
    assert read is not None
    for field in ("fingerprint", "bits", "seconds", "mean_losses"):
        assert getattr(read, field) == getattr(written, field)
    for field in ("distances", "predictions", "proven"):
        assert (getattr(read, field) == getattr(written, field)).all()
    for half in ("high", "low"):
        assert all((a == b).all() for a, b in zip(getattr(read, half), getattr(written, half), strict=True))


def test_a_damaged_file_and_one_of_another_experiment_are_refused(tmp_path: Path) -> None:
    one, other = asked().fingerprint, asked(epochs=3).fingerprint
    write_certificate(tmp_path, certificate(one))
    (tmp_path / f"{one}.npz").rename(tmp_path / f"{other}.npz")
    with pytest.raises(CertifyError, match="another experiment"):
        read_certificate(tmp_path, other)
    (tmp_path / f"{one}.npz").write_bytes((tmp_path / f"{other}.npz").read_bytes()[:-100])
    with pytest.raises(CertifyError, match="damaged"):
        load_certificate(**GOOD, cache=tmp_path)


def test_the_cache_is_the_argument_the_variable_or_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROOF_CACHE", str(tmp_path / "variable"))
    assert cache_folder(tmp_path / "argument") == tmp_path / "argument"
    assert cache_folder(None) == tmp_path / "variable"
    monkeypatch.delenv("BACKPROOF_CACHE")
    assert cache_folder(None).name == "backproof"


def test_drift_is_counted_in_ulps_of_the_largest_entry() -> None:
    truth = certificate("")
    nearest = Parameters(*(high[1] for high in truth.high))
    for drift, high, low in zip(truth.drift(1, nearest), truth.high, truth.low, strict=True):
        assert (drift == -low[1] / np.spacing(np.abs(high[1]).max())).all()
        assert drift.any()
    ulp = np.spacing(np.abs(nearest.W1).max())
    moved = nearest._replace(W1=nearest.W1 + 8 * ulp)
    assert np.abs(truth.drift(1, moved).W1 - 8).max() <= 0.6
    single = Parameters(*(p.astype(np.float32) for p in nearest))
    assert all(np.abs(d).max() <= 0.51 for d in truth.drift(1, single))


def test_widths_are_counted_in_ulps_of_each_entry() -> None:
    high = np.array([1.0, -3.0, 2.0**-30, 0.0])
    widths = widths_in_ulps(high, np.full(4, 2.0**-60))
    assert widths.tolist() == [2.0**-7, 2.0**-8, 2.0**23, 2.0**-59 / np.spacing(3 * 2.0**-53)]


def test_the_radius_covers_the_distance_and_the_rounding_of_low() -> None:
    assert (radii(np.array([0.0, 1e-17]), 1e-30) >= [1e-30, 1e-30 + np.spacing(1e-17) / 2]).all()
    assert (radii(np.array([0.0, 1e-17]), 0.0) <= [5e-324, 2e-33]).all()
