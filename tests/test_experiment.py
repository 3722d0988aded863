"""The whole comparison on small data: correct engines agree, and whatever is wrong with one is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from small_data import engine_file, small_dataset

from comparison.experiment import compare_engines
from comparison.results import Results
from comparison.settings import Settings
from engines import EngineError, Lines, NotInstalled, initial_weights
from engines.numpy_engine import NumpyEngine
from proof.certify import certify
from report.tables import render

DATASET = small_dataset()
SETTINGS = Settings(epochs=2, hidden=3, learning_rate=0.5)

FOUR_METHODS = """
from engines import BinaryClassifier
from engines.numpy_engine import NumpyEngine
from proof.certify import certify
class Four(BinaryClassifier):
    name = "four"
    from_numpy = NumpyEngine.from_numpy
    to_numpy = NumpyEngine.to_numpy
    forward = NumpyEngine.forward
    loss_and_gradient = NumpyEngine.loss_and_gradient
"""


def test_an_engine_and_its_copy_agree_to_the_bit(two_alike: Results) -> None:
    assert two_alike["verdict"] == "agree"
    assert two_alike["agreement"]["reasons"] == []
    (pair,) = two_alike["agreement"]["training"]
    assert pair["loss"] == 0
    assert set(pair["weights"].values()) == {0}
    assert pair["disagreements"] == []
    first, second = two_alike["engines"].values()
    assert first["losses"] == second["losses"]
    assert first["losses"][1] < first["losses"][0]  # type: ignore[operator]


def test_all_twelve_lines_are_compared_at_every_setting_of_the_weights(two_alike: Results) -> None:
    steps = two_alike["agreement"]["lines"]
    compared = {(d["weights"], d["line"]) for d in steps}
    assert compared >= {(weights, line) for weights in ("initial", "trained") for line in Lines._fields}
    assert all(d["epsilons"] == 0 and d["reason"] is None for d in steps)


def test_the_results_keep_their_schema(two_alike: Results, schema: TypeAdapter[Any]) -> None:
    assert schema.validate_python(two_alike) == two_alike


def test_what_was_run_is_written_down(two_alike: Results) -> None:
    experiment = two_alike["experiment"]
    assert experiment["classes"] == ["dark", "bright"]
    counts = (experiment["train_samples"], experiment["test_samples"], experiment["inputs"], experiment["hidden"])
    assert counts == (40, 20, 10, 3)
    assert (experiment["epochs"], experiment["batch_size"], experiment["learning_rate"]) == (2, 1, 0.5)
    assert set(experiment["fingerprints"]) == {"images", "labels", "split", "initial_weights"}
    assert len(experiment["fingerprints"]["initial_weights"]) == 64
    assert experiment["versions"]["numpy"] == np.__version__


def test_an_engine_that_shows_no_inner_lines_is_not_accused(tmp_path: Path) -> None:
    path = tmp_path / "four.py"
    path.write_text(FOUR_METHODS)
    results = compare_engines(["numpy", f"{path}:Four"], DATASET, SETTINGS)
    assert results["verdict"] == "agree", results["agreement"]["reasons"]
    render(results)


@pytest.mark.parametrize("epochs", [0, 2])
def test_nan_in_the_only_engine_is_disagreement(tmp_path: Path, epochs: int) -> None:
    name = engine_file(tmp_path / "nan.py", "dA1 = dZ2 @ parameters.W2", "dA1 = dZ2 @ parameters.W2 * np.nan")
    results = compare_engines([name], DATASET, Settings(epochs=epochs, hidden=3))
    assert results["verdict"] == "disagree"
    assert any("dA1" in r["text"] and "not finite" in r["text"] for r in results["agreement"]["reasons"])


def test_an_engine_that_breaks_its_promise_is_told_beside_the_others(tmp_path: Path) -> None:
    run = "run_by_sample(parameters, X, y, learning_rate)"
    wrong = f"p, losses = {run}; return p._replace(W1=p.W1.astype(np.float32)), losses"
    name = engine_file(tmp_path / "single.py", f"return {run}", wrong)
    results = compare_engines(["numpy", name], DATASET, SETTINGS)
    assert results["verdict"] == "disagree"
    assert list(results["engines"]) == ["numpy"]
    text = "numpy computes W1 in float32, but was asked for float64"
    assert {"engine": name, "text": text} in results["agreement"]["reasons"]


def test_no_epochs_and_a_batch_larger_than_the_set() -> None:
    for settings in (Settings(epochs=0, hidden=3), Settings(epochs=2, hidden=3, batch_size=1000)):
        results = compare_engines(["numpy"], DATASET, settings)
        assert results["verdict"] == "agree"
        assert len(results["engines"]["numpy"]["losses"]) == settings.epochs
        render(results)


@pytest.mark.parametrize("train", [1, 2])
def test_one_sample_or_two(train: int) -> None:
    results = compare_engines(["numpy"], small_dataset(train=train), SETTINGS)
    assert results["verdict"] == "agree"
    render(results)


def test_every_engine_is_trained_from_the_same_weights() -> None:
    results = compare_engines(["numpy"], DATASET, Settings(epochs=1, hidden=3, learning_rate=0, seed=7))
    losses = NumpyEngine(initial_weights(10, 3, 7)).loss(DATASET.X_train, DATASET.y_train)
    assert results["engines"]["numpy"]["losses"][0] == pytest.approx(losses.mean(), rel=1e-14)


def test_a_missing_library_is_left_out_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "torch"
    path.mkdir()
    (path / "__init__.py").write_text('raise ModuleNotFoundError("No module named torch", name="torch")')
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        results = compare_engines(["numpy", "torch"], DATASET, SETTINGS, skip_missing=True)
        assert list(results["engines"]) == ["numpy"]
        assert "pip install torch" in results["missing"]["torch"]
        with pytest.raises(NotInstalled, match="pip install torch"):
            compare_engines(["numpy", "torch"], DATASET, SETTINGS)
        with pytest.raises(EngineError, match="no engine to run"):
            compare_engines(["torch"], DATASET, SETTINGS, skip_missing=True)


def test_those_who_watch_are_told_how_far_it_is() -> None:
    seen: dict[str, list[tuple[int, int]]] = {}
    compare_engines(
        ["numpy"],
        small_dataset(train=3000),
        Settings(epochs=4, hidden=3),
        audit_blocks=1,
        watch=lambda what, done, total: seen.setdefault(what, []).append((done, total)),
    )
    done, totals = zip(*seen["numpy"], strict=True)
    assert set(totals) == {12_000}
    assert list(done) == sorted(done)
    assert done[-1] == 12_000


LIES = {
    "nan in the test loss": ("loss(self, X, y): return super().loss(X, y) * np.nan", "a loss after training is not"),
    "nan in the probabilities": ("predict_proba(self, X): return super().predict_proba(X) * np.nan", "probability is"),
    "losses of the training, doubled": (
        "run(self, *args): p, losses = super().run(*args); return p, losses * 2",
        "no formula gives the losses of",
    ),
    "losses of the training, left out": (
        "run(self, *args): p, losses = super().run(*args); return p, losses * 0",
        "no formula gives the losses of",
    ),
    "another loss": ("loss(self, X, y): return 3 * super().loss(X, y)", "loss() at initial weights in float64"),
    "no gradient": (
        "gradients(self, X, y): return Parameters(*(0 * dp for dp in super().gradients(X, y)))",
        "gradients() at initial weights in float64",
    ),
    "another gradient than the one that is shown": (
        "loss_and_gradient(self, *args): x, g = super().loss_and_gradient(*args); return x, g._replace(b2=-g.b2)",
        "gradients() at initial weights in float64",
    ),
    "the other class": ("predict(self, X): return 1 - super().predict(X)", "predict() at initial weights in float64"),
    "the other probability": (
        "predict_proba(self, X): return 1 - super().predict_proba(X)",
        "predict_proba() at initial weights in float64",
    ),
    "a gradient in another type": (
        "gradients(self, X, y): return super().gradients(X, y), self._numpy(np.zeros(1, np.int8), 'dW1', (1,))",
        "computes dW1 in int8",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_an_engine_that_answers_otherwise_than_it_shows_is_caught(tmp_path: Path, lie: str) -> None:
    method, sentence = LIES[lie]
    path = tmp_path / "liar.py"
    path.write_text(
        "import numpy as np\nfrom engines import Parameters\nfrom engines.numpy_engine import NumpyEngine\n"
        f"class Liar(NumpyEngine):\n    def {method}\n"
    )
    results = compare_engines(["numpy", f"{path}:Liar"], DATASET, SETTINGS)
    assert results["verdict"] == "disagree"
    reasons = results["agreement"]["reasons"]
    assert any(sentence in reason["text"] for reason in reasons), reasons
    assert {reason["engine"] for reason in reasons} == {f"{path}:Liar"}, reasons


def test_a_damaged_certificate_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROOF_CACHE", str(tmp_path))
    initial, rate = initial_weights(10, 3, 0), SETTINGS.learning_rate
    certify(initial, DATASET.X_train, DATASET.y_train, DATASET.X_test, epochs=2, learning_rate=rate)
    assert "certificate" in compare_engines(["numpy"], DATASET, SETTINGS)
    (kept,) = tmp_path.rglob("*.npz")
    kept.write_bytes(kept.read_bytes()[:-100])
    results = compare_engines(["numpy"], DATASET, SETTINGS)
    assert "damaged" in results["missing"]["certificate"]
    assert "certificate" not in results
    assert results["verdict"] == "agree"
