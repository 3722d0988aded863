"""Each adapter gives its engine's values and gradients; the atlas finds again what is known of each newer engine."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import numpy as np
import pytest

from comparison.atlas.adapters import ADAPTERS, NotThere, load
from comparison.atlas.answering import numbers
from comparison.atlas.arguments import REGIMES
from comparison.atlas.cells import Cell
from comparison.atlas.engines_apart import here
from comparison.atlas.families import FAMILIES
from comparison.atlas.judging import judged
from comparison.atlas.kept import Kept
from comparison.atlas.language import Formulation
from comparison.atlas.survey import survey
from comparison.atlas.truth import truths_of
from comparison.atlas.types_of_numbers import TYPES
from tests.atlas_adapters import adapter

# Between them: numbers among arrays, axes, slices, products of matrices, labels, and functions of the engines' own.
ASKED = ("softplus", "elu", "cross-entropy", "softmax", "layer norm", "batch norm", "running product",
         "product of matrices", "attention", "standard deviation", "binary cross-entropy of a probability")  # fmt: skip


@pytest.mark.parametrize("name", ADAPTERS)
def test_values_and_gradients_are_those_of_the_function(name: str) -> None:
    engine = adapter(name)
    for family in (family for family in FAMILIES if family.name in ASKED):
        calls = family.arguments.calls(family.name, "ordinary", "float32")[:1]
        truths, kind, held = truths_of(family.truth, calls, TYPES["float32"]), TYPES["float32"], family.arguments.held
        there = [one for one in family.formulations if one.functions <= set(engine.namespace)]
        assert there, family.name
        for formulation in there:
            for dtype in ("float64", "float32"):
                found = judged(numbers(engine, formulation, calls, dtype, "eager"), truths, held, kind)
                assert found.value is not None
                assert found.gradient is not None
                assert min(found.value.worst, found.gradient.worst) > 4, (formulation.text, dtype)


@pytest.mark.parametrize("name", ["jax", "tensorflow"])
def test_compiled_gradients_are_the_eager_ones(name: str) -> None:
    engine = adapter(name)
    family = next(family for family in FAMILIES if family.name == "softplus")
    calls = family.arguments.calls(family.name, "ordinary", "float64")
    for formulation in family.formulations:
        (eager,), (compiled,) = (numbers(engine, formulation, calls, "float64", mode) for mode in ("eager", "compiled"))
        assert np.allclose(eager[0], compiled[0], rtol=1e-12, atol=0)
        assert np.allclose(eager[1][0], compiled[1][0], rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_argument_that_the_value_does_not_use_has_the_gradient_0(name: str) -> None:
    engine = adapter(name)
    call = (np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    (found,) = numbers(engine, Formulation("x, y", "x * x"), [call], "float64", "eager")
    assert np.array_equal(found[1], [[2.0, 4.0], [0.0, 0.0]])


def cells(name: str, family: str, formulation: str, mode: str = "eager") -> dict[str, Cell]:
    """What the atlas says of a formulation in float64, by regime."""
    families = [one for one in FAMILIES if one.name == family]
    found = survey(families, [(here(adapter(name)), mode)], ("float64",), Kept())
    by_regime = {cell.regime: cell for cell in found if cell.formulation == formulation}
    assert set(by_regime) <= set(REGIMES)
    return by_regime


def test_tinygrads_error_function_has_seven_digits_and_no_slope_at_0() -> None:
    found = cells("tinygrad", "error function", "erf(x)")
    ordinary, edge = found["ordinary"].gradient, found["edge"].gradient
    assert ordinary is not None
    assert edge is not None
    assert 2 < ordinary.worst < 7
    assert edge.zeros > 0


def test_a_surely_wrong_prediction_has_no_gradient_in_keras() -> None:
    found = cells("tensorflow", "binary cross-entropy of a logit", "bce(sigmoid(z), y)")
    example = found["large"].example
    assert example is not None
    assert (example.kind, example.given) == ("0", 0)
    assert 16 < abs(example.arguments[0][0]) < 18
    compiled = cells("tensorflow", "binary cross-entropy of a logit", "bce(sigmoid(z), y)", "compiled")
    assert not compiled["large"].is_bad


def test_an_engine_that_is_not_installed_is_said_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("tinygrad", "tensorflow"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    for name in ("tinygrad", "tensorflow"):
        monkeypatch.delitem(sys.modules, f"comparison.atlas.adapters.{name}_adapter", raising=False)
        with pytest.raises(NotThere, match=rf"^{name} is not installed \(pip install {name}\)$"):
            load(name)


@pytest.mark.parametrize(("name", "why"), [("sklearn", "its own networks"), ("numba", "derives none")])
def test_an_engine_without_gradients_of_formulas_is_said_to_have_none(name: str, why: str) -> None:
    with pytest.raises(NotThere, match=f"the atlas knows no engine '{name}': .*{why}.*; choose from torch, jax"):
        load(name)
