"""A training as a task of a worker: an engine that raises, dies or is another one is told, and ends nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from small_data import engine_file

from comparison.sweep.asked import Asked
from comparison.sweep.reached import Run
from comparison.sweep.task import Order, has_ended, library, read, trained, version
from data import load
from engines import EngineError

DRESS = ("Dress", "Ankle boot")


def ran(engine: str, **other: object) -> Run:
    """The run of a small training."""
    prints = load(train_samples=40).fingerprints
    asked = Asked(engine, library(engine), 2, 0.1, 1, 2, 0, DRESS, 40, prints.images, prints.labels)
    order = Order(msgspec.structs.replace(asked, **other), None)
    return read(trained(msgspec.msgpack.encode(order)))


def test_what_was_asked_comes_back_with_its_curve() -> None:
    run = ran("numpy", seed=1)
    assert (run.failure, run.asked.engine, run.asked.seed) == ("", "numpy", 1)
    assert [each.epochs for each in run.reached] == [0, 1, 2]
    assert run.reached[2].train_loss is not None
    assert 0 < run.reached[2].train_loss < run.reached[0].train_loss
    assert has_ended(msgspec.msgpack.encode(run))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("raise RuntimeError('out of tune')", "RuntimeError: out of tune"),
        ("import os; os._exit(3)", "the process of the engine ended by itself"),
        ("import os; os.abort()", "the process of the engine ended by itself"),
    ],
)
def test_an_engine_that_fails_is_a_run_that_says_so(tmp_path: Path, fault: str, words: str) -> None:
    line = "    W1, b1, W2, b2 = parameters\n"
    run = ran(engine_file(tmp_path / "own.py", line, f"    {fault}\n{line}"))
    assert (run.failure, run.reached) == (words, ())
    assert not has_ended(msgspec.msgpack.encode(run))


def test_another_library_or_other_data_on_a_worker_is_told() -> None:
    assert ran("numpy", library="0.9").failure == f"this worker has numpy {library('numpy')}, and the command 0.9"
    assert "the images on this machine are not those of the command" in ran("numpy", images="others").failure


def test_a_file_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    name = engine_file(tmp_path / "own.py")
    before = library(name)
    assert before == library(name)
    with (tmp_path / "own.py").open("a") as changed:
        changed.write("\n")
    assert library(name) != before
    with pytest.raises(EngineError, match="cannot be read"):
        library(f"{tmp_path / 'none.py'}:NumpyEngine")


def test_the_version_is_of_the_code_that_trains() -> None:
    import comparison.sweep.task as task

    covered = {path.name for pattern in task.CODE for path in task.ROOT.glob(pattern)}
    assert {"numpy_engine.py", "fashion_mnist.py", "training.py", "settings.py", "engine_process.py"} <= covered
    assert all((task.ROOT / "comparison" / "sweep" / f"{name}.py").is_file() for name in task.OF_THE_SWEEP)
    assert version() == version()


@pytest.mark.slow
def test_what_the_page_answers_is_so() -> None:
    page = (Path(__file__).parents[1] / "docs" / "sweep.md").read_text()
    assert "**One hidden unit and two epochs are enough for 99.9 % test accuracy.**" in page
    for seed in (0, 1, 2):
        prints = load(seed=seed).fingerprints
        asked = Asked("numpy", library("numpy"), 1, 0.01, 1, 2, seed, DRESS, None, prints.images, prints.labels)
        assert read(trained(msgspec.msgpack.encode(Order(asked, None)))).reached[2].test_accuracy >= 0.999
