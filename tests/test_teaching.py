"""The teacher's page: its loop and its table grade a folder as they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from check.catalogue import MISTAKES
from check.examples import write_examples

ROOT = Path(__file__).parents[1]
LESSONS = ROOT / "lessons"


def blocks(language: str) -> list[str]:
    """The blocks of code of this language on the teacher's page."""
    return re.findall(rf"```{language}\n(.*?)```", (LESSONS / "teaching.md").read_text(), re.DOTALL)


def test_the_loop_grades_a_folder(tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    write_examples(tmp_path)
    shutil.copy(ROOT / "tests" / "correct_files" / "textbook.py", tmp_path)
    [loop], [table] = blocks("bash"), blocks("python")
    told = {"PROJECT": str(ROOT), "PYTHON": sys.executable}
    graded = subprocess.run(["bash", "-c", loop], cwd=tmp_path, env=os.environ | told, capture_output=True, text=True)
    assert graded.stdout.splitlines() == [
        "broken_backprop.py: exit status 1",
        "my_backprop.py: exit status 1",
        "textbook.py: exit status 0",
    ]
    assert "What we see" in (tmp_path / "broken_backprop.txt").read_text()
    assert "Cure" not in (tmp_path / "broken_backprop.txt").read_text()
    rows = subprocess.run([sys.executable, "-c", table], cwd=tmp_path, capture_output=True, text=True).stdout
    assert [row.split() for row in rows.splitlines()] == [
        ["broken_backprop.py", "wrong", "dZ1", "dZ1-slope-at-activation"],
        ["my_backprop.py", "wrong", "dZ2", "dZ2-zero"],
        ["textbook.py", "correct", "-", "-"],
    ]


@pytest.mark.parametrize("page", ["README.md", "teaching.md"])
def test_links_and_mistakes_of_the_pages_exist(page: str) -> None:
    text = (LESSONS / page).read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (LESSONS / link).exists()] == []
    lines = "Z1|A1|Z2|A2|loss|dZ2|dW2|db2|dA1|dZ1|dW1|db1|update"
    named = set(re.findall(rf"`((?:{lines})-[a-z0-9-]+)`", text))
    assert named <= {mistake.id for mistake in MISTAKES}
