"""The tables, the students' feedback and the page of the class, made of grades."""

from __future__ import annotations

import csv
import functools
import io
import json

import pytest
from grading_files import CORRECT, HALF, TWO

from backproof.answer.hints import PATCH
from backproof.diagnosis.completed import diagnose_file
from backproof.grading.class_page import class_page, families, shared_patches
from backproof.grading.feedback import as_page, as_text
from backproof.grading.grades import Grade, grade_of
from backproof.grading.handed_in.exports import Owner
from backproof.grading.handed_in.submission import Submission
from backproof.grading.rubric import Rubric
from backproof.grading.similar import pairs
from backproof.grading.tables import as_csv, as_json
from backproof.grading.trial import Program, Tried, tried

NAMES = {"Z1": "hidden", "A1": "activity", "dA2": "back", "n = len(y)": "n = len(y)  # so"}
RENAMED = functools.reduce(lambda text, name: text.replace(name, NAMES[name]), NAMES, HALF)


@pytest.fixture(scope="module")
def grades(tmp_path_factory: pytest.TempPathFactory) -> list[Grade]:
    folder = tmp_path_factory.mktemp("class")
    found = []
    for name, text in (("anna", CORRECT), ("ben", HALF), ("cleo", HALF), ("=dan", TWO)):
        (folder / "net.py").write_text(text)
        came = Tried(diagnose_file(folder / "net.py"), "", 0, "", 0.5)
        found.append(grade_of(Submission(Owner(name, ""), "net.py", ()), came, "", Rubric()))
    found.append(grade_of(Submission(Owner("eva", "7"), "", (), "no <b>file</b>"), None, "", Rubric()))
    found.append(grade_of(Submission(Owner("fritz", ""), "net.py", ()), None, "no worker could do it", Rubric()))
    return found


def test_the_table(grades: list[Grade]) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(grades).decode("utf-8-sig"))))
    assert [(row["student"], row["points"], row["verdict"]) for row in rows] == [
        ("anna", "10", "correct"), ("ben", "7.5", "wrong"), ("cleo", "7.5", "wrong"), ("'=dan", "5", "wrong"),
        ("eva", "0", "cannot run"), ("fritz", "", "not graded"),
    ]  # fmt: skip
    line = HALF.splitlines().index("    dZ1 = dA1 * A1  # dZ1") + 1
    assert (rows[1]["dW1"], rows[1]["db1"], rows[1]["lines"]) == ("wrong: 0", "follows: 2.5", str(line))
    assert rows[1]["mistakes"] == grades[1].culprits[0].family != ""


def test_the_data_has_all_of_it(grades: list[Grade]) -> None:
    found = json.loads(as_json(grades, "1"))
    assert [grade["points"] for grade in found["grades"]] == [10, 7.5, 7.5, 5, 0, None]
    assert found["grades"][1]["diagnosis"]["culprits"][0]["patch"]["diff"]
    assert found["grades"][1]["lines"][1] == {"gradient": "db1", "status": "follows", "points": 2.5, "of": 2.5}


def test_feedback_gives_away_no_more_than_the_hint(grades: list[Grade]) -> None:
    for hint in range(PATCH + 1):
        for told, mark in ((as_text(grades[1], hint), "    | "), (as_page(grades[1], hint), "<mark>")):
            assert "7.5 of 10" in told
            for level, word in enumerate(("dW1", mark, "should be the derivative", "Proven:"), 1):
                assert (word in told) is (hint >= level), (hint, word)
            assert "--hint" not in told
    assert max(map(len, as_text(grades[1]).splitlines())) <= 88


def test_feedback_where_nothing_was_judged(grades: list[Grade]) -> None:
    assert as_text(grades[4]) == "eva: 0 of 10 points\n\nCannot run: no <b>file</b>.\n"
    assert "no &lt;b&gt;file&lt;/b&gt;" in as_page(grades[4])
    assert as_text(grades[5]).startswith("fritz: not graded")


def test_families_lines_and_equal_patches(grades: list[Grade]) -> None:
    first = families(grades)[0]
    assert first.students == ["ben", "cleo", "=dan"]
    assert (first.places[0].text, first.places[0].times) == ("dZ1 = dA1 * A1  # dZ1", 3)
    assert [patch.students for patch in shared_patches(grades)] == [["ben", "cleo", "=dan"]]


def test_the_page_of_the_class_links_and_escapes(grades: list[Grade]) -> None:
    page = class_page(grades, {"ben": HALF, "cleo": RENAMED}, {"ben": "b n.html"}, "1")
    assert '<a href="feedback/b%20n.html">ben</a>' in page
    assert "<b>file</b>" not in page
    assert "<script" not in page
    assert "6 programs: 3 wrong" in page
    assert "ben and cleo: 100 % alike" in page


def others(count: int) -> dict[str, str]:
    """Programs that share nothing but the file that all began with."""

    def own(k: int) -> str:
        terms = [" + ".join(["a", *["b"] * (1 + (k * j) % 7)]) for j in range(20)]
        return "".join(f"def f{j}(a, b):\n    return {term} - {k}{j} * a[{k}:{j}]\n" for j, term in enumerate(terms))

    return {f"s{k}": f"{CORRECT}\n{own(k)}" for k in range(count)}


def test_near_identical_programs_whatever_their_names() -> None:
    texts = others(12)
    texts["copy"] = texts["s3"].replace("Z1", "hidden").replace("(a, b)", "(x, y)").replace("\n", "  # mine\n")
    found = pairs(texts)
    assert {found[0].first, found[0].second} == {"s3", "copy"}
    assert found[0].share == 1
    assert all(same for _, _, same in found[0].rows)
    assert not [pair for pair in found[1:] if pair.share == 1]


def test_what_the_class_shares_is_no_likeness() -> None:
    assert pairs({f"s{k}": CORRECT for k in range(20)}) == []
    assert pairs({}) == []
    assert pairs({"a": "", "b": "\x00((((" * 1000}) == []


def test_a_diagnosis_keeps_no_path_of_the_machine() -> None:
    found = tried(Program("a b/net.py", {"a b/net.py": HALF.encode(), "a b/more.txt": b""}, 20, 2048))
    assert found.diagnosis.file == "a b/net.py"
    assert [culprit.file for culprit in found.diagnosis.culprits] == ["a b/net.py"]
    assert found.diagnosis.annotation is not None
    assert list(found.diagnosis.annotation.sources) == ["a b/net.py"]
