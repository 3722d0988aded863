"""The compiled loop equals the plain loop, and where it cannot be compiled the plain loop takes its place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import problem

from engines import Parameters

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch)")
from engines import torch_engine  # noqa: E402
from engines.torch_scan import ScanOrLoop  # noqa: E402

ROOT = Path(__file__).parents[1]


def tensors(n: int, batch_size: int, dtype: Any = torch.float64) -> tuple[Any, ...]:
    p = problem("initial", n, 5, 3)
    parameters = Parameters(*(torch.tensor(w, dtype=dtype) for w in p.parameters))
    X, y, rate = (torch.tensor(a, dtype=dtype) for a in (p.X, p.y, 0.5))
    return parameters, X, y, rate, batch_size


def plain_loop() -> ScanOrLoop:
    scan = ScanOrLoop(torch_engine.sgd_step)
    scan.loop = "plain loop"
    return scan


def assert_close(found: tuple[Parameters, Any], expected: tuple[Parameters, Any]) -> None:
    for a, b in zip((*found[0], found[1]), (*expected[0], expected[1]), strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        assert (torch.abs(a - b) <= 64 * torch.finfo(a.dtype).eps * max(1, float(b.abs().max()))).all()


@pytest.mark.slow
def test_the_compiled_loop_equals_the_plain_loop() -> None:
    compiled = ScanOrLoop(torch_engine.sgd_step)
    for n in (12, 7, 1):  # another length does not compile again, and must not be mistaken for the first
        arguments = tensors(n, batch_size=1)
        found = compiled(*arguments)
        assert compiled.loop == "compiled"
        assert_close(found, plain_loop()(*arguments))
        again = compiled(*arguments)
        assert all(torch.equal(a, b) for a, b in zip((*found[0], found[1]), (*again[0], again[1]), strict=True))


@pytest.mark.slow
def test_without_a_compiler_the_plain_loop_runs_and_says_so(tmp_path: Path) -> None:
    program = """if True:
        import numpy as np
        from engines import initial_weights, load_engine
        engine = load_engine("torch")(initial_weights(5, 3, 0))
        X, y = np.random.default_rng(0).random((6, 5)), np.array([0, 1, 1, 0, 1, 0])
        plain = load_engine("numpy")(initial_weights(5, 3, 0))
        losses = [e.fit(X, y, epochs=2, learning_rate=0.5) for e in (engine, plain)]
        print(engine.loop, np.abs(losses[0] - losses[1]).max() < 1e-14)
    """
    environment = os.environ | {"CXX": "/bin/false", "TORCHINDUCTOR_CACHE_DIR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.stdout == "plain loop True\n"
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("batch_size", [1, 3, 4])
def test_a_compilation_that_fails_falls_back_once(batch_size: int) -> None:
    scan, attempts = ScanOrLoop(torch_engine.sgd_step), []

    def fails(*args: Any) -> Any:
        attempts.append(args)
        raise RuntimeError("no compiler")

    scan.scan = fails
    arguments = tensors(12, batch_size)
    assert_close(scan(*arguments), plain_loop()(*arguments))
    assert scan.loop == "plain loop"
    scan(*arguments)
    assert len(attempts) == 1


def test_a_mistake_in_the_step_itself_is_not_hidden() -> None:
    def wrong(*_: Any) -> Any:
        raise ZeroDivisionError

    scan = ScanOrLoop(wrong)
    scan.scan = wrong
    with pytest.raises(ZeroDivisionError):
        scan(*tensors(4, 1))


@pytest.mark.parametrize(("n", "batch_size"), [(12, 5), (3, 5), (12, 12)])
def test_batches_that_do_not_divide_the_samples(n: int, batch_size: int) -> None:
    parameters, X, y, rate, _ = tensors(n, batch_size)
    found, losses = plain_loop()(parameters, X, y, rate, batch_size)
    expected = []
    for start in range(0, n, batch_size):
        batch = slice(start, start + batch_size)
        parameters, loss = torch_engine.sgd_step(parameters, X[batch], y[batch], rate)
        expected.append(loss)
    assert_close((found, losses), (parameters, torch.cat(expected)))


def test_the_engine_says_which_loop_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    p = problem("initial", 2, 5, 3)
    engine = torch_engine.TorchEngine(p.parameters)
    for loop in ("compiled", "plain loop"):
        monkeypatch.setattr(torch_engine.scan, "loop", loop)
        assert engine.loop == loop


def test_numbers_leave_torch_as_copies() -> None:
    engine = torch_engine.TorchEngine(problem("initial", 2, 5, 3).parameters)
    tensor = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    engine.to_numpy(tensor)[:] = 7
    assert np.array_equal(tensor.detach().numpy(), np.zeros(3))
