"""The answers at the top of the page are true of the results."""

from __future__ import annotations

from typing import Any

import pytest

from comparison.words import listed
from report.summary import answers, most_telling, short


def line(
    engine: str, name: str, verdict: str, ulps: float, form: str = "", lost: float | None = None, source: str = ""
) -> Any:
    return {
        "engine": engine, "line": name, "verdict": verdict, "median_ulps": ulps, "form": form, "digits_lost": lost,
        "inherited_from": source,
        "weights": "trained", "dtype": "float64", "power": {"median": 1e-13, "worst": 2.0, "blind": 0.25},
    }  # fmt: skip


TRIAL = [
    line("a", "dZ2", "cancels", 900.0, "A2 - y", 3.5),
    line("a", "dW2", "cancels", 5000.0, "A2 - y", 3.9, "dZ2"),
    line("b", "dZ2", "rounding", 1.0),
]
RESULTS: Any = {
    "verdict": "agree",
    "experiment": {"epochs": 2, "train_samples": 10, "test_samples": 1000, "batch_size": 4},
    "verdicts": TRIAL,
    "rulings": [{"closest": ["b"]}, {"closest": ["a", "b"]}],
    "engines": {
        "a": {"losses": [0.5, 0.25], "misclassified": [1, 2], "seconds": {"setup": 1.0, "train": 6e-6}},
        "b": {"losses": [0.5, 0.25], "misclassified": [1], "seconds": {"setup": 1.0, "train": 12e-6}},
    },
    "audit": {"a": [{"word": "rounding"}, {"word": "wrong"}]},
    "agreement": {"training": [{"disagreements": [2]}]},
}


def test_every_question_has_its_answer() -> None:
    found = {answer.question: answer.text for answer in answers(RESULTS)}
    assert found["Do they agree?"] == (
        "Yes. Of 3 lines judged: 2 right, but by a formula that loses digits, 1 within rounding."
    )
    assert found["Who is closest to the truth?"].startswith("b, most often.")
    assert "b 2, a 1" in found["Who is closest to the truth?"]
    assert found["Where do digits get lost?"] == "dZ2 by A2 - y: up to 3.5 digits (trained weights, float64), in a."
    assert "1e-13" in found["What could have slipped through?"]
    assert "25.0%" in found["What could have slipped through?"]
    assert "1 of 2 audited blocks" in found["How did training go?"]
    assert "a 2, b 1. Classified differently by two engines: 1." in found["What was misclassified?"]
    assert found["How fast was it?"] == "Microseconds a step of SGD: a 1.0, b 2.0."
    with_floor = RESULTS | {"floor": {"microseconds": 0.5}}
    assert answers(with_floor)[-1].text.endswith("b 2.0. Plain loops compiled by Numba: 0.5.")


def test_a_disagreement_is_no() -> None:
    assert answers(RESULTS | {"verdict": "disagree"})[0].text.startswith("No.")


def test_the_gravest_cell_is_shown_first() -> None:
    assert most_telling([]) == 0
    assert most_telling(TRIAL) == 0  # a formula of its own comes before what it does to later lines
    assert most_telling([*TRIAL, line("b", "dZ1", "follows", 1e9), line("b", "dA1", "wrong", 3.0)]) == 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.346, "0.35"),
        (11.6, "12"),
        (1234.0, "1200"),
        (43210.0, "4.3e4"),
        (2.4e-15, "2.4e-15"),
    ],
)
def test_short(value: float | None, text: str) -> None:
    assert short(value) == text


def test_listed() -> None:
    assert [listed(list(word)) for word in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
