"""The atlas finds faults that were planted in small engines, without being told which, where or in which type."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from comparison.atlas.cells import Cell, Finding
from comparison.atlas.engines_apart import here
from comparison.atlas.families import FAMILIES
from comparison.atlas.findings import findings
from comparison.atlas.kept import Kept
from comparison.atlas.survey import survey
from tests.planted_engine import Planted, multiplied, sigmoid

TINY = np.finfo(np.float64).tiny
SURVEYED = ("sigmoid", "softplus", "gelu", "binary cross-entropy of a logit", "log", "expm1",
            "square root behind a guard")  # fmt: skip


def flushed(x: np.ndarray) -> np.ndarray:
    return np.where(np.abs(x) < np.finfo(x.dtype).tiny, 0, x).astype(x.dtype)


def tanh_gelu_slope(x: np.ndarray) -> np.ndarray:
    inner = np.tanh(0.7978845608028654 * (x + 0.044715 * x**3))
    return 0.5 * (1 + inner) + 0.5 * x * (1 - inner**2) * 0.7978845608028654 * (1 + 3 * 0.044715 * x**2)


RIGHT = Planted("right")
PLANTED = (
    Planted("sigmoid", sigmoid=(sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)))),
    Planted("where", where=multiplied),
    Planted("bce", bce_logits=(lambda z, y: np.logaddexp(0, (1 - 2 * y) * z),
                               lambda z, y: ((1 - y) - sigmoid(-z), -z))),
    Planted("softplus", softplus=(lambda x: np.where(x > 20, x, np.logaddexp(0, x)).astype(x.dtype),
                                  lambda x: np.where(x > 20, 1, sigmoid(x)).astype(x.dtype))),
    Planted("log", log=(lambda x: np.log(flushed(x)), lambda x: 1 / flushed(x))),
    Planted("expm1", expm1=(np.expm1, lambda x: np.expm1(x) + 1)),
    Planted("gelu", gelu=(lambda x: x * sigmoid(x), tanh_gelu_slope)),
)  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, list[Finding]]:
    """What is found of each engine and is not bad in the right one too."""
    engines = [here(engine) for engine in (RIGHT, *PLANTED)]
    families = [family for family in FAMILIES if family.name in SURVEYED]
    assert len(families) == len(SURVEYED)
    cells = survey(families, [(engine, "eager") for engine in engines], ("float64", "float32"), Kept())
    anyway = {place(cell) for cell in cells if cell.engine == "right" and cell.is_bad}
    every = findings([cell for cell in cells if place(cell) not in anyway])
    return {engine.name: [f for f in every if f.cell.engine == engine.name] for engine in PLANTED}


def place(cell: Cell) -> tuple[str, str, str]:
    return cell.family, cell.formulation, cell.dtype


def only(found: list[Finding], family: str, *formulations: str) -> Finding:
    """The first finding, where all are of this family and these formulations, and every one of these was found."""
    assert {f.cell.family for f in found} == {family}
    assert {f.cell.formulation for f in found} == set(formulations)
    return found[0]


def test_a_sigmoid_whose_derivative_is_y_times_one_minus_y(found: dict[str, list[Finding]]) -> None:
    finding = only(found["sigmoid"], "sigmoid", "sigmoid(x)")
    assert (finding.cell.dtype, finding.cell.regime) == ("float64", "large")
    assert finding.example is not None
    assert finding.example.kind == "0"
    assert finding.example.given == 0
    assert 36.5 < finding.example.arguments[0][0] <= 37
    assert finding.keeps
    assert finding.keeps_digits > 14


def test_a_where_that_guards_the_value_and_not_the_gradient(found: dict[str, list[Finding]]) -> None:
    first = found["where"][0]
    assert (first.cell.family, first.cell.formulation) == ("square root behind a guard", "where(x > 0, sqrt(x), 0.0)")
    assert first.example is not None
    assert first.example.kind == "NaN"
    assert first.example.true == 0
    assert first.keeps == "where(x > 0, sqrt(where(x > 0, x, 1.0)), 0.0)"


def test_a_cross_entropy_whose_derivative_is_a_difference(found: dict[str, list[Finding]]) -> None:
    finding = only(found["bce"], "binary cross-entropy of a logit", "bce_logits(z, y)")
    assert (finding.cell.dtype, finding.cell.regime) == ("float64", "large")
    assert finding.example is not None
    assert finding.example.kind == "0"
    z, y = (values[0] for values in finding.example.arguments)
    assert y == 0
    assert -38 < z < -36


def test_a_softplus_that_is_cut_off_at_20(found: dict[str, list[Finding]]) -> None:
    finding = found["softplus"][0]
    assert (finding.cell.family, finding.cell.formulation, finding.cell.dtype) == ("softplus", "softplus(x)", "float64")
    assert all("softplus" in one.cell.formulation for one in found["softplus"])
    assert finding.example is not None
    assert 20 < finding.example.arguments[0][0] <= 21
    assert finding.example.given == 1


def test_a_logarithm_that_takes_subnormal_numbers_for_0(found: dict[str, list[Finding]]) -> None:
    finding = found["log"][0]
    assert {f.cell.family for f in found["log"]} <= {"log", "square root behind a guard"}
    assert (finding.cell.family, finding.cell.formulation, finding.cell.regime) == ("log", "log(x)", "edge")
    assert finding.example is not None
    assert finding.example.kind == "inf"
    assert 0 < finding.example.arguments[0][0] < TINY


def test_an_expm1_whose_derivative_is_itself_plus_1(found: dict[str, list[Finding]]) -> None:
    first = only(found["expm1"], "expm1", "expm1(x)")
    assert (first.cell.dtype, first.cell.regime) == ("float64", "large")
    engine, families = here(PLANTED[5]), [family for family in FAMILIES if family.name == "expm1"]
    cells = survey(families, [(engine, "eager")], ("float32",), Kept())
    single = next(f for f in findings(cells) if f.cell.formulation == "expm1(x)")
    assert single.example is not None
    assert single.example.kind == "0"
    assert -18 <= single.example.arguments[0][0] <= -17


def test_a_gelu_whose_backward_pass_differentiates_another_approximation(found: dict[str, list[Finding]]) -> None:
    finding = only(found["gelu"], "gelu", "gelu(x)")
    assert (finding.cell.dtype, finding.cell.regime) == ("float64", "ordinary")
    assert finding.example is not None
    assert finding.example.kind == "digits"
    assert 0.5 < finding.example.digits < 5


def test_at_a_kink_0_is_right_where_it_lies_between_the_sides() -> None:
    one_sided = Planted("one-sided", maximum=(np.maximum, lambda x, y: ((x > y) * 1.0, (y > x) * 1.0)))
    beside = Planted("beside", maximum=(np.maximum, lambda x, y: ((x > y) - 0.5 * (x == y), (y > x) * 1.0)))
    relu = [family for family in FAMILIES if family.name == "relu"]
    cells = survey(relu, [(here(one_sided), "eager"), (here(beside), "eager")], ("float64",), Kept())
    bad = [(cell.engine, cell.regime) for cell in cells if cell.formulation == "maximum(x, 0.0)" and cell.is_bad]
    assert bad == [("beside", "edge")]


class Raising(Planted):
    """A determinant with wrong derivatives, that refuses matrices with a 0."""

    def gradient(self, _function: Callable, arguments: Sequence[np.ndarray], _dtype: str, _mode: str) -> Callable:
        (matrix,) = arguments
        if (matrix == 0).any():
            raise ArithmeticError("not invertible")
        return lambda: (np.linalg.det(matrix), (np.full_like(matrix, 7.0),))


def test_an_engine_that_raises_at_simpler_arguments_is_asked_no_further() -> None:
    engine = Raising("raising")
    engine.namespace = {"det": multiplied}
    determinant = [family for family in FAMILIES if family.name == "determinant"]
    cells = survey(determinant, [(here(engine), "eager")], ("float64",), Kept())
    examples = [cell.example for cell in cells if cell.example]
    assert examples
    assert all(0 not in example.arguments[0] for example in examples)
