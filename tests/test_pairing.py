"""Gradients find their parameters: by key, with whatever stands before or after it, and then by order."""

from __future__ import annotations

import pytest

from backproof.diagnosis.calls.leaves import Where, listed
from backproof.diagnosis.calls.pairing import Pair, Pairing, paired, sentence

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
    assert (
        sentence(pairing, ARGUMENTS) == "the gradients are of W1, b1, W2, b2, in this order; none is returned for X, y"
    )


def test_by_order_one_argument_is_taken_as_a_whole() -> None:
    """Numbers of a net that stands before the data are not taken for those of its end and the data."""
    weights: list[Where] = [("net", 0, "w", 0), ("net", 0, "w", 1), ("net", 1, "w", 0)]
    arguments: dict[Where, tuple[int, ...]] = {**dict.fromkeys(weights, ()), ("row", 0): (), ("row", 1): ()}
    pairing = paired({(0, 0): (), (0, 1): (), (1, 0): ()}, arguments)
    assert [pair.parameter for pair in pairing.pairs] == weights


def test_a_number_that_keeps_its_gradient_is_one_parameter() -> None:
    arguments: dict[Where, tuple[int, ...]] = {
        ("net", "w", "data"): (), ("net", "w", "grad"): (), ("net", "b", "data"): (), ("net", "b", "grad"): (),
        ("xs", 0): (),
    }  # fmt: skip
    pairing = paired({(0,): (), (1,): ()}, arguments)
    assert [pair.parameter for pair in pairing.pairs] == [("net", "w", "data"), ("net", "b", "data")]
    assert not pairing.without


def test_many_numbers_are_said_by_their_count() -> None:
    every: list[Where] = [("net", k) for k in range(12)]
    assert listed([*every, ("b",)]) == "12 values in net, b"
    assert listed(every[:2]) == "net[0], net[1]"


def test_a_wrong_shape_is_paired_all_the_same() -> None:
    pairing = paired({("dW1",): (4, 3), ("db1",): (5, 3)}, ARGUMENTS)
    assert [p.parameter for p in pairing.pairs] == [("W1",), ("b1",)]


def test_what_finds_nothing_is_said() -> None:
    pairing = paired({("dW1",): (4, 3), ("slope",): (3,)}, ARGUMENTS)
    assert pairing.unmatched == (("slope",),)


def test_what_stands_beside_the_gradients_of_all_parameters_is_said_and_not_judged() -> None:
    """As in a course whose dict of gradients must hold "dA1" too."""
    arguments: dict[Where, tuple[int, ...]] = {
        ("X",): (4, 5),
        ("parameters", "W1"): (3, 4),
        ("parameters", "b1"): (3, 1),
    }
    gradients: dict[Where, tuple[int, ...]] = {("dA0",): (4, 5), ("dW1",): (3, 4), ("db1",): (3, 1)}
    pairing = paired(gradients, arguments)
    assert not pairing.unmatched
    assert pairing.others == (("dA0",),)
    assert sentence(pairing, arguments).endswith(
        "no gradient is returned for X; not judged, as it belongs to no argument: dA0"
    )
    # Where a parameter is still without a gradient, it may be this one's.
    assert paired({("slope",): (3, 1), ("dW1",): (3, 4)}, arguments).unmatched == (("slope",),)
    assert paired({("dA0",): (4, 5)}, arguments).unmatched == (("dA0",),)


def test_what_fits_several_is_said() -> None:
    arguments: dict[Where, tuple[int, ...]] = {("a", "W"): (2, 2), ("b", "W"): (2, 2)}
    pairing = paired({("W",): (2, 2)}, arguments)
    assert pairing.ambiguous == ((("W",), (("a", "W"), ("b", "W"))),)


def test_a_parameter_without_a_gradient_beside_others_is_said() -> None:
    arguments: dict[Where, tuple[int, ...]] = {("p", "W"): (2, 2), ("p", "b"): (2,)}
    assert paired({("W",): (2, 2)}, arguments).without == (("p", "b"),)


def test_a_key_with_dots_is_the_way_to_a_parameter() -> None:
    arguments: dict[Where, tuple[int, ...]] = {
        ("net", "dense1", "weights"): (2, 3), ("net", "dense2", "weights"): (3, 2), ("net", "layers", 0, "w"): (2,),
    }  # fmt: skip
    pairing = paired({("dense2.weights",): (3, 2), ("dense1.weights",): (2, 3), ("layers.0.w",): (2,)}, arguments)
    assert not pairing.unmatched
    assert {p.gradient[0]: p.parameter for p in pairing.pairs} == {
        "dense1.weights": ("net", "dense1", "weights"),
        "dense2.weights": ("net", "dense2", "weights"),
        "layers.0.w": ("net", "layers", 0, "w"),
    }


def test_one_wrong_shape_among_lists_in_order_moves_no_other() -> None:
    arguments: dict[Where, tuple[int, ...]] = {
        ("b", 0): (4, 1), ("b", 1): (2, 1), ("w", 0): (4, 3), ("w", 1): (2, 4), ("x",): (3, 1), ("y",): (2, 1),
    }  # fmt: skip
    pairing = paired({(0, 0): (4, 1), (0, 1): (2, 1), (1, 0): (4, 4), (1, 1): (2, 4)}, arguments)
    assert [p.parameter for p in pairing.pairs] == [("b", 0), ("b", 1), ("w", 0), ("w", 1)]


def test_which_gradient_is_whose_is_said_where_the_names_do_not() -> None:
    arguments: dict[Where, tuple[int, ...]] = {("x",): (4, 3), ("net", "W"): (3, 2), ("net", "b"): (2,)}
    named: dict[Where, tuple[int, ...]] = {("dW",): (3, 2), ("db",): (2,)}
    assert sentence(paired(named, arguments), arguments) == "no gradient is returned for x"
    less = {where: shape for where, shape in arguments.items() if where != ("x",)}
    assert sentence(paired(named, less), less) == ""
    other = Pairing((Pair(("step",), ("net", "W")), Pair(("db",), ("net", "b"))))
    assert sentence(other, arguments) == "the gradient step is that of net.W; none is returned for x"
