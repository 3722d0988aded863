"""Correct programs of other networks are replayed unmodified, and their gradients are the true ones to 25 digits."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from program_files import name_of, programs

from backproof.diagnosis.calls.case import Case, FloatCall, Player, exact_call
from backproof.diagnosis.calls.leaves import leaves
from backproof.diagnosis.calls.pairing import paired
from backproof.diagnosis.verdict.judging import Judgement, Status, judge
from backproof.replay.loading import Program
from backproof.replay.refusal import NotFollowed, TooLarge
from backproof.replay.run import play, replay
from backproof.replay.whole import balls_of

CORRECT = programs("correct")
REFUSED = {"matrix_class": "np.asmatrix"}  # followed by nobody, so its gradients are compared with differences
DIGITS = 25


def called(path: Path) -> tuple[Case, FloatCall]:
    case = Case(Program(path))
    with Player(case) as player:
        return case, player.call()


def judged(path: Path, text: str | None = None) -> Judgement:
    case, call = called(path) if text is None else (Case(Program(path, text)), called(path)[1])
    shapes = {where: np.shape(g) for where, g in call.answer().gradients.items()}
    pairs = paired(shapes, {where: np.shape(a) for where, a in call.arguments.items()}).pairs
    assert len(pairs) == len(shapes)
    return judge(case, call.arguments, pairs)


def digits_right(judgement: Judgement) -> float:
    """To how many digits of the largest number that took part, value or derivative, all gradients are proven."""
    tape, adjoints, entries = judgement.tape, judgement.adjoints, judgement.call.entries
    scale = max(np.abs(adjoints.hi).max(), np.abs(tape.hi[: tape.size][np.isfinite(tape.hi[: tape.size])]).max())
    worst = 0.0
    for judged, ids in zip(judgement.gradients, judgement.entries, strict=True):
        true = adjoints.of(entries[judged.pair.parameter].reshape(-1))
        worst = max(worst, float((tape.values(ids.reshape(-1)) - true).size.max(initial=0.0)))
    return float(-np.log10(max(worst / scale, 1e-40)))


@pytest.mark.parametrize("path", [p for p in CORRECT if name_of(p) not in REFUSED], ids=name_of)
def test_a_correct_program_returns_the_true_gradient(path: Path) -> None:
    judgement = judged(path)
    assert {g.status for g in judgement.gradients} == {Status.RIGHT}
    assert digits_right(judgement) >= DIGITS


@pytest.mark.parametrize("path", [p for p in CORRECT if name_of(p) not in REFUSED], ids=name_of)
def test_replay_gives_what_floating_point_gives(path: Path) -> None:
    case, call = called(path)
    exact = exact_call(case, call.arguments)
    floats, replayed = leaves(call.returned), leaves(exact.returned)
    assert floats.keys() == replayed.keys()
    close = 1e-5 if "single" in path.stem else 1e-9
    for where, expected in floats.items():
        got = replayed[where]
        assert np.shape(expected) == got.shape, where
        assert np.allclose(exact.tape.hi[got.ids], expected, rtol=close, atol=1e-3 * close), where


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_named(name: str) -> None:
    path = next(p for p in CORRECT if name_of(p) == name)
    case, call = called(path)
    with pytest.raises(NotFollowed, match=REFUSED[name]):
        exact_call(case, call.arguments)


def test_a_wrong_gradient_is_seen() -> None:
    path = next(p for p in CORRECT if p.stem == "softmax_functions")
    judgement = judged(path, path.read_text().replace("dh[z1 <= 0] = 0", "dh[h < 0] = 0"))
    assert {g.pair.parameter for g in judgement.gradients if g.status is Status.WRONG} == {("W1",), ("b1",)}


SMALL = """
import numpy as np

def backprop(x, w):
    h = x * w
    for k in range(3):
        h = np.tanh(h)
    loss = h.sum()
    return loss, h
"""


@pytest.fixture
def small(tmp_path: Path) -> Program:
    path = tmp_path / "small.py"
    path.write_text(SMALL)
    return Program(path)


def handed(space: Any, inputs: Any) -> Any:
    return space["backprop"](inputs.array(np.array([0.3, -0.8])), inputs.array(np.array([1.1, 0.7])))


def test_every_value_is_recorded_with_its_place(small: Program) -> None:
    run = replay(small, handed)
    seen = [(small.expressions[r.key].text, small.expressions[r.key].kind, r.occurrence) for r in run.records]
    assert ("x * w", "value", 0) in seen
    assert [entry for entry in seen if entry[0] == "np.tanh(h)"] == [("np.tanh(h)", "value", k) for k in range(3)]
    assert ("h", "store", 2) in seen
    expression = next(e for e in small.expressions if e.text == "np.tanh(h)")
    assert (expression.line, expression.column, expression.function) == (7, 12, "backprop")


def test_both_worlds_pass_the_same_places_in_the_same_order(small: Program) -> None:
    exact = [record[:2] for record in replay(small, handed).records]
    assert [record[:2] for record in play(small, handed, keep=True).records] == exact


def test_a_value_is_replaced_at_one_turn_of_a_loop(small: Program) -> None:
    run = replay(small, handed)
    key = next(e.key for e in small.expressions if e.text == "np.tanh(h)")
    new = np.array([0.25, 0.5])
    floats = play(small, handed, {(key, 1): new}).result[1]
    assert np.allclose(floats, np.tanh(new), rtol=1e-15)
    exact = replay(small, handed, {(key, 1): balls_of(new)})
    assert np.allclose(exact.tape.hi[exact.result[1].ids], np.tanh(new), rtol=1e-15)
    assert (
        not exact.tape.adjoints(exact.result[0].id).hi[run.records[0].value].any()
    )  # nothing passes what was replaced


def test_the_flow_is_known_entry_by_entry(small: Program) -> None:
    run = replay(small, handed)
    key = next(e.key for e in small.expressions if e.text == "x" and e.kind == "load")
    (x,) = (r.value for r in run.records if r.key == key)
    reached = run.tape.reaching(run.result[1].ids[:1])
    assert reached[x].tolist() == [True, False]


def test_too_many_numbers_are_one_sentence(small: Program) -> None:
    with pytest.raises(TooLarge, match="more than 10 numbers are computed: try fewer samples or units"):
        replay(small, handed, most_entries=10)


def test_runs_share_nothing_not_even_in_two_threads(small: Program) -> None:
    results: list[float] = []

    def work() -> None:
        for _ in range(5):
            run = replay(small, handed)
            results.append(float(run.tape.hi[run.result[0].id]))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 10
    assert len(set(results)) == 1


def test_a_deep_chain_needs_no_recursion(tmp_path: Path) -> None:
    path = tmp_path / "deep.py"
    path.write_text("def backprop(x):\n    for k in range(20000):\n        x = x * 0.9999\n    return x, x\n")
    run = replay(Program(path), lambda space, inputs: space["backprop"](inputs.number(2.0)))
    assert abs(run.tape.adjoints(run.result[0].id).hi[1] - 0.9999**20000) <= 1e-12


def test_calls_leave_no_modules_behind(small: Program) -> None:
    before = set(sys.modules)
    replay(small, handed)
    assert not {name for name in set(sys.modules) - before if name.startswith("backproof_program")}
