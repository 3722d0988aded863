"""The whole run: 20 digits, more bits where they run out, ended and resumed, kept and refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest
from flint import arb

from engines.initial_weights import initial_weights
from engines.interface import Parameters
from proof import certify as module
from proof.certify import Certificate, CertifyError, Progress, certify, load_certificate
from proof.trajectory import Trajectory

N, D, H, EPOCHS = 300, 6, 3, 4
RNG = np.random.default_rng(0)
X = (RNG.integers(0, 256, (N + 50, D)) / 255).astype(np.float32).astype(np.float64)
y = (X[:, 0] > X[:, 1]).astype(float)
EXPERIMENT: dict[str, Any] = {
    "initial": initial_weights(D, H, 0),
    "X_train": X[:N],
    "y_train": y[:N],
    "X_test": X[N:],
    "epochs": EPOCHS,
    "learning_rate": 0.5,
}


def run(cache: Path, told: list[Progress] | None = None, **changes: object) -> Certificate:
    return certify(**(EXPERIMENT | changes), cache=cache, progress=told.append if told is not None else None)


def same(a: Certificate, b: Certificate) -> bool:
    """The same truth to the last bit."""
    arrays = [(c.distances, c.predictions, c.proven, *c.high, *c.low) for c in (a, b)]
    equal = all(p.shape == q.shape and (p == q).all() for p, q in zip(*arrays, strict=True))
    return equal and (a.bits, a.fingerprint, a.mean_losses) == (b.bits, b.fingerprint, b.mean_losses)


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return run(tmp_path_factory.mktemp("straight"))


def written_out(batch_size: int) -> tuple[Parameters, list[mpmath.mpf]]:
    """Algorithm 1 with mpmath at 60 digits."""
    mp = np.vectorize(lambda v: mpmath.mpf(float(v)), otypes=[object])
    sigmoid = np.vectorize(lambda z: 1 / (1 + mpmath.exp(-z)), otypes=[object])
    W1, b1, W2, b2 = (mp(p) for p in EXPERIMENT["initial"])
    means = []
    for _ in range(EPOCHS):
        losses = mpmath.mpf(0)
        for start in range(0, N, batch_size):
            x, t = mp(X[start : min(N, start + batch_size)]), mp(y[start : min(N, start + batch_size)])[:, None]
            A1 = sigmoid(x @ W1.T + b1)
            A2 = sigmoid(A1 @ W2.T + b2)
            losses -= sum(mpmath.log(p if label else 1 - p) for p, label in zip(A2[:, 0], t[:, 0], strict=True))
            dZ2 = (A2 - t) / len(x)
            dZ1 = (dZ2 @ W2) * A1 * (1 - A1)
            W1, b1 = W1 - mpmath.mpf(0.5) * (dZ1.T @ x), b1 - mpmath.mpf(0.5) * dZ1.sum(axis=0)
            W2, b2 = W2 - mpmath.mpf(0.5) * (dZ2.T @ A1), b2 - mpmath.mpf(0.5) * dZ2.sum(axis=0)
        means.append(losses / N)
    return Parameters(W1, b1, W2, b2), means


@pytest.mark.parametrize("batch_size", [1, 7])
def test_every_digit_is_that_of_mpmath(tmp_path: Path, batch_size: int) -> None:
    certificate = run(tmp_path, batch_size=batch_size)
    with mpmath.workdps(60):
        truth, means = written_out(batch_size)
        assert len(certificate.mean_losses) == EPOCHS
        for shown, mean in zip(certificate.mean_losses, means, strict=True):
            assert len(shown.lstrip("0.")) == 20
            assert abs(mpmath.mpf(shown) - mean) <= abs(mean) * mpmath.mpf(10) ** -19
        radius = certificate.radii(EPOCHS - 1)
        for high, low, radii, true in zip(certificate.high, certificate.low, radius, truth, strict=True):
            for a, b, r, t in zip(high[-1].flat, low[-1].flat, radii.flat, true.flat, strict=True):
                assert abs(t - mpmath.mpf(float(a)) - mpmath.mpf(float(b))) <= float(r)
    assert all(width.max() <= 1e-3 for epoch in range(EPOCHS) for width in certificate.widths(epoch))


def test_predictions_are_those_of_floats_and_proven(straight: Certificate) -> None:
    W1, b1, W2, b2 = (p[-1] for p in straight.high)
    Z2 = (1 / (1 + np.exp(-(X[N:] @ W1.T + b1))) @ W2.T + b2)[:, 0]
    assert straight.proven.all()
    assert (straight.predictions == (Z2 > 0)).all()
    assert 0 < straight.predictions.sum() < 50


def test_a_logit_around_zero_proves_nothing_and_zero_is_class_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    balls = [arb(1e-9, 1e-8), arb(-1e-9, 1e-8), arb(0), arb(1, 0.5), arb(-1, 0.5), arb("nan")]
    monkeypatch.setattr(Trajectory, "logits", lambda *_: balls)
    certificate = run(tmp_path, epochs=0)
    assert certificate.proven.tolist() == [False, False, True, True, True, False]
    assert certificate.predictions.tolist() == [1, 0, 0, 1, 0, 0]


def test_too_few_bits_are_said_and_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, straight: Certificate
) -> None:
    monkeypatch.setattr(module, "FIRST_BITS", 64)
    told: list[Progress] = []
    certificate = run(tmp_path, told)
    messages = [p.message for p in told if p.message]
    assert "64 bits of precision ran out at step" in messages[0]
    assert "training starts again with" in messages[0]
    assert certificate.bits > 64
    assert certificate.mean_losses == straight.mean_losses
    assert all(width.max() <= 1e-3 for epoch in range(EPOCHS) for width in certificate.widths(epoch))


def test_balls_too_wide_at_the_end_of_an_epoch_need_more_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_BITS", 80)
    told: list[Progress] = []
    certificate = run(tmp_path, told, learning_rate=0.01)
    messages = [p.message for p in told if p.message]
    assert "80 bits of precision ran out at step 300, so" in messages[0]
    assert all(width.max() <= 1e-3 for epoch in range(EPOCHS) for width in certificate.widths(epoch))


def test_bits_that_never_suffice_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_BITS", 64)
    monkeypatch.setattr(module, "MOST_BITS", 70)
    with pytest.raises(CertifyError, match="more than 70 are not tried"):
        run(tmp_path)


def test_weights_that_explode_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CertifyError, match="try a lower learning rate"):
        run(tmp_path, learning_rate=1e12)


def test_progress_counts_every_step(tmp_path: Path) -> None:
    told: list[Progress] = []
    run(tmp_path, told, learning_rate=0.01)
    steps = [p.step for p in told]
    assert steps == sorted(steps)
    assert steps[-1] == told[-1].steps == N * EPOCHS
    assert all(20 < p.decimals < 40 for p in told)
    assert told[-1].decimals < told[0].decimals
    assert told[-1].seconds_left == 0
    assert not any(p.message for p in told)


KILLED = """
import os, signal, sys
from pathlib import Path
from typing import Any
from test_certify import run

class Killer:
    def append(self, progress):
        if progress.step > 700:
            os.kill(os.getpid(), signal.SIGKILL)

run(Path(sys.argv[1]), Killer())
"""


def killed(cache: Path) -> Path:
    """The file left by a process that was killed in the third epoch."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(here.parent), str(here)])
    child = subprocess.run([sys.executable, "-c", KILLED, str(cache)], env=os.environ | {"PYTHONPATH": path})
    assert child.returncode == -signal.SIGKILL
    (file,) = cache.iterdir()
    return file


def test_a_killed_run_goes_on_to_the_same_result(tmp_path: Path, straight: Certificate) -> None:
    killed(tmp_path)
    told: list[Progress] = []
    assert same(run(tmp_path, told), straight)
    assert min(p.step for p in told) > 600  # two epochs were not computed again
    assert [p.name for p in tmp_path.iterdir()] == [f"{straight.fingerprint}.npz"]


@pytest.mark.parametrize("damage", ["cut", "altered", "of another experiment"])
def test_a_damaged_checkpoint_is_not_used(tmp_path: Path, straight: Certificate, damage: str) -> None:
    file = killed(tmp_path)
    content = bytearray(file.read_bytes())
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "altered":
        content[len(content) // 2 : len(content) // 2 + 200] = bytes(200)
        file.write_bytes(content)
    else:
        other = run_until_killed_elsewhere(tmp_path / "other")
        file.write_bytes(other.read_bytes())
    told: list[Progress] = []
    assert same(run(tmp_path, told), straight)
    assert "so training starts at its first step" in told[0].message
    assert min(p.step for p in told[1:]) <= N


def run_until_killed_elsewhere(cache: Path) -> Path:
    """The checkpoint of the same training with another learning rate."""

    class Stopped(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.step > 700:
            raise Stopped

    with pytest.raises(Stopped):
        certify(**(EXPERIMENT | {"learning_rate": 0.25}), cache=cache, progress=stop)
    (file,) = cache.iterdir()
    return file


def test_a_finished_certificate_is_read_and_a_damaged_one_computed_again(
    tmp_path: Path, straight: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(tmp_path)
    (file,) = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 200] = bytes(200)
    file.write_bytes(content)
    with pytest.raises(CertifyError, match="damaged"):
        load_certificate(**EXPERIMENT, cache=tmp_path)
    told: list[Progress] = []
    assert same(run(tmp_path, told), straight)
    assert "so it is computed again" in told[0].message

    monkeypatch.setattr(module, "Trajectory", None)  # nothing is computed from here on
    told = []
    assert same(run(tmp_path, told), first)
    assert told == []
    loaded = load_certificate(**EXPERIMENT, cache=tmp_path)
    assert loaded is not None
    assert same(loaded, first)


def test_no_epochs_leave_the_initial_weights(tmp_path: Path) -> None:
    certificate = run(tmp_path, epochs=0)
    assert certificate.mean_losses == ()
    assert certificate.high.W1.shape == (0, H, D)
    assert certificate.proven.all()


def test_bad_input_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    with pytest.raises(CertifyError, match="X_train holds a number that is not finite"):
        run(tmp_path, X_train=np.full((N, D), np.inf))
    assert not list(tmp_path.iterdir())


def test_a_cache_that_is_no_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CertifyError, match="cannot be used"):
        run(tmp_path / "file")
