"""What comes back is believed in its form only: anything else is refused, and nothing in it is executed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learner_files import PROBES, run

from backproof.sandbox.ending import message
from check.learner import LearnerRun
from check.received import LARGEST_HEADER, Malformed, NoResults, read_results

TOKEN = b"0123456789abcdef"
CANDIDATE = {
    "name": "dW1",
    "origin": "returned",
    "line": 3,
    "repeated": False,
    "dtype": "float64",
    "shape": [3, 7],
    "kind": "<f8",
    "start": 0,
}


def header(**changes: Any) -> dict[str, Any]:
    calls = [
        {"probe": k, "repetition": 0, "sample": None, "changed": [], "candidates": [CANDIDATE | changes]}
        for k in (0, 1)
    ]
    base = {"kind": "function", "name": "backprop", "columns": False, "sample": False, "declared": True}
    return base | {"calls": calls, "blocks": [], "changed": [], "reason": None, "line": None}


def read(tmp_path: Path, said: Any, data: bytes = bytes(3 * 7 * 8), token: bytes = TOKEN) -> LearnerRun:
    text = said if isinstance(said, bytes) else json.dumps(said).encode()
    (tmp_path / "results.bin").write_bytes(token + len(text).to_bytes(8, "little") + text + data)
    outcome = LearnerRun("mine.py")
    read_results(tmp_path / "results.bin", TOKEN, outcome, list(PROBES), 10)
    return outcome


def test_what_is_in_the_agreed_form_is_read(tmp_path: Path) -> None:
    outcome = read(tmp_path, header(), np.arange(21.0).tobytes())
    assert np.array_equal(outcome.calls[0].lines["dW1"].values, np.arange(21.0).reshape(3, 7))


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": [3, 8]},
        {"shape": [-3, -7]},
        {"shape": [10**30, 10**30]},
        {"shape": [3.0, 7]},
        {"shape": [True, 7]},
        {"shape": [1] * 9},
        {"shape": 21},
        {"shape": [0, 10**40]},
        {"kind": "O"},
        {"kind": "|O8"},
        {"kind": None},
        {"start": -8},
        {"start": 8},
        {"start": 0.0},
        {"line": 12},
        {"line": 0},
        {"line": "3"},
        {"name": 3},
        {"name": None},
        {"origin": []},
    ],
)
def test_a_forged_array_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read(tmp_path, header(**changes))


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"not json", b"[" * 100_000, b"[]", b"3", b"{}", b"\x80\x04\x95", b'{"reason": 1e999}'),
        header() | {"calls": 3},
        header() | {"calls": []},
        header() | {"calls": header()["calls"][:1]},
        header() | {"calls": [header()["calls"][0] | {"probe": 5}]},
        header() | {"calls": [header()["calls"][0] | {"probe": True}]},
        header() | {"calls": [header()["calls"][0] | {"sample": 99}]},
        header() | {"blocks": [[CANDIDATE]]},
        header() | {"name": ["backprop"]},
        header() | {"reason": {"a": 1}},
        header() | {"line": -1},
    ],
)
def test_a_forged_header_is_refused(tmp_path: Path, said: Any) -> None:
    with pytest.raises(Malformed):
        read(tmp_path, said)


def test_a_wrong_token_a_huge_header_and_huge_results_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed):
        read(tmp_path, header(), token=b"x" * 16)
    file = tmp_path / "results.bin"
    for length in (2**63, LARGEST_HEADER + 1, 10**6):
        file.write_bytes(TOKEN + length.to_bytes(8, "little") + b"{}")
        with pytest.raises(Malformed):
            read_results(file, TOKEN, LearnerRun(""), list(PROBES), 10)
    with file.open("wb") as sparse:
        sparse.truncate(2**40)
    with pytest.raises(Malformed, match="too large"):
        read_results(file, TOKEN, LearnerRun(""), list(PROBES), 10)


def test_no_results_are_no_results(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(NoResults):
            read_results(tmp_path / "results.bin", TOKEN, LearnerRun(""), list(PROBES), 10)
        (tmp_path / "results.bin").touch()


def test_a_long_text_is_cut(tmp_path: Path) -> None:
    assert len(read(tmp_path, header() | {"reason": "x" * 10**6}).reason or "") == 1000


def test_a_file_without_our_token_is_empty(tmp_path: Path) -> None:
    for text in ('{"token": "t"}', "[]", "nonsense", '{"token": "u"}'):
        (tmp_path / "f").write_text(text)
        assert message(tmp_path / "f", "t") == ({"token": "t"} if '"t"' in text else {})
    assert message(tmp_path / "none", "t") == {}


def test_a_program_that_writes_results_itself_is_found_out(tmp_path: Path) -> None:
    source = """
    import os
    for number in range(3, 20):
        try:
            os.write(number, b"PASS" * 100)
        except OSError:
            pass
    os._exit(0)
    """
    outcome = run(tmp_path, source)
    assert outcome.calls == []
    assert outcome.reason is not None
    assert "agreed form" in outcome.reason


def test_one_part_of_the_results_is_not_taken_a_thousand_times(tmp_path: Path) -> None:
    said = header(name="a1", shape=[1024, 1024])
    said["calls"][0]["candidates"] *= 9
    with pytest.raises(Malformed, match="too large"):
        read(tmp_path, said, bytes(8 * 1024 * 1024))
