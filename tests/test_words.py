"""What a culprit is called, and the text of its patch."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from small_programs import HEAD, RIGHT, of

from backproof.answer.command import check
from backproof.diagnosis.completed import diagnose_file
from backproof.diagnosis.repair.bench import Change
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.repair.patch_text import patch_of

BROKEN = Path(__file__).parent / "broken_files"


def test_a_patch_says_what_was_proven_in_brackets_where_it_needs_them() -> None:
    """The same text stands beside it already, and must not be taken for it."""
    source = HEAD + "    return loss, h.T @ dout, dv.sum(0)\n"
    old = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name) and n.id == "dv" and n.col_offset > 20)
    new = ast.parse("h.T @ dout", mode="eval").body
    patch = patch_of(source, Change((), Kind.FORMULA, 1.0, old, (new,)))
    assert patch is not None
    assert patch.text == "    return loss, h.T @ dout, (h.T @ dout).sum(0)"


def _patched(line: str, old: str, new: str) -> str:
    tree = ast.parse(line)
    place = next(n for n in ast.walk(tree) if isinstance(n, ast.expr) and ast.unparse(n) == old)
    patch = patch_of(line, Change((), Kind.FORMULA, 1.0, place, (ast.parse(f"[{new}]", mode="eval").body.elts[0],)))  # type: ignore[attr-defined]
    assert patch is not None
    return patch.text


def test_a_sign_is_turned_where_it_stands() -> None:
    assert _patched("d = a + b / n", "b", "-b") == "d = a - b / n"
    assert _patched("d = -a - f(1 - y, 1 - p)", "f(1 - y, 1 - p)", "-f(1 - y, 1 - p)") == "d = -a + f(1 - y, 1 - p)"
    assert _patched("d = a * b", "b", "-b") == "d = a * -b"
    assert _patched("d = a - b ** 2", "b", "-b") == "d = a - (-b) ** 2"
    assert _patched("d = a - b", "b", "-a + b") == "d = a - (-a + b)"


def test_the_parts_of_an_index_stand_in_no_brackets_of_their_own() -> None:
    assert _patched("d[:, y] -= 1", "(:, y)", "(np.arange(len(y)), y)") == "d[np.arange(len(y)), y] -= 1"


def test_an_inserted_line_is_shown_after_the_one_before_it(tmp_path: Path) -> None:
    text = HEAD + "    z = dh\n    dW = X.T @ z\n    return loss, {'dW': dW, 'dv': dv}\n"
    (culprit,) = of(text, tmp_path / "missing.py").culprits
    assert culprit.patch is not None
    for number, line in zip(culprit.patch.numbers, culprit.patch.diff, strict=True):
        if line[0] != "+":
            assert text.split("\n")[number - 1] == line[2:]
    assert any(line[0] == "+" for line in culprit.patch.diff)


def test_a_weight_that_was_updated_too_early_should_still_hold_its_value() -> None:
    (culprit,) = diagnose_file(BROKEN / "b13_updates_while_walking.py").culprits
    assert culprit.should_be == "`W2` should still hold what it held in line 6"


def test_a_constant_too_many_is_not_taken_for_the_samples(tmp_path: Path) -> None:
    found = of(RIGHT.replace("dv = h.T @ dout", "dv = h.T @ dout / 255"), tmp_path / "constant.py")
    assert [culprit.family for culprit in found.culprits] == ["a factor or a term too many"]
    found = of(RIGHT.replace("dv = h.T @ dout", "dv = h.T @ dout / len(y)"), tmp_path / "samples.py")
    assert [culprit.family for culprit in found.culprits] == ["1/n missing or twice"]


def test_a_variable_gives_a_target_its_name(tmp_path: Path) -> None:
    text = RIGHT.replace("h = np.tanh(X @ W)", "z = X @ W\n    h = np.tanh(z)").replace("1 - h ** 2", "1 - h")
    text = text.replace("X.T @ (dh * (1 - h))", "X.T @ dz").replace("    dW = ", "    dz = dh * (1 - h)\n    dW = ")
    (culprit,) = of(text, tmp_path / "named.py").culprits
    assert culprit.should_be == "`dh * (1 - h)` should be the derivative of the loss with respect to `z` (line 10)"


def test_shapes_are_said_where_they_are_what_is_wrong() -> None:
    (culprit,) = diagnose_file(BROKEN / "b02_course_columns_keepdims.py").culprits
    assert culprit.should_be.endswith("its shape is (1, 5), and should be (6, 1)")


def test_beside_a_guard_a_gradient_is_right_to_its_digits(tmp_path: Path) -> None:
    path = tmp_path / "guard.py"
    path.write_text(
        "import numpy as np\n\n\ndef example():\n    r = np.random.default_rng(0).normal\n"
        "    return {'X': r(size=(5, 3)), 'y': np.array([0, 1, 1, 0, 1]), 'w': r(size=3)}\n\n\n"
        "def backprop(X, y, w):\n    p = 1 / (1 + np.exp(-(X @ w)))\n"
        "    loss = -np.mean(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))\n"
        "    return loss, {'w': X.T @ (p - y) / len(y)}\n"
    )
    text, status = check(path)
    assert status == 0
    assert "the gradient is right, but for the guard in line 11" in text.plain
    assert re.search(r"right to 1\d digits", text.plain), text.plain  # as many as without the guard


def test_an_added_plus_leaves_the_rest_as_it_is_written() -> None:
    source = "dx[i : i+3]  =  dy*k  # a share\n"
    old = ast.parse(source).body[0]
    new = ast.parse("dx[i:i + 3] += dy * k").body[0]
    assert isinstance(new, ast.AugAssign)
    patch = patch_of(source, Change((), Kind.ASSIGNMENT, 1.0, old, (new,)))
    assert patch is not None
    assert patch.text == "dx[i : i+3]  +=  dy*k  # a share"
