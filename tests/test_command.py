"""The command as its user meets it: text, exit status, JSON, hints, replay, and files that cannot run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from learner_files import CORRECT, line, write

from backproof.arithmetic import ProofError
from check.command import check_file, examine
from check.diagnosis import CORRECT as RIGHT
from check.diagnosis import Diagnosis
from check.examples import write_examples
from check.small_probes import FULL_SIZE, small_probes
from engines.interface import Lines

HALF = CORRECT.replace("dA1 * A1 * (1 - A1)", "dA1 * A1")
CHECK = (
    "import sys; from pathlib import Path; from check.command import check_file; print(check_file(Path(sys.argv[1]))[1]"
)


NOTHING_RETURNED = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backprop(X, y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2.T + b2
    A2 = sigmoid(Z2)
    dZ2 = (A2 - y[:, None]) / len(y)
    dW2 = dZ2.T @ A1
    db2 = dZ2.sum(0)
    dZ1 = (dZ2 @ W2) * A1 * (1 - A1)
    dW1 = dZ1.T @ X
    db1 = dZ1.sum(0)
    END
"""


BESIDE = """
from pathlib import Path
DATA = np.loadtxt(Path(__file__).parent / "train.txt")
"""


@pytest.mark.parametrize(
    ("end", "status"),
    [("print(dW1)", 2), ("return", 2), ("return dW1, db1, dW2, db2", 0)],
    ids=["print", "return", "all"],
)
def test_right_lines_without_a_return_are_not_correct(tmp_path: Path, end: str, status: int) -> None:
    path = tmp_path / "mine.py"
    path.write_text(NOTHING_RETURNED.replace("END", end))
    text, found = check_file(path)
    assert found == status
    assert ("backprop returns nothing: add return dW1" in " ".join(text.split())) == (status == 2)


def test_what_lies_beside_the_file_is_said_to_be_out_of_sight(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("1 2 3")
    path = tmp_path / "mine.py"
    path.write_text('import numpy as np\nDATA = np.loadtxt("train.txt")\n')
    text, status = check_file(path)
    assert status == 2
    assert "the file runs in an empty folder: name what lies beside it by Path(__file__).parent" in " ".join(
        text.split()
    )
    path.write_text(NOTHING_RETURNED.replace("END", "return dW1, db1, dW2, db2") + BESIDE)
    assert check_file(path)[1] == 0


def test_a_correct_file_is_called_correct(tmp_path: Path) -> None:
    text, status = check_file(write(tmp_path, CORRECT))
    assert status == 0
    assert text.splitlines()[0].endswith("mine.py: correct")
    assert "right for the loss you wrote" in text
    assert ("Not in force" in text) == ("no secure sandbox" in text)  # said where something is missing


def test_hints_stop_where_they_should(tmp_path: Path) -> None:
    file = write(tmp_path, HALF)
    answers = [check_file(file, hint=hint)[0] for hint in range(4)]
    number = line(HALF, "dZ1")
    for hint, text in enumerate(answers):
        assert f"dZ1 is wrong (line {number})\n    {number} | dZ1 = dA1 * A1" in text
        for level, word in enumerate(("What we see", "Likely cause", "Cure "), 1):
            assert (word in text) is (hint >= level), (hint, word)
        assert max(map(len, text.replace(str(file), "mine.py").splitlines())) <= 80
    assert "The only one of the" in answers[3]


def test_the_json_is_as_promised_whatever_happens(tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    keys = ["version", "file", "verdict", "first_wrong", "wrong", "lines", "mistakes", "power", "isolation"]
    keys += ["reason", "reason_line", "culprits", "rest", "source"]
    for source, verdict, status, first in (
        (CORRECT, "correct", 0, None),
        (HALF, "wrong", 1, "dZ1"),
        ("def backprop(:", "cannot run", 2, None),
        (CORRECT.replace("(A2 - y[:, None]) / n", "(A2 - y) / n"), "cannot run", 2, "dZ2"),
    ):
        text, found = check_file(write(tmp_path, source), json=output)
        data = json.loads(output.read_bytes())
        said = [part["text"] for culprit in data["culprits"] for part in culprit["evidence"]]
        said += [culprit["accusation"] for culprit in data["culprits"]] + [part["text"] for part in data["rest"]]
        assert all(" ".join(part.split()) in " ".join(text.split()) for part in said)
        assert bool(data["culprits"]) is (first is not None)
        assert list(data) == keys
        assert (data["version"], data["verdict"], found, data["first_wrong"]) == (1, verdict, status, first)
        assert list(data["lines"]) == list(Lines._fields)
        assert all(list(entry) == ["verdict", "source_line", "error_ulps", "note"] for entry in data["lines"].values())
        assert (data["reason"] is None) is (verdict in ("correct", "wrong"))
        assert "sandbox" in data["isolation"]
    check_file(write(tmp_path, HALF), json=output)
    data = json.loads(output.read_bytes())
    assert data["source"].splitlines() == HALF.splitlines()
    assert data["wrong"] == ["dZ1"]
    assert [(m["id"], m["line"], m["confidence"]) for m in data["mistakes"]] == [("dZ1-slope-half-a", "dZ1", "is")]
    assert data["lines"]["dZ1"]["source_line"] == line(HALF, "dZ1")


def test_one_probe_is_replayed(tmp_path: Path) -> None:
    file = write(tmp_path, HALF)
    for probe in small_probes(3):
        assert check_file(file, seed=3, probe=probe.name)[1] == 1, probe.name
    with pytest.raises(ProofError, match="there is no probe 'x': choose from 5x7x3 initial"):
        check_file(file, probe="x")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("while True: pass", "was not done after 1 s"),
        ("import os\nprint('PASS')\nos._exit(0)", "ended its process with status 0"),
        ("def backprop(X, y):\n    return 1", "backprop takes (X, y)"),
        (CORRECT.replace("return dW1,", "return dW1.astype(object),"), "not an array of real numbers"),
        ("import numpy as np\nnp.zeros(10**10) + 1", "more memory"),
    ],
)
def test_a_hostile_file_cannot_run(tmp_path: Path, source: str, reason: str) -> None:
    text, status = check_file(write(tmp_path, source), seconds=1)
    assert status == 2
    assert "cannot run" in text.splitlines()[0]
    assert reason in " ".join(text.split())


def test_what_the_file_printed_is_shown_on_request(tmp_path: Path) -> None:
    file = write(tmp_path, "print('hello there')\n" + CORRECT)
    assert "hello there" not in check_file(file)[0]
    assert check_file(file, show_output=True)[0].endswith("hello there\n")


def test_neither_torch_nor_jax_is_imported(tmp_path: Path) -> None:
    code = f"{CHECK}, 'torch' in sys.modules, 'jax' in sys.modules)"
    command = [sys.executable, "-c", code, str(write(tmp_path, CORRECT))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    assert done.stdout.split() == ["0", "False", "False"]


def test_the_examples_can_be_checked_and_are_never_overwritten(tmp_path: Path) -> None:
    mine, broken = write_examples(tmp_path)
    assert (mine.name, broken.name) == ("my_backprop.py", "broken_backprop.py")
    text, status = check_file(mine)
    assert status == 1
    assert "dZ2 is wrong" in text
    assert "sigmoid is applied twice" in check_file(broken)[0]
    with pytest.raises(FileExistsError, match="is there already"):
        write_examples(tmp_path)


def test_probes_are_what_they_promise() -> None:
    probes = small_probes(0)
    assert {len(probe.y) for probe in probes} >= {1, 3, 5}
    assert any(probe.X.shape[1] == FULL_SIZE[1] for probe in probes)
    assert all((probe.parameters.b1 != 0).all() and probe.parameters.b2 != 0 for probe in probes)
    assert any((probe.X == 0).any() for probe in probes)
    assert all({0, 1} == set(probe.y) for probe in probes if len(probe.y) > 1)
    assert any(p.name != q.name or (p.X != q.X).any() for p, q in zip(probes, small_probes(1), strict=True))


ENGINE = (Path(__file__).parent / "broken_files" / "b20_engine_minibatch.py").read_text(encoding="utf-8")
RUN = next(number for number, text in enumerate(ENGINE.splitlines(), 1) if "def run" in text)


def examined(tmp_path: Path, text: str, probe: int = 0) -> Diagnosis:
    return examine(write(tmp_path, text), small_probes(0)[probe : probe + 1])[0]


def test_an_engine_is_trained_whatever_the_probe(tmp_path: Path) -> None:
    single = next(number for number, probe in enumerate(small_probes(0)) if len(probe.y) == 1)
    (culprit,) = examined(tmp_path, ENGINE, single).culprits
    assert (culprit.line, culprit.mistakes[0].id, culprit.source_line) == ("update", "update-biases-twice", RUN)


def test_an_engine_is_trained_although_a_line_is_wrong(tmp_path: Path) -> None:
    own = ENGINE.replace("self.loss_and", "self.rightloss_and").replace("b1=p.b1", "W1=p.W1 - rate * g.W1, b1=p.b1")
    right = ENGINE[ENGINE.index("    def loss_and") : ENGINE.index("    def run")].replace("def ", "def right")
    both = own.replace("    def run", right + "    def run")
    wrong = both.replace("Parameters(dZ1.T @ X, dZ1.sum(0)", "Parameters(dZ1.T @ X, -dZ1.sum(0)", 1)
    assert [culprit.line for culprit in examined(tmp_path, wrong).culprits] == ["db1", "update"]
    once = ENGINE.replace("            p = p._replace", "            0 and p._replace")
    follows = examined(tmp_path, once.replace("dZ1.sum(0)", "-dZ1.sum(0)"))
    assert follows.wrong == ["db1"]
    assert any("training" in note for note in follows.notes)


def test_the_losses_that_training_returns_are_looked_at(tmp_path: Path) -> None:
    once = ENGINE.replace("            p = p._replace", "            0 and p._replace")
    assert examined(tmp_path, once).verdict == RIGHT
    (culprit,) = examined(tmp_path, once.replace("append(loss)", "append(-loss)")).culprits
    assert (culprit.line, culprit.mistakes[0].id, culprit.source_line) == ("loss", "loss-minus-forgotten", RUN)


def test_nothing_that_the_file_says_moves_the_cursor(tmp_path: Path) -> None:
    says = "print('\\x1b[2J')\n" + CORRECT.replace("    n = len(y)", "    raise ValueError('\\x1b[2Jcorrect')")
    text, _ = check_file(write(tmp_path, says), show_output=True)
    assert "\x1b" not in text
    assert text.count(r"\x1b[2J") >= 2


def test_form_feeds_and_line_separators_end_no_line(tmp_path: Path) -> None:
    text = "# \x0c \u2028 \x85\n" + HALF
    answer, _ = check_file(write(tmp_path, text))
    number = line(HALF, "dZ1") + 1
    assert f"{number} | dZ1 = dA1 * A1" in answer


def test_the_replay_can_be_pasted(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    file = write(tmp_path / "a b", HALF)
    assert f"check '{file}' --seed" in check_file(file)[0]


def test_a_line_that_is_not_shown_has_no_line_of_the_file(tmp_path: Path) -> None:
    hidden = CORRECT.replace("dZ2", "first").replace("dA1", "second").replace("dZ1", "third")
    output = tmp_path / "out.json"
    text, _ = check_file(write(tmp_path, hidden.replace("second * A1 * (1 - A1)", "second * A1")), json=output)
    used = line(CORRECT, "dW1")
    assert f"dZ1 is wrong (used in line {used}); it is not shown, but dW1 and db1 come from it\n  What" in text
    assert json.loads(output.read_bytes())["lines"]["dZ1"]["source_line"] is None


def test_numbers_that_are_nearly_right_are_printed_with_the_digits_that_differ(tmp_path: Path) -> None:
    text, _ = check_file(write(tmp_path, CORRECT.replace("/ n  # dZ2", "/ (n + 1e-7 * n)  # dZ2")))
    assert "the same factor: 1 - 1e-07." in text
    said = " ".join(text.split())
    found = re.search(r"is (\S+); from your own earlier lines it should be (\S+)\. ", said)
    assert found is not None
    assert found[1] != found[2]
