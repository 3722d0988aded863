"""The teacher's page: its loop and its table grade a folder as they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backproof.answer.starters import write

ROOT = Path(__file__).parents[1]
LESSONS = ROOT / "lessons"


def blocks(language: str) -> list[str]:
    """The blocks of code of this language on the teacher's page."""
    return re.findall(rf"```{language}\n(.*?)```", (LESSONS / "teaching.md").read_text(), re.DOTALL)


def test_the_loop_grades_a_folder(tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    write("softmax", tmp_path)
    shutil.copy(ROOT / "tests" / "correct_files" / "textbook.py", tmp_path)
    [loop], [table] = blocks("bash"), blocks("python")
    told = {"PROJECT": str(ROOT), "PYTHON": sys.executable}
    graded = subprocess.run(["bash", "-c", loop], cwd=tmp_path, env=os.environ | told, capture_output=True, text=True)
    assert graded.stdout.splitlines() == [
        "broken_softmax.py: exit status 1",
        "my_softmax.py: exit status 1",
        "textbook.py: exit status 0",
    ]
    assert "^^^" in (tmp_path / "broken_softmax.txt").read_text()
    assert "Proven" not in (tmp_path / "broken_softmax.txt").read_text()
    rows = subprocess.run([sys.executable, "-c", table], cwd=tmp_path, capture_output=True, text=True).stdout
    said = [row.split() for row in rows.splitlines()]
    assert [row[:2] for row in said] == [
        ["broken_softmax.py", "wrong"],
        ["my_softmax.py", "wrong"],
        ["textbook.py", "correct"],
    ]
    assert " ".join(said[0][2:]) == "2 of 4 right, line 39"
    assert " ".join(said[2][2:]) == "4 of 4 right, line -"


@pytest.mark.parametrize("page", ["README.md", "teaching.md"])
def test_links_of_the_pages_exist(page: str) -> None:
    text = (LESSONS / page).read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (LESSONS / link).exists()] == []
