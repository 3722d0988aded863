"""From what was handed in to one program a student, or one sentence."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest
from grading_files import CORRECT, HALF, NOTEBOOK, bomb, lay, zipped

from backproof.grading.handed_in.entries import CannotOpen
from backproof.grading.handed_in.exports import METADATA
from backproof.grading.handed_in.submission import Submission, submissions


def found(path: Path, wanted: str | None = None) -> dict[str, Submission]:
    return {" ".join(part for part in one.owner if part): one for one in submissions(path, wanted)}


def mains(path: Path) -> dict[str, str]:
    return {who: one.main for who, one in found(path).items()}


def test_one_file_or_one_folder_a_student(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "anna.py": CORRECT, "Zoë Müller.py": HALF, "with space.ipynb": NOTEBOOK, "notes.txt": "not a program",
            "ben/net.py": CORRECT, "ben/layers.py": "x = 1\n", "ben/__pycache__/net.cpython.pyc": b"\0",
            "cleo/work.zip": zipped({"inner/net.py": CORRECT, "__MACOSX/inner/._net.py": b"\0"}),
            ".git/config": "x", "anna.zip": zipped({"net.py": CORRECT}),
        },
    )  # fmt: skip
    assert mains(tmp_path) == {
        "anna.py": "anna.py", "anna.zip": "net.py", "Zoë Müller": "Zoë Müller.py",
        "with space": "with space.ipynb", "ben": "net.py", "cleo": "inner/net.py",
    }  # fmt: skip
    assert {entry.name for entry in found(tmp_path)["ben"].files} == {"net.py", "layers.py"}


def test_a_zip_of_a_class_is_the_same(tmp_path: Path) -> None:
    files = {"class/anna.py": CORRECT, "class/ben/net.py": CORRECT, "class/Zoë.py": HALF}
    lay(tmp_path, {"class.zip": zipped(files)})
    assert mains(tmp_path / "class.zip") == {"anna": "anna.py", "ben": "net.py", "Zoë": "Zoë.py"}


def test_canvas(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "doejane_123_456_net.py": CORRECT,
            "roejohn_LATE_124_457_my_net-2.py": CORRECT,
            "doejane_123_458_data.csv": "1",
        },
    )
    assert mains(tmp_path) == {"doejane 123": "net.py", "roejohn 124": "my_net.py"}
    assert {entry.name for entry in found(tmp_path)["doejane 123"].files} == {"net.py", "data.csv"}


def test_moodle(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "Jané Doe_77_assignsubmission_file_/net.py": CORRECT,
            "John Roe_78_assignsubmission_file_my net.py": CORRECT,
            "Max_79_assignsubmission_onlinetext_onlinetext.html": "<p>forgot</p>",
        },
    )
    assert mains(tmp_path) == {"Jané Doe 77": "net.py", "John Roe 78": "my net.py", "Max 79": ""}
    assert "no Python file and no notebook was handed in, only" in found(tmp_path)["Max 79"].problem


def test_gradescope(tmp_path: Path) -> None:
    people = "".join(
        f"submission_{k}:\n  :submitters:\n  - :name: {name}\n    :sid: '{sid}'\n    :email: x@y.z\n  :score: 1.0\n"
        for k, name, sid in ((1, "Jane Doe", "a1"), (2, "John Roe", ""))
    )
    lay(
        tmp_path / "assignment_5_export",
        {
            METADATA: people,
            "submission_1/net.py": CORRECT,
            "submission_2/net.py": CORRECT,
            "submission_3/a.py": CORRECT,
        },
    )
    assert mains(tmp_path) == {"Jane Doe a1": "net.py", "John Roe x@y.z": "net.py", "submission_3": "a.py"}
    (tmp_path / "assignment_5_export" / METADATA).write_text("!!python/object/apply:os.system ['touch x']\n")
    assert set(mains(tmp_path)) == {"submission_1", "submission_2", "submission_3"}


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a.py": CORRECT, "b.py": CORRECT}, "more than one file defines backprop, and only one can be meant: a.py"),
        ({"a.py": "x = 1", "b.py": "y = 2"}, "none of the files defines backprop: a.py, b.py"),
        ({"report.pdf": b"%PDF"}, "no Python file and no notebook was handed in, only report.pdf"),
        ({"net.rar": b"Rar!"}, "net.rar is not opened: hand in a Python file, a notebook or a zip"),
        ({"net.zip": b"PK nothing"}, "net.zip is no zip that can be opened: File is not a zip file"),
        ({"net.zip": zipped({"../../evil.py": CORRECT})}, "net.zip holds a file that would be written outside"),
        ({"net.zip": zipped({"/etc/evil.py": CORRECT})}, "net.zip holds a file that would be written outside"),
        ({"net.zip": zipped({"..\\evil.py": CORRECT})}, "net.zip holds a file that would be written outside"),
        ({"net.zip": bomb()}, "net.zip would unpack to 10 files of 100 MB, which no program is"),
        ({"net.zip": zipped({f"{k}.txt": "" for k in range(3000)})}, "would unpack to 3000 files"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_one_sentence(tmp_path: Path, files: dict[str, bytes | str], sentence: str) -> None:
    lay(tmp_path, {f"ben/{name}": content for name, content in files.items()} | {"anna.py": CORRECT})
    all_found = found(tmp_path)
    assert sentence in all_found["ben"].problem
    assert all_found["anna"].main == "anna.py"
    assert not all_found["anna"].problem
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anna.py", "ben"]


def test_a_zip_that_lies_about_its_size_is_read_no_further_than_a_program_is_large(tmp_path: Path) -> None:
    content = bytearray(zipped({"net.py": b"#" * 50_000_000}))
    for place in (22, content.rindex(b"PK\1\2") + 24):
        content[place : place + 4] = (1000).to_bytes(4, "little")
    lay(tmp_path, {"ben/net.zip": bytes(content)})
    assert "net.py cannot be unpacked" in found(tmp_path)["ben"].problem
    lay(tmp_path, {"ben/net.zip": zipped({"net.py": b"#" * 5_000_000})})
    with pytest.raises(CannotOpen, match=r"net.py is larger than 4 MB, which no program is"):
        found(tmp_path)["ben"].program(1, 1)


def test_links_are_not_followed(tmp_path: Path) -> None:
    lay(tmp_path, {"secret.py": CORRECT, "class/ben/net.py": CORRECT})
    (tmp_path / "class" / "ben" / "secret.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "class" / "ben" / "all").symlink_to(tmp_path)
    info = zipfile.ZipInfo("link.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "class" / "cleo.zip", "w") as archive:
        archive.writestr(info, str(tmp_path / "secret.py"))
        archive.writestr("net.py", CORRECT)
    names = {who: [entry.name for entry in one.files] for who, one in found(tmp_path / "class").items()}
    assert names == {"ben": ["net.py"], "cleo": ["net.py"]}


def test_the_file_can_be_named(tmp_path: Path) -> None:
    lay(tmp_path, {"ben/a.py": CORRECT, "ben/b.py": CORRECT, "cleo/c.py": CORRECT})
    named = found(tmp_path, "b.py")
    assert named["ben"].main == "b.py"
    assert named["cleo"].problem == "there is no file b.py; what was handed in is c.py"


def test_two_definitions_are_told(tmp_path: Path) -> None:
    lay(tmp_path, {"ben.py": (HALF + CORRECT).replace("\n", "\r\n")})
    lines = [k for k, line in enumerate((HALF + CORRECT).splitlines(), 1) if line.startswith("def backprop")]
    assert found(tmp_path)["ben"].note == (
        f"backprop is defined 2 times (lines {lines[0]}, {lines[1]}); Python uses the last"
    )


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_names_in_other_encodings(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode("Zo\xeb.py".encode("latin-1"))).write_text(CORRECT)
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    (tmp_path / "e\u0301va.py").write_text(CORRECT)
    assert set(found(tmp_path)) == {"Zoë", "éva"}


def test_nothing_there_is_said(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none", "no folder or zip"), (tmp_path, "holds no program")):
        with pytest.raises(OSError, match=words):
            submissions(path)
    (tmp_path / "x.zip").write_text("no")
    with pytest.raises(OSError, match="no zip that can be opened"):
        submissions(tmp_path / "x.zip")
