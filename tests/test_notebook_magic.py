"""``%load_ext backproof`` and ``%%backprop`` in a real notebook: functions in several cells, cells run again."""

from __future__ import annotations

from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
pytest.importorskip("ipykernel", reason="ipykernel is not installed")

START = """%load_ext backproof
import numpy as np
from backproof import check_backprop

def example():
    r = np.random.default_rng(3).normal
    return {"X": r(size=(5, 4)), "y": r(size=5), "W": r(size=(4, 3)), "v": r(size=3)}
"""
HELPER = "def slope(h):\n    return 1 - h\n"
BACKPROP = """def backprop(X, y, W, v):
    h = np.tanh(X @ W)
    out = h @ v
    loss = np.mean((out - y) ** 2)
    dout = 2 * (out - y) / len(y)
    dh = np.outer(dout, v)
    return loss, {"dW": X.T @ (dh * slope(h)), "dv": h.T @ dout}
"""
CELLS = [
    START,
    HELPER,
    f"%%backprop\n{BACKPROP}",
    HELPER.replace("1 - h", "1 - h ** 2"),
    "check_backprop(backprop, **example())",
    f"%%backprop --hint 1\n{BACKPROP.replace('2 * (out', '3 * (out')}",
    "%%backprop --hint 9\nx = 1",
    "%%backprop\n1 / 0",
]


@pytest.fixture(scope="module")
def outputs() -> list[list[Any]]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    nbclient.NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells]


def texts(cell: list[Any]) -> str:
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell)


def test_a_cell_is_judged_with_the_helpers_of_others(outputs: list[list[Any]]) -> None:
    assert "the cell: wrong: dW is wrong; the other one is right" in texts(outputs[2])
    html = outputs[2][0]["data"]["text/html"]
    assert "<mark>" in html
    assert "slope(h)" in html


def test_a_helper_that_was_run_again_counts(outputs: list[list[Any]]) -> None:
    assert "correct: both gradients are right" in texts(outputs[4])
    assert "∂loss/∂out" in outputs[4][0]["data"]["text/html"]


def test_hints_are_for_cells_too(outputs: list[list[Any]]) -> None:
    said = texts(outputs[5])
    assert "all gradients are the true ones times 1.5" in said
    assert "--hint 2 says more" in said
    assert "<mark>" not in outputs[5][0]["data"]["text/html"]


def test_what_goes_wrong_is_one_sentence(outputs: list[list[Any]]) -> None:
    assert texts(outputs[6]).strip() == "%%backprop takes nothing but --hint 0 to --hint 4"
    assert [output.get("ename") for output in outputs[7]] == ["ZeroDivisionError"]
