"""Gradients find their parameters: by key, with whatever stands before or after it, and then by order."""

from __future__ import annotations

import pytest

from backproof.diagnosis.calls.leaves import Where
from backproof.diagnosis.calls.pairing import paired, sentence

ARGUMENTS: dict[Where, tuple[int, ...]] = {
    ("X",): (5, 4), ("y",): (5,), ("W1",): (4, 3), ("b1",): (3,), ("W2",): (3, 2), ("b2",): (2,),
}  # fmt: skip
WANTED = {"W1", "b1", "W2", "b2"}


@pytest.mark.parametrize("form", ["{}", "d{}", "d_{}", "grad_{}", "{}_grad", "nabla_{}", "delta{}"])
def test_by_name_with_anything_around_it(form: str) -> None:
    gradients: dict[Where, tuple[int, ...]] = {(form.format(n),): ARGUMENTS[n,] for n in ("b2", "W2", "b1", "W1")}
    pairing = paired(gradients, ARGUMENTS)
    assert {p.gradient[0]: p.parameter[0] for p in pairing.pairs} == {form.format(n): n for n in WANTED}
    assert not pairing.unmatched
    assert not pairing.ambiguous


def test_upper_and_lower_case() -> None:
    pairing = paired({("dw1",): (4, 3), ("db1",): (3,)}, ARGUMENTS)
    assert [p.parameter for p in pairing.pairs] == [("W1",), ("b1",)]


def test_nested_like_the_parameters() -> None:
    arguments: dict[Where, tuple[int, ...]] = {
        ("X",): (5,),
        ("net", "layers", 0, "W"): (2, 2),
        ("net", "layers", 1, "W"): (2, 2),
    }
    pairing = paired({("layers", 1, "W"): (2, 2), ("layers", 0, "W"): (2, 2)}, arguments)
    assert [p.parameter for p in pairing.pairs] == [("net", "layers", 1, "W"), ("net", "layers", 0, "W")]


def test_by_order_the_last_that_fit() -> None:
    pairing = paired({(0,): (4, 3), (1,): (3,), (2,): (3, 2), (3,): (2,)}, ARGUMENTS)
    assert [p.parameter[0] for p in pairing.pairs] == ["W1", "b1", "W2", "b2"]
    assert sentence(pairing, ARGUMENTS) == "the gradients are of W1, b1, W2, b2, in this order; no gradient: X, y"


def test_a_wrong_shape_is_paired_all_the_same() -> None:
    pairing = paired({("dW1",): (4, 3), ("db1",): (5, 3)}, ARGUMENTS)
    assert [p.parameter for p in pairing.pairs] == [("W1",), ("b1",)]


def test_what_finds_nothing_is_said() -> None:
    pairing = paired({("dW1",): (4, 3), ("slope",): (3,)}, ARGUMENTS)
    assert pairing.unmatched == (("slope",),)


def test_what_fits_several_is_said() -> None:
    arguments: dict[Where, tuple[int, ...]] = {("a", "W"): (2, 2), ("b", "W"): (2, 2)}
    pairing = paired({("W",): (2, 2)}, arguments)
    assert pairing.ambiguous == ((("W",), (("a", "W"), ("b", "W"))),)


def test_a_parameter_without_a_gradient_beside_others_is_said() -> None:
    arguments: dict[Where, tuple[int, ...]] = {("p", "W"): (2, 2), ("p", "b"): (2,)}
    assert paired({("W",): (2, 2)}, arguments).without == (("p", "b"),)
