"""A program step by step: the numbers are NumPy's, and what was computed from what is what the lines say."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pytest
from program_files import arguments, call, load

from backproof.replay.loading import Program
from lessons.planting import PROGRAMS, Mistake, mistakes, names
from lessons.stepping.layout import drawing
from lessons.stepping.walk import MOST_TURNS, Walk, walk

TEXTS = [(PROGRAMS / f"{name}.py", None) for name in names()]
TEXTS += [(PROGRAMS / f"{one.program}.py", one.text) for one in mistakes()]


def of(text: str) -> Walk:
    return walk(Program(Path("small.py"), "import numpy as np\n\n" + textwrap.dedent(text)))


@pytest.mark.parametrize(("path", "text"), TEXTS)
def test_the_gradients_at_the_end_are_those_that_the_program_returns(path: Path, text: str | None) -> None:
    module = load(path, {path.name: text} if text else None)
    loss, gradients = call(module, arguments(module))
    found = walk(Program(path, text))
    last = {step.name.partition("[")[0]: step.value for step in found.steps}
    for name, gradient in gradients.items():
        np.testing.assert_allclose(last[f"d{name}"], gradient, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(last["loss"], loss, rtol=1e-9)
    for name, value in found.arguments.items():
        np.testing.assert_array_equal(value, arguments(module)[name])


@pytest.mark.parametrize("name", names())
def test_each_derivative_is_known_by_its_thing(name: str) -> None:
    found = walk(Program(PROGRAMS / f"{name}.py"))
    for one in found.variables:
        assert one.forward == (not one.name.startswith("d"))
        if one.of is not None:
            thing = one.of if isinstance(one.of, str) else found.variables[one.of].name
            assert thing.startswith(one.name.removeprefix("d")), one  # dh is that of hs in the recurrent network
    unknown = {one.name for one in found.variables if not one.forward and one.of is None}
    assert unknown == ({"dnext"} if name == "recurrent" else set())


def used(found: Walk, name: str, turn: int = 1) -> set[str]:
    (step,) = (step for step in found.steps if step.name == name and step.turn == turn)
    return {one if isinstance(one, str) else f"{found.steps[one].name} {found.steps[one].turn}" for one in step.uses}


def test_what_a_step_uses_is_what_its_line_reads() -> None:
    two = walk(Program(PROGRAMS / "two_layers.py"))
    assert used(two, "Z1") == {"X", "W1", "b1"}
    assert used(two, "dW2") == {"A1 1", "dZ2 1"}
    assert used(two, "dZ1") == {"A1 1", "dA1 1"}
    recurrent = walk(Program(PROGRAMS / "recurrent.py"))
    assert used(recurrent, "dh", 2) == {"V", "douts 1", "dnext 1"}
    assert used(recurrent, "dWx", 3) == {"xs", "dWx 2", "dz 3"}
    (forgotten,) = (one for one in mistakes() if one.wrong == "dZ1 = dA1")
    assert used(walk(Program(PROGRAMS / "two_layers.py", forgotten.text)), "dW1") == {"X", "dZ1 1"}


def test_what_is_filled_in_parts_is_read_as_it_stands() -> None:
    found = walk(Program(PROGRAMS / "convolution.py"))
    assert used(found, "dz") == {"dh[i : i + 3, j : j + 3] 4"}
    assert used(found, "dK2[i, j]", 2) == {"h 1", "dout 1", "dK2[i, j] 1"}


def marks(one: Mistake) -> dict[int, set[str]]:
    path = PROGRAMS / f"{one.program}.py"
    wrong = walk(Program(path, one.text))
    found: dict[int, set[str]] = {}
    for step, mark in zip(wrong.steps, wrong.marks(walk(Program(path)), [one.line]), strict=True):
        found.setdefault(step.line, set()).add(mark)
    return found


@pytest.mark.parametrize("one", mistakes(), ids=lambda one: f"{one.program}: {one.family}")
def test_a_mistake_marks_its_own_line_wrong_and_no_other(one: Mistake) -> None:
    found = marks(one)
    assert {line for line, words in found.items() if "wrong" in words} == {one.line}
    assert all(words == {"right"} for line, words in found.items() if line < 27)  # the way forward


def test_what_follows_from_a_mistake_is_marked_and_the_rest_is_right() -> None:
    (one,) = (one for one in mistakes() if one.wrong == "dZ1 = dA1")
    assert {line: words for line, words in marks(one).items() if line > 32} == {
        33: {"wrong"},
        34: {"follows"},
        35: {"follows"},
    }
    path = PROGRAMS / "two_layers.py"
    assert set(walk(Program(path)).marks(walk(Program(path)), [33])) == {"right"}


def test_of_a_long_loop_the_first_turns_and_the_last_are_kept() -> None:
    found = of(f"""
        def example():
            return {{"w": np.array([1.0, 2.0])}}

        def backprop(w):
            x = w
            for _ in range({3 * MOST_TURNS}):
                x = 0.5 * x
            loss = x.sum()
            dw = np.ones(2) * 0.5**{3 * MOST_TURNS} + 0 * w
            return loss, {{"w": dw}}
        """)
    turns = [(step.turn, step.turns) for step in found.steps if step.name == "x" and step.turns > 1]
    assert turns == [(1, 3 * MOST_TURNS), (2, 3 * MOST_TURNS), (3 * MOST_TURNS, 3 * MOST_TURNS)]


def test_a_copy_that_is_written_into_is_of_the_way_back_and_a_helper_before_it_is_not() -> None:
    found = of("""
        def example():
            return {"z": np.array([[1.0, -2.0, 0.5]])}

        def backprop(z):
            e = np.exp(z)
            p = e / e.sum()
            loss = -np.log(p[0, 1])
            dz = p.copy()
            dz[0, 1] -= 1
            return loss, {"z": dz}
        """)
    assert [(one.name, one.forward, one.of) for one in found.variables] == [
        ("e", True, None),
        ("p", True, None),
        ("loss", True, None),
        ("dz", False, "z"),
    ]


def test_what_a_function_returns_is_no_step_of_its_own_under_the_same_name() -> None:
    found = of("""
        def example():
            return {"w": np.array([1.0, 2.0])}

        def forward(w):
            h = w * w
            return h

        def backprop(w):
            h = forward(w)
            out = h
            loss = out.sum()
            dout = 3 * out
            return loss, {"w": dout}
        """)
    assert [(step.name, step.line) for step in found.steps] == [("h", 8), ("out", 13), ("loss", 14), ("dout", 15)]
    assert [one.forward for one in found.variables] == [True, True, True, False]
    assert used(found, "loss") == {"out 1"}


@pytest.mark.parametrize("name", names())
def test_boxes_stand_apart_and_a_derivative_under_its_thing(name: str) -> None:
    found = walk(Program(PROGRAMS / f"{name}.py"))
    drawn = drawing(found)
    for k, a in enumerate(drawn.boxes):
        assert a.width / 2 < a.x < drawn.width - a.width / 2
        assert 14 < a.y < drawn.height - 14
        for b in drawn.boxes[k + 1 :]:
            assert abs(a.x - b.x) > (a.width + b.width) / 2 or abs(a.y - b.y) > 28, (a.name, b.name)
    boxes = {box.name: box for box in drawn.boxes}
    for one in found.variables:
        if isinstance(one.of, int):
            above, below = boxes[found.variables[one.of].name], boxes[one.name]
            assert abs(above.x - below.x) < 30
            assert above.y < below.y
