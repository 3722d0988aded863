"""What the pages for learners show works when it is pasted, and what they claim is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_programs import RIGHT, of

from backproof.diagnosis.completed import diagnose_file

DOCS = Path(__file__).parents[1] / "docs"
FIVE_MINUTES = (DOCS / "five-minutes.md").read_text()
KINDS = {
    title: re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    for title, _, part in (section.partition("\n") for section in FIVE_MINUTES.split("\n## ")[1:])
    if "```python" in part
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_lines_to_add_work_as_they_are(kind: str, tmp_path: Path) -> None:
    code, added = KINDS[kind]
    path = tmp_path / "my_net.py"
    path.write_text(f"{code}\n\n{added}")
    found = diagnose_file(path)
    assert found.verdict == "correct", found.summary
    assert not found.remarks or all(remark.kind == "overflow" for remark in found.remarks)


def test_every_kind_of_program_is_shown() -> None:
    assert list(KINDS) == ["Functions", "Layers in classes", "Dicts of parameters and caches"]


def test_a_sum_for_a_mean_is_one_sentence(tmp_path: Path) -> None:
    found = of(RIGHT.replace("2 * (out - y) / len(y)", "2 * (out - y)"), tmp_path / "sum.py")
    assert f"{found.summary}*" in (DOCS / "why-they-differ.md").read_text()
