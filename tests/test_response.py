"""What a replacement does to the gradients is known before it is made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backproof.diagnosis.calls.case import Case, Player, exact_call
from backproof.diagnosis.calls.pairing import pairing_of
from backproof.diagnosis.culprits.response import Response, Responses
from backproof.diagnosis.culprits.wanted import wanted_of
from backproof.diagnosis.verdict.judging import judge
from backproof.replay.loading import Program

HEAD = """
import numpy as np

def example():
    rng = np.random.default_rng(0)
    return {"x": rng.normal(size=(4, 3)), "W": rng.normal(size=(3, 2)), "V": rng.normal(size=(2, 2))}
"""
PLAIN = """
def backprop(x, W, V):
    h = np.tanh(x @ W)
    y = h @ V
    loss = np.sum(y ** 2)
    dy = 2 * y
    dh = dy @ V
    dz = dh * (1 - h ** 2)
    return loss, {"W": x.T @ dz, "V": h.T @ dy}
"""
RECURRENT = """
def backprop(x, W, V):
    h, hs = np.zeros(2), []
    for row in x:
        h = np.tanh(row @ W + h @ V)
        hs.append(h)
    loss = np.sum(h ** 2)
    dW, dV, dh = np.zeros_like(W), np.zeros_like(V), 2 * h
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t else np.zeros(2)
        dz = dh * (1 - hs[t])
        dW += np.outer(x[t], dz)
        dV += np.outer(before, dz)
        dh = V @ dz
    return loss, {"W": dW, "V": dV}
"""
SQUARED = PLAIN.replace('"W": x.T @ dz', '"W": (x.T @ dz) ** 2')


def responses(text: str, path: Path, head: str = HEAD) -> tuple[Case, Player, Responses]:
    path.write_text(head + text)
    case = Case(Program(path))
    player = Player(case, None)
    call = player.call()
    pairs = pairing_of(call.answer(), call.arguments, case.returned_names).pairs
    judgement = judge(case, call.arguments, pairs)
    wanted = wanted_of(judgement, call.arguments, case)
    parts = exact_call(case, call.arguments, parts=True)
    return case, player, Responses(case, player, wanted, parts, judgement, wanted.positions, {})


def key(case: Case, text: str, kind: str = "value") -> int:
    return next(place.key for place in case.program.expressions if place.text == text and place.kind == kind)


def of(found: Responses, case: Case, text: str, kind: str = "value", apart: bool = True) -> Response:
    response = found.of(key(case, text, kind), apart)
    assert response is not None
    return response


def test_the_true_value_is_told_from_others(tmp_path: Path) -> None:
    case, player, found = responses(PLAIN, tmp_path / "plain.py")
    response = of(found, case, "dy @ V")
    (arguments,) = [player.call().arguments]
    W, V, x = arguments["W",], arguments["V",], arguments["x",]
    y = np.tanh(x @ W) @ V
    true = 2 * y @ V.T
    assert response.may_mend({0: true})
    assert not response.may_mend({0: 2 * y @ V})
    assert not response.may_mend({0: 2 * true})
    assert not response.may_mend({0: true + 1e-3})


def test_a_value_of_another_shape_is_not_told(tmp_path: Path) -> None:
    case, _, found = responses(PLAIN, tmp_path / "plain.py")
    assert of(found, case, "dy @ V").may_mend({0: np.zeros((1, 2))})


def test_each_use_of_a_variable_has_its_own_response(tmp_path: Path) -> None:
    case, _, found = responses(PLAIN, tmp_path / "plain.py")
    slopes = [
        found.of(place.key).slopes[0]
        for place in case.program.expressions
        if place.text == "dy" and place.kind == "load" and found.of(place.key)
    ]
    assert len(slopes) == 2
    assert not np.allclose(slopes[0], slopes[1])


def test_in_a_recurrence_all_turns_are_replaced_at_once(tmp_path: Path) -> None:
    case, player, found = responses(RECURRENT, tmp_path / "recurrent.py")
    place = key(case, "dh * (1 - hs[t])")
    assert found.of(place) is None
    response = found.of(place, apart=False)
    arguments = player.call().arguments
    W, V, x = arguments["W",], arguments["V",], arguments["x",]
    hs = []
    for row in x:
        hs.append(np.tanh(row @ W + (hs[-1] if hs else np.zeros(2)) @ V))
    dh, true = 2 * hs[-1], {}
    for turn, h in enumerate(reversed(hs)):
        true[turn] = dh * (1 - h**2)
        dh = V @ true[turn]
    assert response is not None
    assert response.may_mend(true)
    assert not response.may_mend({**true, 3: 1.1 * true[3]})


def test_where_the_gradients_do_not_answer_in_a_straight_line_nothing_is_known(tmp_path: Path) -> None:
    case, _, found = responses(SQUARED, tmp_path / "squared.py")
    assert found.of(key(case, "dy @ V")) is None
    assert found.of(key(case, "h.T @ dy")) is not None


def test_what_is_written_into_through_another_name_is_followed(tmp_path: Path) -> None:
    view = "    view = dh[:2]\n    view *= 3\n    np.add.at(dh, [0, 0], 1.0)\n    dz = dh"
    case, _, found = responses(PLAIN.replace("    dz = dh", view), tmp_path / "view.py")
    assert of(found, case, "dy @ V").slopes[0].any()


def test_a_program_that_shares_arrays_has_no_responses(tmp_path: Path) -> None:
    views = PLAIN.replace("    dz = dh", "    views = [dh[:2]]\n    views[0] *= 3\n    dz = dh")
    with pytest.raises(ValueError, match="something else"):
        responses(views, tmp_path / "views.py")


CENTRED = """
def backprop(x, W, V, b):
    z = x @ W + b
    h = np.tanh(z - z.mean(axis=0))
    y = h @ V
    loss = np.sum(y ** 2)
    dy = 2 * y
    dh = dy @ V
    dz = dh * (1 - h ** 2)
    dz = dz - dz.mean(axis=0)
    return loss, {"W": x.T @ dz, "V": h.T @ dy, "b": dz.sum(axis=0)}
"""


def test_a_gradient_that_is_nothing_but_rounding_counts_for_nothing(tmp_path: Path) -> None:
    """That of a bias before a normalisation is 0, and what is computed is not quite."""
    head = HEAD.replace('"V":', '"b": rng.normal(size=2), "V":')
    case, _, found = responses(CENTRED, tmp_path / "norm.py", head)
    assert found.of(key(case, "dy @ V")) is not None
    assert max(float(np.abs(weights).max()) for weights in found.weights.values()) < 1e9
