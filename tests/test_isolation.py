"""What the operating system takes away from a learner's program, where it can, and what the report says of it."""

import socket
import sys
from pathlib import Path

import pytest
from learner_files import CORRECT, Ran, assert_correct, line, run, run_file, write

from backproof.sandbox import isolation
from backproof.sandbox.isolation import descendants, describe, own_files, python_installation

ATTEMPT = """
def backprop():
    try:
        {attempt}
        print("SUCCEEDED")
    except OSError as error:
        print("refused:", type(error).__name__)


def example():
    return ()
"""


def attempted(tmp_path: Path, attempt: str) -> Ran:
    return run(tmp_path, ATTEMPT.format(attempt=attempt))


def need(outcome: Ran, words: str) -> None:
    if words not in outcome.isolation:
        pytest.skip(f"this system has it not in force: {words}")


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    secret = tmp_path_factory.mktemp("outside") / "secret.txt"
    secret.write_text("the user's own")
    return secret


def test_no_reading_outside(tmp_path: Path, outside: Path) -> None:
    home = Path.home() / "anything"
    for attempt in (f"open({str(outside)!r}).read()", "open('/etc/passwd')", "__import__('os').listdir('/')"):
        outcome = attempted(tmp_path, attempt)
        need(outcome, "no reading outside")
        assert "refused: PermissionError" in outcome.output
        assert "SUCCEEDED" not in outcome.output
    assert "SUCCEEDED" not in attempted(tmp_path, f"__import__('os').listdir({str(home.parent)!r})").output


def test_no_writing_outside_nor_in_its_own_folder(tmp_path: Path, outside: Path) -> None:
    for path in (outside, outside.with_name("new"), tmp_path / "new", tmp_path / "mine.py"):
        outcome = attempted(tmp_path, f"open({str(path)!r}, 'w').write('gone')")
        need(outcome, "no writing outside")
        assert "SUCCEEDED" not in outcome.output
    assert outside.read_text() == "the user's own"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.py"]


def test_it_runs_in_its_own_folder_and_leaves_nothing_there(tmp_path: Path) -> None:
    outcome = run(tmp_path, f"import os\nprint(os.getcwd())\n{CORRECT}")
    assert outcome.output.splitlines()[0] == str(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.py"]


def test_no_network(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        outcome = attempted(tmp_path, f"__import__('socket').create_connection(('127.0.0.1', {port}), 1)")
        datagram = "s = __import__('socket').socket(2, 2); s.sendto(b'x', ('127.0.0.1', 9))"
        if "no network" in outcome.isolation:
            assert "SUCCEEDED" not in attempted(tmp_path, datagram).output
    if "no network" not in outcome.isolation and "no TCP" not in outcome.isolation:
        pytest.skip("this system has no bar on the network")
    assert "refused" in outcome.output
    assert "SUCCEEDED" not in outcome.output


def test_the_environment_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET_OF_THE_USER", "x")
    output = run(tmp_path, "import os\nprint(sorted(os.environ), os.environ['OMP_NUM_THREADS'])\n" + CORRECT).output
    assert "A_SECRET" not in output
    assert "USER" not in output
    assert output.rstrip().endswith(" 1")


def test_memory_is_limited_and_the_line_is_named(tmp_path: Path) -> None:
    source = CORRECT.replace("    n = len(y)", "    n = len(y)\n    big = np.ones(10**9)  # 8 GB")
    outcome = run(tmp_path, source)
    need(outcome, "2048 MiB")
    assert "MemoryError" in outcome.reason
    assert outcome.line == line(source, "8 GB")
    assert_correct(run(tmp_path, CORRECT.replace("    n = len(y)", "    n = len(y)\n    big = np.ones(10**7)")))


def test_a_file_cannot_grow_without_end(tmp_path: Path) -> None:
    assert isolation.FILE_BYTES < 10**9
    attempt = "f = open('big', 'wb'); f.truncate(10**9)"
    assert "SUCCEEDED" not in attempted(tmp_path, attempt).output


def test_a_file_beside_it_is_importable_but_takes_the_place_of_no_library(tmp_path: Path) -> None:
    for name in ("numpy", "json", "random", "engines", "check"):
        write(tmp_path, "raise SystemExit('taken in')\n", f"{name}.py")
    write(tmp_path, "def half(x):\n    return x / 2\n", "helpers.py")
    source = "from helpers import half\nimport random, json\n" + CORRECT
    source = source.replace("dA1 = dZ2 @ W2", "dA1 = 2 * half(dZ2) @ W2")
    assert_correct(run(tmp_path, source))


def test_data_beside_it_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, "41", "data.txt")
    source = "import pathlib\nprint(pathlib.Path(__file__).with_name('data.txt').read_text())\n"
    assert run(tmp_path, source + CORRECT).output.startswith("41\n")


def test_a_file_in_the_home_folder_may_read_the_python_files_there_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path, "SIZE = 3\n", "beside.py")
    letters = write(tmp_path, "", "letters.txt")
    (tmp_path / "course").mkdir()
    outcome = run(tmp_path, "from beside import SIZE\n" + ATTEMPT.format(attempt=f"open({str(letters)!r})"))
    need(outcome, "no reading outside")
    assert "refused: PermissionError" in outcome.output
    outcome = run(tmp_path / "course", ATTEMPT.format(attempt=f"open({str(letters)!r})"))
    assert "refused: PermissionError" in outcome.output
    assert own_files(tmp_path / "course" / "mine.py", tmp_path) == ([tmp_path / "course"], [])


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.py").symlink_to(write(tmp_path / "real", CORRECT))
    assert_correct(run_file(tmp_path / "link.py"))


def test_the_python_installation_holds_this_python() -> None:
    assert Path(sys.prefix) in python_installation()
    assert Path.home() not in python_installation()


def test_the_report_says_what_held_and_what_did_not() -> None:
    everything = describe(dict.fromkeys(("memory", "counted", "files", "network", "ended"), True), 10, 1024)
    assert "no network" in everything
    assert "Not in force" not in everything
    nothing = describe({"memory": False}, 2.5, 1024)
    assert nothing == (
        "The file ran in a process of its own: at most 2.5 s. Not in force on this system: the memory limit; a limit "
        "on the number of processes; a bar on reading and writing other files; a bar on the network; an end to "
        "processes it left running on purpose. This is no secure sandbox."
    )
    assert "no TCP connections" in describe({"memory": False, "tcp": True}, 1, 1)
    assert "no network" not in describe({"memory": False, "network": "yes"}, 1, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="this system does not list descendants")
def test_descendants_are_listed() -> None:
    assert descendants(2**22 + 5, 10) == []


def test_another_system_refuses_politely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "LINUX", False)
    assert isolation.enter_namespaces() == {"user": False, "processes": False, "network": False}
    assert isolation.confine_files([], []) == {"files": False, "tcp": False}
    assert not isolation.adopt_orphans()
    isolation.die_with_parent()


def test_a_kernel_that_refuses_is_believed(tmp_path: Path) -> None:
    assert run_file(write(tmp_path, CORRECT)).isolation.count("in force") <= 1
