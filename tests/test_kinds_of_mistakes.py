"""Mistakes in loops, in helpers and in sums of several uses get their line and a proven patch."""

from __future__ import annotations

from pathlib import Path

import pytest

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.diagnosis.report import CulpritReport
from backproof.replay.loading import Program

PROGRAMS = Path(__file__).parent / "programs" / "correct"


def culprit_of(name: str, right: str, wrong: str, tmp_path: Path) -> tuple[CulpritReport, int]:
    """What is said after one edit, and the line of that edit."""
    text = (PROGRAMS / name).read_text()
    assert text.count(right) == 1
    path = tmp_path / name
    path.write_text(text.replace(right, wrong))
    found = diagnose(Case(Program(path)), seconds=30)
    (culprit,) = found.culprits
    return culprit, text[: text.index(right)].count("\n") + 1


@pytest.mark.parametrize(
    ("name", "right", "wrong", "patched"),
    [
        # in a recurrence, where each turn computes from the ones before
        ("gru_reset_after.py", "(1 - r)", "r", "(1 - r)"),
        ("lstm.py", "o * (1 - tc**2)", "o * (tc**2)", "(1 - tc ** 2)"),
        # in a helper that is called for one of two uses of a value, beside a residual connection
        ("transformer_block.py", "(g * y).mean", "(y).mean", "y * g"),
        # a variable that was last read far away
        ("transformer_block.py", "ds @ k,", "ds @ q,", "ds @ k"),
    ],
)
def test_it_gets_its_line_and_a_proven_patch(name: str, right: str, wrong: str, patched: str, tmp_path: Path) -> None:
    culprit, line = culprit_of(name, right, wrong, tmp_path)
    assert culprit.line == line
    assert culprit.patch is not None
    assert culprit.proven
    assert patched in culprit.patch.text


def test_a_term_that_another_use_adds_is_a_matrix_product(tmp_path: Path) -> None:
    culprit, _ = culprit_of("tied_autoencoder.py", "    g += v.T @ dh\n", "", tmp_path)
    assert culprit.patch is not None
    assert culprit.proven
    assert "v.T @ dh" in culprit.patch.text


def test_not_the_zeros_are_named_but_what_is_written_into_them(tmp_path: Path) -> None:
    text = (PROGRAMS / "conv_loops.py").read_text().splitlines()
    line = next(number for number, one in enumerate(text, 1) if "dxp[" in one and "+=" in one)
    right = text[line - 1]
    culprit, at = culprit_of("conv_loops.py", right, right.replace("+=", "-="), tmp_path)
    assert culprit.line == at == line
    assert culprit.proven
