"""What only the engine by hand has: a fast path written into buffers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_networks import problem

from engines import numpy_engine
from engines.interface import DTYPES
from engines.numpy_engine import NumpyEngine, sigmoid


@pytest.mark.filterwarnings("error")
def test_the_sigmoid_overflows_in_silence() -> None:
    for dtype in DTYPES:
        found = sigmoid(np.array([-1e4, -800, 0, 800, 1e4], dtype))
        assert found.dtype == dtype
        assert found.tolist() == [0, 0, 0.5, 1, 1]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bias", [-1e4, -710.0, -709.0, 709.0, 1e4])
def test_the_fast_path_survives_extreme_logits(bias: float) -> None:
    p = problem("initial", 6, 5, 3)
    engine = NumpyEngine(p.parameters._replace(b2=np.array([bias])))
    losses = engine.fit(p.X, p.y, epochs=2, learning_rate=0.5)
    assert np.isfinite(losses).all()
    assert all(np.isfinite(w).all() for w in engine.parameters)


def test_the_fast_path_is_taken_for_single_samples_only(monkeypatch: pytest.MonkeyPatch) -> None:
    p = problem("initial", 6, 5, 3)
    calls: list[Any] = []
    original = numpy_engine.run_by_sample

    def spy(*args: Any) -> Any:
        calls.append(args)
        return original(*args)

    monkeypatch.setattr(numpy_engine, "run_by_sample", spy)
    NumpyEngine(p.parameters).fit(p.X, p.y, epochs=1, learning_rate=0.5, batch_size=2)
    assert len(calls) == 0
    NumpyEngine(p.parameters).fit(p.X, p.y, epochs=1, learning_rate=0.5)
    assert len(calls) == 1
