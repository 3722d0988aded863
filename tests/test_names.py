"""A name and a shape say which line of Algorithm 1 a variable holds, and say nothing where they are ambiguous."""

import numpy as np
import pytest

from check.names import Candidate, alias, choose, layout_of, oriented

N, D, H = 5, 7, 3


def candidate(name: str, *shape: int, origin: str = "local", repeated: bool = False, fill: float = 1.0) -> Candidate:
    return Candidate(name, origin, 1, repeated, "float64", shape, np.full(shape, fill))


def chosen(*candidates: Candidate, n: int = N) -> dict[str, str]:
    lines, _ = choose(candidates, n, D, H, columns=False)
    return {line: choice.candidate.name for line, choice in lines.items()}


@pytest.mark.parametrize(
    ("name", "shape", "line"),
    [
        *(("Z1", (N, H), "Z1"), ("z_1", (N, H), "Z1"), ("net_h", (N, H), "Z1"), ("logits", (N, 1), "Z2")),
        *(("a1", (N, H), "A1"), ("hidden", (N, H), "A1"), ("out", (N, 1), "A2"), ("yhat", (N,), "A2")),
        *(("y_hat", (N, 1), "A2"), ("probs", (N, 1), "A2"), ("a_out", (N, 1), "A2"), ("losses", (N,), "loss")),
        *(("delta2", (N, 1), "dZ2"), ("delta_2", (N, 1), "dZ2"), ("dz2", (N, 1), "dZ2"), ("dL_dz2", (N, 1), "dZ2")),
        *(("delta", (N, H), "dZ1"), ("delta", (N, 1), "dZ2"), ("dz1", (N, H), "dZ1"), ("l1_delta", (N, H), "dZ1")),
        *(("err", (N, 1), "dZ2"), ("error", (N, H), "dZ1"), ("dout", (N, H), "dZ1"), ("d_out", (N, 1), "dZ2")),
        *(("dlogits", (N, 1), "dZ2"), ("dscores", (N,), "dZ2"), ("d_hidden", (N, H), "dZ1")),
        *(("da1", (N, H), "dA1"), ("grad_a1", (N, H), "dA1"), ("dA_hidden", (N, H), "dA1")),
        *(("dw1", (H, D), "dW1"), ("grad_W1", (H, D), "dW1"), ("nabla_W1", (H, D), "dW1"), ("W1_grad", (H, D), "dW1")),
        *(("gradW2", (1, H), "dW2"), ("dJ_dW2", (1, H), "dW2"), ("dW_out", (1, H), "dW2"), ("gW2", (H,), "dW2")),
        *(("db_1", (H,), "db1"), ("grad_b1", (1, H), "db1"), ("nabla_b2", (1,), "db2"), ("db2", (), "db2")),
    ],
)
def test_an_alias_with_a_fitting_shape_is_its_line(name: str, shape: tuple[int, ...], line: str) -> None:
    assert chosen(candidate(name, *shape)) == {line: name}


@pytest.mark.parametrize("name", ["X", "y", "W1", "b2", "n", "i", "grad", "temp", "z", "a", "W1_new", "dx"])
def test_other_names_say_nothing(name: str) -> None:
    assert alias(name) is None


def test_shapes_that_do_not_fit_an_alias_leave_it_out() -> None:
    assert chosen(candidate("hidden"), candidate("out", N, H), candidate("dw1", H), candidate("a1", N, D)) == {}


def test_an_exact_name_of_a_wrong_shape_is_a_shape_mistake() -> None:
    lines, _ = choose([candidate("dZ2", N, N), candidate("dW1", D, H, origin="returned")], N, D, H, False)
    assert {line: choice.layout for line, choice in lines.items()} == {"dZ2": "other", "dW1": "transposed"}
    lines, _ = choose([candidate("delta2", N, N)], N, D, H, False)
    assert lines["dZ2"].layout == "other"


def test_layers_counted_from_nought_or_with_the_inputs_are_told_by_shape() -> None:
    assert chosen(candidate("A1", N, D), candidate("A2", N, H), candidate("A3", N, 1), candidate("Z2", N, H)) == {
        "Z1": "Z2",
        "A1": "A2",
        "A2": "A3",
    }
    assert chosen(candidate("dW0", H, D), candidate("dW1", 1, H)) == {"dW1": "dW0", "dW2": "dW1"}


def test_standing_decides_between_candidates() -> None:
    returned = candidate("dw1", H, D, origin="returned", fill=2)
    assert chosen(candidate("dW1", H, D), returned) == {"dW1": "dw1"}
    assert chosen(candidate("dw1", H, D, fill=2), candidate("dW1", H, D)) == {"dW1": "dW1"}
    assert chosen(candidate("p", N, 1, fill=2), candidate("a2", N, 1)) == {"A2": "a2"}


def test_contradicting_names_of_equal_standing_are_left_out_and_named() -> None:
    rivals = [candidate("dz1", N, H), candidate("delta1", N, H, fill=2)]
    lines, ambiguous = choose(rivals, N, D, H, False)
    assert lines == {}
    assert ambiguous == {"dZ1": ("dz1", "delta1")}
    same, none = choose([rivals[0], candidate("delta1", N, H)], N, D, H, False)
    assert (list(same), none) == (["dZ1"], {})


def test_one_sample_of_a_loop_is_not_taken_for_all() -> None:
    in_loop = [candidate(name, *shape, repeated=True) for name, shape in (("z1", (H,)), ("loss", ()), ("A2", ()))]
    assert chosen(*in_loop) == {}
    assert chosen(*in_loop, n=1) == {"Z1": "z1", "loss": "loss", "A2": "A2"}
    assert chosen(candidate("dW1", H, D, repeated=True), candidate("grad_W1", H, D, fill=2)) == {"dW1": "grad_W1"}


@pytest.mark.parametrize(
    ("shape", "line", "columns", "layout"),
    [
        ((H, D), "dW1", False, "same"),
        ((D, H), "dW1", False, "transposed"),
        ((1, H), "db1", False, "reshaped"),
        ((), "db2", False, "reshaped"),
        ((H, 1), "dW2", False, "reshaped"),
        ((N, 1), "loss", False, "reshaped"),
        ((), "loss", False, "mean"),
        ((N, N), "dZ2", False, "other"),
        ((H, N), "Z1", True, "same"),
        ((N, H), "Z1", True, "transposed"),
        ((H, 1), "db1", True, "same"),
        ((1, 1), "db2", True, "same"),
        ((1, N), "loss", True, "same"),
        ((H, D), "dW1", True, "same"),
    ],
)
def test_how_a_shape_differs(shape: tuple[int, ...], line: str, columns: bool, layout: str) -> None:
    assert layout_of(shape, line, N, D, H, columns) == layout


def test_values_are_turned_into_the_shape_of_their_line() -> None:
    Z1 = np.arange(N * H).reshape(N, H)
    for given, columns in ((Z1, False), (Z1.T, True), (Z1.T, False), (Z1, True)):
        assert np.array_equal(oriented(given, "Z1", N, D, H, columns), Z1)
    dW1 = np.arange(H * D).reshape(H, D)
    assert np.array_equal(oriented(dW1, "dW1", N, D, H, True), dW1)
    assert np.array_equal(oriented(dW1.T, "dW1", N, D, H, False), dW1)
    loss = np.arange(N)
    assert np.array_equal(oriented(loss[None, :], "loss", N, D, H, True), loss)
    assert oriented(np.float64(3), "db2", N, D, H, True).shape == (1,)
    assert oriented(np.ones((N, N)), "dZ2", N, D, H, False).shape == (N, N)
