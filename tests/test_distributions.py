"""Errors and bounds are counted where they belong, and what is beyond its bound shows."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import WEIGHTS, problem

from comparison.distributions import Distribution, distribution
from engines import Lines
from engines.numpy_engine import NumpyEngine
from proof.judgement import Judgement
from proof.probes import Probe, probe
from proof.truth import Truth
from proof.verdict import judge


def tried(weights: str, dtype: str, line: str = "", change: float = 1.0) -> tuple[list[Probe], list[Judgement]]:
    """Two probes, and the engine by hand judged on them; a line may be multiplied by a number."""
    at, shown = [], []
    for n in (1, 5):
        p = problem(weights, n, 7, 3)
        at.append(probe(weights, p.parameters, p.X, p.y))
        steps = NumpyEngine(p.parameters, dtype).lines(p.X, p.y)
        shown.append(steps._replace(**{line: getattr(steps, line) * np.asarray(change, dtype)}) if line else steps)
    return at, judge(at, shown, dtype)


def spread(line: str, at: list[Probe], judgements: list[Judgement]) -> Distribution:
    found = distribution(line, judgements, [Truth(p) for p in at])
    assert found is not None
    return found


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.filterwarnings("error")
def test_a_correct_program_is_within_its_bounds(weights: str, dtype: str) -> None:
    at, judgements = tried(weights, dtype)
    for line in Lines._fields:
        found = spread(line, at, judgements)
        compared = sum(judgement[line].ulps.size for judgement in judgements)
        assert sum(found["below"]) + found["exact"] + sum(found["above"]) == sum(found["bounds"]) == compared
        assert found["largest_share"] is not None
        assert found["largest_share"] <= 1, line
        assert all(not counts or counts[-1] for counts in (found["below"], found["above"], found["bounds"]))


@pytest.mark.parametrize("line", Lines._fields)
def test_a_wrong_line_is_beyond_its_bound(line: str) -> None:
    at, judgements = tried("initial", "float64", line, 1.0001)
    share = spread(line, at, judgements)["largest_share"]
    assert share is not None
    assert share > 1e3


def test_errors_are_counted_with_their_signs() -> None:
    at, judgements = tried("initial", "float64", "db1", 1 + 2.0**-30)
    found = spread("db1", at, judgements)
    ulps = np.concatenate([judgement["db1"].ulps for judgement in judgements])
    expected = np.floor((np.log10(np.abs(ulps)) + 3) * 2).astype(int)
    for name, some in (("below", ulps < 0), ("above", ulps > 0)):
        assert found[name] == np.bincount(expected[some]).tolist()  # type: ignore[literal-required]
    assert found["above"] or found["below"]


def test_nothing_is_said_of_a_line_that_is_not_shown() -> None:
    at, _ = tried("initial", "float64")
    hidden = [NumpyEngine(p.parameters).lines(p.X, p.y)._replace(dZ1=None) for p in at]
    judgements = judge(at, hidden, "float64")
    assert distribution("dZ1", judgements, [Truth(p) for p in at]) is None
    assert distribution("dA1", judgements, [Truth(p) for p in at]) is not None
