"""A stepper of one's own file, right or wrong, and of examples; a sentence where there is nothing to walk through."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from test_stepper import context, opened  # noqa: F401

from lessons.make_stepper import main
from lessons.stepping.story import example_story

OWN = '''"""A line of one's own. </script><script>alert(1)</script>"""

import numpy as np


def example():
    x = np.array([[1.0, 2.0], [0.5, -1.0], [0.3, 0.2]])
    return {"x": x, "y": np.array([1.0, 0.0, 2.0]), "w": np.array([0.5, 0.25])}


def backprop(x, y, w):
    error = x @ w - y
    loss = (error**2).mean()
    derror = 2 * error / len(y)
    dw = x.T @ derror
    return loss, {"w": dw}
'''


def test_a_file_of_ones_own_right_and_wrong(
    context: Any,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, text, versions in (("right", OWN, 1), ("wrong", OWN.replace("x.T @ derror", "x.T @ error"), 2)):
        file, to = tmp_path / f"{name}.py", tmp_path / f"{name}.html"
        file.write_text(text)
        assert main([str(file), "--to", str(to)]) == 0
        assert f"wrote {to}" in capsys.readouterr().out
        for page in opened(context, to):
            assert len(page.query_selector_all("#mistake option")) == versions + (versions > 1)
            page.get_by_label("Mistake", exact=True).select_option(str(versions - 1))
            page.locator("#last").click()
            assert page.inner_text("#status").startswith("Step 4 of 4, line 15: dw, meant to be ∂loss/∂w")
            assert ("✗ wrong" in page.inner_text("#status")) == (versions > 1)
            if versions > 1:
                assert "− dw = x.T @ error\n+ dw = x.T @ derror" in page.inner_text("#card")


def test_a_wrong_file_that_nobody_can_mend_says_so(context: Any, tmp_path: Path) -> None:  # noqa: F811
    file, to = tmp_path / "mine.py", tmp_path / "mine.html"
    file.write_text(
        OWN.replace("2 * error / len(y)", "error**2 + 1").replace("x.T @ derror", "np.sin(derror) @ (x - 3)")
    )
    assert main([str(file), "--to", str(to)]) == 0
    for page in opened(context, to):
        assert "is wrong. It has found no change that puts it right." in page.inner_text("#status")
        assert page.input_value("#mistake") == "0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no file"),
        ("def backprop(:\n", "invalid syntax"),
        (OWN.replace("def example", "def samples"), "example"),
        (OWN.replace("x @ w - y", "x @ y"), "line 12"),
    ],
)
def test_what_cannot_be_walked_through_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, said: str
) -> None:
    file, to = tmp_path / "mine.py", tmp_path / "mine.html"
    if text is not None:
        file.write_text(text)
    assert main([str(file), "--to", str(to)]) == 2
    told = capsys.readouterr().err
    assert re.search(said, told)
    assert len(told.splitlines()) == 1
    assert not to.exists()


def test_a_program_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    with pytest.raises(SystemExit) as ended:
        main([str(file), "--to", str(file)])
    assert ended.value.code == 2
    assert "a page must end in .html" in capsys.readouterr().err
    assert file.read_text() == OWN


def test_an_example_is_called_by_the_first_line_of_its_text() -> None:
    story = example_story("two_layers")
    assert story.lines[story.first - 1].startswith("def backprop(")
    assert story.title.startswith("Two layers with sigmoids")
