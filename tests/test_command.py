"""The command as its user meets it: text, exit status, JSON, hints, and files that cannot run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from learner_files import CORRECT, line, write

from backproof.answer import command
from backproof.diagnosis.report import decoded


def check(path: Path, **options: Any) -> tuple[str, int]:
    """The text without colours, and the status."""
    text, status = command.check(path, **options)
    return text.plain, status


CALLED = "def backprop(): pass\ndef example(): return ()\n"
HALF = CORRECT.replace("dA1 * A1 * (1 - A1)", "dA1 * A1")


def test_a_correct_file_is_called_correct(tmp_path: Path) -> None:
    text, status = check(write(tmp_path, CORRECT))
    assert status == 0
    assert text.startswith("mine.py: correct: all 4 gradients are right (proven at 3 sets of numbers")
    assert ("Not in force" in text) == ("no secure sandbox" in text)  # said where something is missing


def test_each_hint_says_a_little_more(tmp_path: Path) -> None:
    file = write(tmp_path, HALF)
    answers = [check(file, hint=hint)[0] for hint in range(5)]
    assert answers[0] == "mine.py: wrong.\n"
    words = ("wrong: dW1[", f"mine.py:{line(HALF, 'dZ1')}:", "should be the derivative", "Proven:")
    for hint, text in enumerate(answers):
        for level, word in enumerate(words, 1):
            assert (word in text) is (hint >= level), (hint, word)
        assert (f"--hint {hint + 1} says more" in text) is (0 < hint < 4)
        assert max(map(len, text.splitlines())) <= 88


def test_the_json_is_the_diagnosis_whatever_happens(tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    misfit = CORRECT.replace("(A2 - y[:, None]) / n", "(A2 - y) / n")
    for source, verdict, status in (
        (CORRECT, "correct", 0),
        (HALF, "wrong", 1),
        ("def backprop(:", "cannot run", 2),
        (misfit, "cannot run", 2),
    ):
        text, found = check(write(tmp_path, source), json=output)
        diagnosis = decoded(output.read_bytes())
        assert (diagnosis.verdict, found) == (verdict, status)
        assert diagnosis.summary in " ".join(text.split())
    check(write(tmp_path, HALF), json=output)
    data = json.loads(output.read_bytes())
    (culprit,) = data["culprits"]
    assert culprit["line"] == line(HALF, "dZ1")
    assert culprit["source"][culprit["column"] : culprit["end_column"]] == culprit["expression"]
    assert culprit["gradients"] == ["dW1", "db1"]
    assert culprit["proven"]
    assert data["gradients"]["dW2"]["status"] == "right"


@pytest.mark.parametrize(
    ("source", "reason", "mark"),
    [
        (f"while True: pass\n{CALLED}", "the program was not done after 3 s; put training below", None),
        (f"import os\nprint('PASS')\nos._exit(0)  # bad\n{CALLED}", "ended its process with status 0", "bad"),
        (f"import sys\nsys.exit(0)  # bad\n{CALLED}", "sys.exit(0)", "bad"),
        ("def backprop(X, y:\n    pass  # bad", "never closed", None),
        (f"import nowhere_to_be_found  # bad\n{CALLED}", "ModuleNotFoundError", "bad"),
        (CORRECT.replace("return loss, dW1, db1, dW2, db2", "print(dW1)"), "backprop returns nothing", None),
        (CORRECT.replace("dA1 = dZ2 @ W2  #", "dA1 = dZ2 @ W2.T  #"), "together: dZ2 is (5, 1), W2.T is (3, 1)", "dA1"),
        ("def backprop(*a):\n    return backprop(*a)\ndef example(): return ()", "RecursionError", None),
        ("import numpy as np\ndef backprop(): np.zeros(10**11)  # bad\ndef example(): return ()", "MemoryError", "bad"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_run_gives_a_reason_and_a_line(
    tmp_path: Path, source: str, reason: str, mark: str | None
) -> None:
    output = tmp_path / "out.json"
    text, status = check(write(tmp_path, source), json=output, seconds=3)
    assert status == 2
    assert "cannot run" in text.splitlines()[0]
    found = decoded(output.read_bytes())
    assert reason in found.summary
    assert "gufunc" not in text
    if mark is not None:
        assert found.line == line(source, mark)


def test_what_the_file_printed_is_shown_on_request_and_moves_no_cursor(tmp_path: Path) -> None:
    file = write(tmp_path, "print('hello there \\x1b[2J')\n" + CORRECT)
    assert "hello there" not in check(file)[0]
    text = check(file, show_output=True)[0]
    assert r"hello there \x1b[2J" in text
    assert "\x1b" not in text


def test_neither_torch_nor_jax_is_imported(tmp_path: Path) -> None:
    file = write(tmp_path, CORRECT)
    program = (
        "import sys; from pathlib import Path; from backproof.answer.command import check;"
        f"print(check(Path({str(file)!r}))[1], *({{'torch', 'jax'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]


def test_encodings_odd_names_and_form_feeds(tmp_path: Path) -> None:
    file = tmp_path / "my net é.py"
    file.write_bytes(("# -*- coding: latin-1 -*-\nNAME = 'é'\nassert len(NAME) == 1\n" + HALF).encode("latin-1"))
    assert f":{line(HALF, 'dZ1') + 3}:" in check(file)[0]
    answer, _ = check(write(tmp_path, "# \x0c \u2028 \x85\n" + HALF))
    assert f":{line(HALF, 'dZ1') + 1}:" in answer


def test_it_is_not_run_as_a_script_and_may_define_dataclasses(tmp_path: Path) -> None:
    source = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    a: int = 1\n"
        + CORRECT
        + "\nif __name__ == '__main__':\n    raise SystemExit('run as a script')\n"
    )
    assert check(write(tmp_path, source))[1] == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_and_a_device_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    for path in (tmp_path / "pipe.py", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match="is not a file"):
            check(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.py", tmp_path / "no_folder" / "none.py"):
        text, status = check(path)
        assert status == 2
        assert "there is no file" in text


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.py").symlink_to(write(tmp_path / "real", CORRECT))
    assert check(tmp_path / "link.py")[1] == 0
