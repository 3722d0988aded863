"""What a page is made from fits the schema: whatever does not is refused in one sentence that says where."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_data import small_dataset

from benchmarks.beside import kills
from comparison.experiment import compare_engines
from comparison.settings import Settings
from report.results_file import strict
from report.schema import ResultsError, fitting, read


@pytest.fixture(scope="module")
def results() -> Any:
    return strict(compare_engines(["numpy"], small_dataset(inputs=784), Settings(epochs=1, hidden=3)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "r.json"


def test_what_a_comparison_writes_is_read(results: Any, file: Path) -> None:
    file.write_text(json.dumps(results | {"a key of a later version": [1, {}]}))
    assert read(file) == results | {"a key of a later version": [1, {}]}
    results = copy.deepcopy(results)
    for part in ("pictures", "control", "seconds"):
        del results[part]
    assert fitting(results) is results


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 10**5, b'{"version": NaN}', b"numpy,torch\n1,2\n"])
def test_what_is_no_json(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ResultsError, match=r"r\.json is not JSON$"):
        read(file)


@pytest.mark.parametrize("content", ["null", "[]", "3", '"text"', "{}", '{"version": 2}', '{"file": "x.py"}'])
def test_what_holds_something_else(file: Path, content: str) -> None:
    file.write_text(content)
    with pytest.raises(ResultsError, match=r"^\S*r\.json does not hold results: [^\n]+$"):
        read(file)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"nowhere\.json cannot be read: No such file"):
        read(tmp_path / "nowhere.json")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in the results: of a list's items the first alone."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def test_nothing_of_a_wrong_type_passes_anywhere(results: Any) -> None:
    """Each thing in turn is replaced: by true, which is no number, and by an object, or text where there was one."""
    tried = 0
    for path in places(results):
        inside = {"results": copy.deepcopy(results)}
        holder: Any = inside
        *before, last = ("results", *path)
        for key in before:
            holder = holder[key]
        for wrong in (True, "text" if isinstance(holder[last], dict) else {"an": "object"}):
            holder[last] = wrong
            with pytest.raises(ResultsError):
                fitting(inside["results"])
            tried += 1
    assert tried > 200


def test_every_key_that_has_to_be_there_is_missed(results: Any) -> None:
    optional = {"pictures", "control", "seconds", "certificate", "floor", "kills", "distribution", "error_map"}
    free = {"engines", "missing", "audit", "fingerprints", "versions", "weights", "median_ulps", "probabilities"}
    for path in places(results):
        if not path or path[-1] in optional or isinstance(path[-1], int) or (len(path) > 1 and path[-2] in free):
            continue
        changed = copy.deepcopy(results)
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]
        with pytest.raises(ResultsError, match=f"has no '{path[-1]}'"):
            fitting(changed)


def test_the_sentence_says_where(results: Any) -> None:
    changed = copy.deepcopy(results)
    changed["verdicts"][3]["power"]["median"] = "0.5"
    with pytest.raises(ResultsError, match=r"^verdicts\[3\]\.power\.median must be a number$"):
        fitting(changed)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("experiment", "classes"), ["one"], "classes must be two"),
        (("engines", "numpy", "losses"), [], "must be as many as there are epochs"),
        (("engines", "numpy", "confusion"), [[1], [2]], "must be 2 by 2"),
        (("verdict",), "perhaps", "verdict must be 'agree' or 'disagree'"),
        (("seconds",), True, "seconds must be a number"),
        (("kills", "matrices", 1, "programs", 0, "letters", 0), "..", "a letter for every checker and setting"),
    ],
)
def test_numbers_have_to_be_as_many_as_was_run(results: Any, path: tuple[str, ...], value: Any, sentence: str) -> None:
    changed = copy.deepcopy(results) | {"kills": kills()}
    fitting(changed)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(ResultsError, match=sentence):
        fitting(changed)
