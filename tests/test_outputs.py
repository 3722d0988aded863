"""A file is written whole or not at all, and it is found out early that it cannot be written."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from backproof.outputs import DATA, PAGE, kind_of, pending

OLD, NEW = '{"verdict": "agree"}', '{"verdict": "correct"}'
A_PAGE = "<!doctype html><p>Made by Backproof."


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    with pending(path, DATA) as file:
        file.write(b"{}")
        assert not path.exists()
    assert path.read_bytes() == b"{}"
    assert listing(tmp_path) == ["results.json"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_after_a_failure_nothing_has_changed(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "results.json"
    path.write_text(OLD)

    def fail() -> None:
        with pending(path, DATA) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == OLD
    assert listing(tmp_path) == ["results.json"]


def test_an_old_file_of_ours_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(OLD)
    with pending(path, DATA) as file:
        file.write(NEW.encode())
    assert path.read_text() == NEW


@pytest.mark.parametrize("content", ["import numpy as np\n", '{"mine": 1}', "<!doctype html><p>My page", "notes"])
def test_what_somebody_else_wrote_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine"
    path.write_text(content)
    with (
        pytest.raises(OSError, match="mine cannot be written: it is there already, and Backproof did not"),
        pending(path, DATA),
    ):
        pytest.fail("the block began")
    assert path.read_text() == content


@pytest.mark.parametrize(("old", "new"), [(OLD, A_PAGE), (A_PAGE, OLD)])
def test_one_kind_never_takes_the_place_of_another(tmp_path: Path, old: str, new: str) -> None:
    """As results that are read and named as the page to write."""
    path = tmp_path / "r"
    path.write_text(old)

    other = tmp_path / "other"
    other.write_text(new)
    kind = kind_of(other)
    assert kind is not None
    other.unlink()
    with (
        pytest.raises(OSError, match=r"r cannot be written: it is an? .*, which would be lost"),
        pending(path, kind),
    ):
        pytest.fail("the block began")
    assert path.read_text() == old
    assert listing(tmp_path) == ["r"]


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pending(Path("results.json"), DATA) as file:
        file.write(b"{}")
    assert listing(tmp_path) == ["results.json"]


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    with pending(tmp_path / "ours", DATA):
        pass
    (tmp_path / "theirs").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "theirs").stat().st_mode


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text(OLD)
    link.symlink_to(target)
    with pending(link, DATA) as file:
        file.write(NEW.encode())
    assert link.is_symlink()
    assert target.read_text() == NEW


@pytest.mark.parametrize("name", ["missing/results.json", "file/results.json", ".", "folder", "pipe", "n" * 300])
def test_what_cannot_be_written_is_found_out_before_any_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")  # as /dev/stdout may be: replacing it with a file would break it
    before = listing(tmp_path)
    with pytest.raises(OSError, match="cannot be written: ") as error, pending(tmp_path / name, DATA):
        pytest.fail("the block began")
    assert "\n" not in str(error.value)
    assert listing(tmp_path) == before


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="this system has no limit for files")
@pytest.mark.parametrize("size", [5000, 500_000])  # within the buffer, and beyond it
def test_a_full_disk_is_told_with_the_name_of_the_file(tmp_path: Path, size: int) -> None:
    import resource

    def fill() -> None:
        with pending(tmp_path / "page.html", PAGE) as file:
            file.write(b"x" * size)

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # Python ignores the signal: it becomes an error
    try:
        with pytest.raises(OSError, match=r"page\.html cannot be written: File too large$"):
            fill()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert listing(tmp_path) == []


def test_another_error_in_the_block_is_left_as_it_is(tmp_path: Path) -> None:
    def fail() -> None:
        with pending(tmp_path / "page.html", PAGE):
            raise OSError("of something else")

    with pytest.raises(OSError, match=r"^of something else$"):
        fail()
