"""What the page about ``check`` shows is what the command says."""

from __future__ import annotations

import re
from pathlib import Path

from backproof.answer.command import check

PAGE = (Path(__file__).parents[1] / "docs" / "check.md").read_text()


def test_the_answer_is_real(tmp_path: Path) -> None:
    program = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    [shown] = re.findall(r"\$ python compare.py check net.py\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "net.py"
    path.write_text(program)
    answer, status = check(path)
    assert status == 1
    assert answer.plain.rstrip() == shown.rstrip()
