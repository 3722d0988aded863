"""The networks of the replay benchmark: their gradients are proven, and all libraries are given the same loss."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks import growth
from benchmarks.replay_cost import FOLDER, Network, networks, prove
from benchmarks.replayed import dense, in_jax, in_torch, recurrence
from benchmarks.results import ScalingPoint

NETWORKS = [*networks(), Network("single numbers", "recurrence", *recurrence.example(50))]
IN_LIBRARIES = [network for network in NETWORKS if hasattr(in_torch, network.file)]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_the_gradients_by_hand_are_the_true_ones(network: Network) -> None:
    assert prove(network).worst < 1e-16


def test_a_wrong_gradient_is_far_from_the_true_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (FOLDER / "dense.py").read_text()
    (tmp_path / "dense.py").write_text(text.replace("* (outputs[layer - 1] > 0)", "* 1.0"))
    monkeypatch.setattr("benchmarks.replay_cost.FOLDER", tmp_path)
    assert prove(Network("", "dense", *dense.example((8, 8, 4), 4))).worst > 1e-3


@pytest.mark.parametrize("network", IN_LIBRARIES, ids=lambda network: network.name)
def test_all_libraries_are_given_the_same_loss(network: Network) -> None:
    expected = import_module(f"benchmarks.replayed.{network.file}").loss(*network[2:])
    tensors = {name: torch.tensor(value) for name, value in network.parameters.items()}
    in_words: Any = getattr(in_torch, network.file)(tensors, torch.tensor(network.X), torch.tensor(network.target))
    assert np.isclose(float(in_words), expected, rtol=1e-12)
    assert np.isclose(float(getattr(in_jax, network.file)(*network[2:])), expected, rtol=1e-12)


def test_the_fit_finds_what_the_points_were_made_from(tmp_path: Path) -> None:
    points = [
        ScalingPoint(entries=e, multiply_adds=m, milliseconds=1.5 + e * 2e-6 + m * 8e-6)
        for e, m in [(1000, 100), (1000, 100_000), (500_000, 100_000), (500_000, 10_000_000)]
    ]
    found = growth.fit(points)
    assert np.allclose(found, (1.5, 2.0, 8.0, 0.0), rtol=1e-6, atol=1e-9)
    growth.save(points, tmp_path / "growth.svg")
    assert "the fit" in (tmp_path / "growth.svg").read_text()
