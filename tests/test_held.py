"""What each variable of the backward part holds, on programs of different networks."""

from __future__ import annotations

from pathlib import Path

import pytest
from program_files import PROGRAMS
from small_programs import HEAD, RIGHT, of

from backproof.diagnosis.completed import diagnose_file

OF = "the derivative of the loss with respect to"


@pytest.mark.parametrize(
    ("program", "known"),
    [
        ("softmax_functions", {"dscores": "`scores`", "dh": "`h`", "dh[z1 <= 0]": "`z1`"}),
        ("lstm", {"do": "`o`", "df": "`f`", "da": "`a`"}),  # f times 0 in the first step
        ("batchnorm_staged", {"divar": "`ivar`", "dsqrtvar": "`sqrtvar`", "dmu": "`mu`", "dxhat": "`xhat`"}),
        ("attention", {"dp": "`p`", "dq": "`q`", "dv": "`v`"}),
        ("deep_sigmoid_lists", {"delta": "`z`"}),
    ],
)
def test_a_variable_is_the_derivative_of_its_own(program: str, known: dict[str, str]) -> None:
    found = diagnose_file(PROGRAMS / "correct" / f"{program}.py")
    assert found.verdict == "correct"
    by_name = {variable.name: variable for variable in found.variables}
    for name, of_what in known.items():
        assert by_name[name].meaning.startswith(f"{OF} {of_what}"), by_name[name]
        assert name in Path(by_name[name].file).read_text().split("\n")[by_name[name].line - 1]


def test_a_sum_that_grows_in_a_loop_is_it_in_the_end() -> None:
    found = diagnose_file(PROGRAMS / "correct" / "lstm.py")
    assert {v.meaning for v in found.variables if v.name == "dWx"} == {f"in the end {OF} `Wx`"}


def test_what_is_wrong_is_nothing(tmp_path: Path) -> None:
    found = of(RIGHT.replace("1 - h ** 2", "1 - h"), tmp_path / "wrong.py")
    assert {v.name: v.meaning for v in found.variables} == {
        "dout": f"{OF} `out` (line 11)", "dv": f"{OF} `v`", "dh": f"{OF} `h` (line 10)", "dW": ""
    }  # fmt: skip


def test_a_local_derivative_is_told_from_the_loss_s(tmp_path: Path) -> None:
    text = HEAD + "    s = 1 - h ** 2\n    dW = X.T @ (dh * s)\n    return loss, {'dW': dW, 'dv': dv}\n"
    found = of(text, tmp_path / "slope.py")
    (slope,) = (v for v in found.variables if v.name == "s")
    assert slope.meaning == "the derivative of `h` (line 10) with respect to `X @ W` (line 10)"
