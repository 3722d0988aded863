"""Programs of any network: correct ones are accused of nothing, faulty ones get the line and a proven patch."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from program_files import PROGRAMS, name_of, programs
from small_programs import HEAD, PATIENCE, RIGHT, of

from backproof.answer.text import rendered
from backproof.diagnosis.completed import diagnose_file
from backproof.diagnosis.report import decoded, encoded

FACTS = tomllib.loads((PROGRAMS / "faulty" / "facts.toml").read_text())
# Where the line that is named is another one, whose patch is proven all the same or not found.
ANOTHER_LINE = {
    "activation_skipped_going_back", "hidden_slope_missing", "leaky_slope_other_constant", "outer_product_reversed",
    "row_against_column", "relu_derivative_of_output_shape",
    "pool_gradient_everywhere", "slope_of_the_output", "softmax_jacobian_of_the_batch",
}  # fmt: skip


@pytest.mark.parametrize("path", programs("correct"), ids=name_of)
def test_a_correct_program_is_accused_of_nothing(path: Path) -> None:
    found = diagnose_file(path)
    assert found.verdict == "correct", found.summary
    assert not found.culprits
    assert {g.status for g in found.gradients.values()} == {"right"}
    assert found.traced == (name_of(path) != "matrix_class")


@pytest.mark.parametrize("path", programs("faulty"), ids=name_of)
def test_a_faulty_program_gets_its_line(path: Path) -> None:
    found = diagnose_file(path, seconds=PATIENCE)
    assert found.verdict == "wrong", found.summary
    assert found.culprits
    lines = {line for fault in FACTS[name_of(path)]["faults"] for line in fault["lines"]}
    named = {c.line for c in found.culprits} | {c.patch.line for c in found.culprits if c.patch}
    assert named & lines or name_of(path) in ANOTHER_LINE
    for culprit in found.culprits:
        assert culprit.expression
        assert culprit.patch is None or culprit.family


def test_the_answer_has_the_line_the_target_and_a_proven_patch(tmp_path: Path) -> None:
    found = of(RIGHT.replace("1 - h ** 2", "1 - h"), tmp_path / "wrong.py")
    assert found.verdict == "wrong"
    assert found.summary == "dW is wrong; the other one is right"
    (culprit,) = found.culprits
    assert (culprit.line, culprit.gradients, culprit.proven) == (16, ["dW"], True)
    assert culprit.patch is not None
    assert culprit.patch.text == "    dW = X.T @ (dh * (1 - h ** 2))"
    shown = rendered(found).plain
    assert "wrong.py:16:" in shown
    assert "+ dW = X.T @ (dh * (1 - h ** 2))" in shown
    assert decoded(encoded(found)) == found


def test_all_gradients_off_by_one_factor_are_one_sentence(tmp_path: Path) -> None:
    found = of(RIGHT.replace("2 * (out - y) / len(y)", "2 * (out - y)"), tmp_path / "scaled.py")
    assert found.summary == "all gradients are the true ones times 5"
    (culprit,) = found.culprits
    assert culprit.line == 13
    assert culprit.proven


def test_two_faults_are_two_culprits(tmp_path: Path) -> None:
    text = RIGHT.replace("1 - h ** 2", "1 - h").replace("dv = h.T @ dout", "dv = -(h.T @ dout)")
    found = of(text, tmp_path / "two.py")
    assert [c.line for c in found.culprits] == [14, 16]
    assert [c.gradients for c in found.culprits] == [["dv"], ["dW"]]
    assert all(c.proven for c in found.culprits)


def test_state_between_calls_is_said(tmp_path: Path) -> None:
    text = RIGHT.replace("def backprop", "seen = []\n\ndef backprop").replace(
        "    dv = h.T @ dout\n", "    seen.append(1)\n    dv = h.T @ dout * len(seen)\n"
    )
    found = of(text, tmp_path / "state.py")
    assert "state" in [r.kind for r in found.remarks]


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        ("None", "backprop returns nothing"),
        ("loss", "backprop returns an array alone|backprop returns a float64 alone"),
        ("{'dW': 1.0}", "backprop returns a dict alone"),
        ("(out - y) ** 2, {'dW': W, 'dv': dv}", "the loss, is an array of shape (5,)"),
        ("loss, {'q': W}", "the gradient q finds no parameter among X, y, W, v"),
        ("..., {'dW': W, 'dv': dv}", "still to be filled in"),
        ("loss, {'dW': ..., 'dv': dv}", "still to be filled in"),
    ],
)
def test_what_is_no_answer_is_one_sentence(tmp_path: Path, returned: str, sentence: str) -> None:
    found = of(HEAD + f"    return {returned}\n", tmp_path / "odd.py")
    assert found.verdict == "cannot run"
    assert any(part in found.summary for part in sentence.split("|")), found.summary


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (RIGHT.replace("X.T @", "X @"), 16),
        (RIGHT.replace("np.outer", "np.outerr"), 15),
        ("def example():\n    return 1\n", None),
        ("def backprop(x):\n    return x\n", None),
        ("def backprop(x:\n", 1),
    ],
)
def test_what_cannot_run_is_a_sentence_with_its_line(tmp_path: Path, text: str, line: int | None) -> None:
    path = tmp_path / "broken.py"
    path.write_text(text)
    found = diagnose_file(path)
    assert (found.verdict, found.line) == ("cannot run", line)
    assert found.summary
    assert "\n" not in found.summary


def test_what_another_file_raises_is_said_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text("def forward(x, W):\n    return x.missing @ W\n")
    text = f"from layers import forward\n{RIGHT}".replace("np.tanh(X @ W)", "forward(X, W)")
    (tmp_path / "net.py").write_text(text)
    found = diagnose_file(tmp_path / "net.py")
    assert found.verdict == "cannot run"
    assert found.summary.endswith("(line 2 of layers.py)")
    assert found.line is None


def test_an_argument_that_is_left_open_is_said(tmp_path: Path) -> None:
    found = of(RIGHT.replace('"y": r(size=5)', '"y": ...'), tmp_path / "open.py")
    assert found.summary == "the ... for y in example is still to be filled in"


def test_the_difference_of_an_array_with_itself_is_not_called_unwritten(tmp_path: Path) -> None:
    text = """
import numpy as np

def example():
    return {"X": np.array([[1.0, 2.0], [3.0, -1.0]]), "W": np.array([0.5, -1.0]), "b": np.array([0.2])}

def step(X, W, b):
    out = X @ W + b
    W -= X.T @ out
    b -= out.sum()

def backprop(X, W, b):
    loss = 0.5 * ((X @ W + b) ** 2).sum()
    new_W, new_b = W, b
    step(X, new_W, new_b)
    return loss, {"W": W - new_W, "b": b - new_b}
"""
    found = of(text, tmp_path / "alias.py").culprits
    assert all(culprit.patch or "both sides are the same array" in culprit.should_be for culprit in found)
    assert {culprit.family for culprit in found}.isdisjoint({"not written yet"})
    assert any("both sides" in culprit.should_be for culprit in found)
    assert of(text.replace("= W, b", "= W.copy(), b.copy()"), tmp_path / "copied.py").verdict == "correct"


def test_what_overflows_is_fragile(tmp_path: Path) -> None:
    text = """
import numpy as np

def example():
    return {"x": np.array([[3.0, 1.0]]), "y": np.array([0.0]), "w": np.array([15.0, 5.0])}

def backprop(x, y, w):
    z = x @ w
    p = 1 / (1 + np.exp(-z))
    loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()
    dp = (p - y) / (p * (1 - p))
    return loss, {"w": x.T @ (dp * p * (1 - p))}
"""
    found = of(text, tmp_path / "fragile.py")
    assert found.verdict == "fragile"
    assert "overflow" in [r.kind for r in found.remarks]


BESIDE = """
import numpy as np

def example():
    return {"X": np.array([[1.0, 2.0], [3.0, -1.0]]), "W": np.array([0.5, -1.0])}

def backprop(X, W):
    out = X @ W * MASK
    AFTER
    return 0.5 * (out ** 2).sum(), {"W": X.T @ (out * MASK)}
"""


@pytest.mark.parametrize(
    ("mask", "after", "kinds"),
    [
        ("1.0", "pass", set()),
        ("1.0", "W *= 2", {"writes"}),
        ("1.0", "W = W * 2", set()),
        ("np.random.RandomState(0).rand(2)", "pass", set()),
    ],
)
def test_what_stands_beside_the_verdict(mask: str, after: str, kinds: set[str], tmp_path: Path) -> None:
    found = of(BESIDE.replace("MASK", mask).replace("AFTER", after), tmp_path / "mine.py")
    assert found.verdict == "correct"
    assert {remark.kind for remark in found.remarks} - {"no gradient", "overflow"} == kinds


@pytest.mark.parametrize(
    ("back", "lines"), [("return out", []), ("return out, {}", [10]), ("out = out * 2", [10]), ("raise ValueError", [])]
)
def test_a_branch_of_another_use_is_not_missed(back: str, lines: list[int], tmp_path: Path) -> None:
    """As one that returns the scores where there are no labels."""
    text = BESIDE.replace("MASK", "1.0").replace("AFTER", f"if W is None:\n        {back}")
    found = of(text, tmp_path / "mine.py")
    assert [remark.line for remark in found.remarks if remark.kind == "not reached"] == lines


def test_random_numbers_without_a_seed_are_said(tmp_path: Path) -> None:
    text = BESIDE.replace("out = X @ W * MASK", "mask = np.random.rand(2)\n    out = X @ W * mask").replace(
        "MASK", "mask"
    )
    found = of(text.replace("AFTER", "pass"), tmp_path / "mine.py")
    assert found.verdict == "correct"
    assert "random" in {remark.kind for remark in found.remarks}


def test_only_what_is_proven_is_called_so(tmp_path: Path) -> None:
    """Intervals grow in long recurrences with large weights: fewer digits are proven, and that is said."""
    text = """
import numpy as np

def example():
    r = np.random.default_rng(0).normal
    return {"x": r(size=8), "W": 3.0 * r(size=(8, 8))}

def backprop(x, W):
    h, hs = x, [x]
    for _ in range(120):
        h = np.tanh(W @ h)
        hs.append(h)
    loss, dh, dW = h.sum(), np.ones(8), np.zeros((8, 8))
    for t in range(120, 0, -1):
        dz = dh * (1 - hs[t] ** 2)
        dW += np.outer(dz, hs[t - 1])
        dh = W.T @ dz
    return loss, {"W": dW}
"""
    found = of(text, tmp_path / "mine.py")
    said = rendered(found).plain
    assert found.verdict in ("correct", "fragile")
    statuses = {g.status for g in found.gradients.values()}
    assert ("proven at" in said) == (found.probes > 0 and found.verdict == "correct")
    assert found.probes == 0 or statuses == {"right"}
