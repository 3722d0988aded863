"""The tables say what the results say, from the JSON alone."""

from __future__ import annotations

import io
import json
import re
from copy import deepcopy

import pytest
from small_data import small_dataset

from comparison.results import Results
from engines import Lines
from report.results_file import dump
from report.tables import render


@pytest.fixture
def results(two_alike: Results) -> Results:
    """To be changed as a test likes; the engines are called "a" and "b"."""
    copy = deepcopy(two_alike)
    _, other = copy["engines"]
    text = json.dumps(copy).replace(json.dumps(other)[1:-1], "b").replace('"numpy": {"loop"', '"a": {"loop"')
    renamed: Results = json.loads(text)
    return renamed


def rows(text: str, title: str) -> list[list[str]]:
    """The cells, two spaces apart, of each line of the part of the text that starts with a title."""
    part = text[text.index(title) :].split("\n\n")[0]
    return [re.split(r" {2,}", line.strip()) for line in part.splitlines()]


def test_all_twelve_lines_and_every_epoch_have_a_row(results: Results) -> None:
    text = render(results)
    for place in ("initial", "trained", "saturated"):
        found = [row[0] for row in rows(text, f"Error against the truth at {place} weights")]
        assert [line for line in found if line in Lines._fields] == list(Lines._fields)
    losses = {row[0]: row[1:] for row in rows(text, "Mean loss of each epoch")}
    for epoch in (1, 2):
        expected = [f"{results['engines'][name]['losses'][epoch - 1]:.12f}" for name in ("a", "b")]
        assert losses[str(epoch)] == [*expected, "0.0e+00"]


def test_what_came_of_the_training(results: Results) -> None:
    result = results["engines"]["b"]
    result |= {"accuracy": 0.9985, "train_accuracy": 0.25, "test_loss": 0.125, "train_loss": None}
    result["confusion"] = [[5, 6], [7, 8]]
    result["seconds"] = {"setup": 1.5, "train": 0.008}
    found = {row[0]: row[-1] for row in rows(render(results), "After training")}
    assert found["test accuracy"] == "99.85%"
    assert found["training accuracy"] == "25.00%"
    assert found["test loss"] == "0.125000"
    assert found["training loss"] == "not finite"
    assert found["true 0: said 0, said 1"] == "5, 6"
    assert found["true 1: said 0, said 1"] == "7, 8"
    assert found["set-up and compile, s"] == "1.50"
    assert found["one step, us"] == "100.0"  # 8 ms over 2 epochs of 40 samples
    assert "one step, times a plain loop's" not in found
    results["floor"] = {"microseconds": 40.0}
    found = {row[0]: row[-1] for row in rows(render(results), "After training")}
    assert found["one step, times a plain loop's"] == "2.5"


def test_losses_that_are_apart_or_not_finite(results: Results) -> None:
    results["engines"]["a"]["losses"] = [0.5, 0.5]
    results["engines"]["b"]["losses"] = [0.25, None]
    found = {row[0]: row[1:] for row in rows(render(results), "Mean loss of each epoch")}
    assert found["1"] == ["0.500000000000", "0.250000000000", "5.0e-01"]
    assert found["2"] == ["0.500000000000", "not finite", "not finite"]


def test_a_wrong_line_stands_out(results: Results) -> None:
    line = next(line for line in results["verdicts"] if line["line"] == "dW1")
    line["verdict"] = "wrong"
    assert "WRONG" in render(results)
    line["verdict"] = "not finite"
    assert "not finite" in render(results)


def test_the_verdict_is_the_last_line_and_its_reasons_stand_above(results: Results) -> None:
    assert render(results).splitlines()[-1].startswith("Verdict: agree (a, b; ")
    results["verdict"] = "disagree"
    results["agreement"]["reasons"] = [
        {"engine": "b", "text": "dW1 is wrong"},
        {"engine": "b", "text": "a loss is not finite"},
    ]
    results["missing"] = {"torch": "torch is not installed (pip install torch)"}
    lines = render(results).splitlines()
    assert lines[-1].startswith("Verdict: disagree (")
    assert "- b: dW1 is wrong" in lines
    assert "- b: a loss is not finite" in lines
    assert "torch is not installed (pip install torch)" in lines


def test_the_test_images_on_which_engines_differ_are_listed(results: Results) -> None:
    (pair,) = results["agreement"]["training"]
    pair["engines"], pair["disagreements"] = ["a", "b"], [3, 17]
    assert "a and b class these test images otherwise, by position: 3, 17" in render(results).splitlines()
    pair["disagreements"] = list(range(12))
    sentence = "a and b class these test images otherwise, by position: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
    assert sentence in render(results).splitlines()
    pair["disagreements"] = []
    assert "by position" not in render(results)


def test_of_a_path_a_table_shows_the_last_part(two_alike: Results) -> None:
    _, path = two_alike["engines"]
    assert path.endswith("/copy.py:NumpyEngine")
    *tables, last = render(two_alike).splitlines()
    assert not any(path in line for line in tables)
    assert any("copy.py:NumpyEngine" in line for line in tables)
    assert path in last


def test_two_paths_with_the_same_end_keep_their_columns(results: Results) -> None:
    for line in results["verdicts"]:
        line["engine"] = "x/e.py:E" if line["engine"] == "b" else "y/e.py:E"
    found = {row[0]: row[1:] for row in rows(render(results), "Error against the truth at initial weights")}
    assert len(found["dW1"]) == 4


def test_what_was_run_comes_first(results: Results) -> None:
    top = render(results).split("\n\n")[0]
    for words in ("10-3-1", "dark (0) against bright (1)", "40 to train, 20 to test", "2 epochs", "float64, seed 0"):
        assert words in top
    assert results["experiment"]["fingerprints"]["initial_weights"][:32] in top
    assert small_dataset().fingerprints.images in top


def test_the_tables_are_made_from_the_json_alone(two_alike: Results) -> None:
    def from_json(results: Results) -> Results:
        file = io.BytesIO()
        dump(results, file)
        parsed: Results = json.loads(file.getvalue())
        return parsed

    assert render(from_json(two_alike)) == render(two_alike)
    results = deepcopy(two_alike)
    for line in results["verdicts"]:  # as an engine gives them that divides by zero
        line["median_ulps"] = line["largest_ulps"] = float("inf")
    for difference in results["agreement"]["lines"]:
        difference["epsilons"] = float("inf")
    render(from_json(results))
