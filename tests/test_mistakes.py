"""The catalogue on trial: a file with any of its mistakes gets its own line and its own name."""

import itertools
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from mistaken_files import FORMULAS, TAILS, diagnosis_of, source

from backproof.arithmetic import FLOAT64
from backproof.balls import Balls
from check.catalogue import MISTAKES, by_id
from check.diagnosis import CORRECT, IS, Diagnosis
from check.mistakes import Mistake, holds
from engines.interface import DTYPES, Lines
from proof.forms import LINES

LINE_NAMES = tuple(dict.fromkeys(mistake.line for mistake in FORMULAS))


def verdicts(diagnosis: Diagnosis) -> list[tuple[str, str, list[str]]]:
    return [(c.line, c.confidence, [mistake.id for mistake in c.mistakes]) for c in diagnosis.culprits]


def assert_named(folder: Path, mistake: Mistake, style: str, dtype: str) -> None:
    text = source([mistake], style, dtype)
    diagnosis = diagnosis_of(folder, text)
    if style == "one sample" and diagnosis.verdict == CORRECT:
        return  # of one sample it is no mistake
    assert len(diagnosis.culprits) == 1, (mistake.id, verdicts(diagnosis))
    culprit = diagnosis.culprits[0]
    names = [each.id for each in culprit.mistakes]
    if style == "one sample":
        assert mistake.id in names or mistake.of_batch, (mistake.id, verdicts(diagnosis))
    else:
        assert (names, culprit.confidence) == ([mistake.id], IS)
    assert culprit.line == mistake.line
    if style == "columns":
        return  # there every line is turned once more before it is returned
    number = next(i for i, line in enumerate(text.splitlines(), 1) if line.endswith(f"# {mistake.line}"))
    assert culprit.source_line == number, mistake.id


def test_the_catalogue_is_whole() -> None:
    assert len(MISTAKES) >= 60
    assert len({mistake.id for mistake in MISTAKES}) == len(MISTAKES)
    assert {mistake.line for mistake in MISTAKES} == {*Lines._fields, "update", "call"}
    for mistake in MISTAKES:
        assert mistake.id.startswith(mistake.line)
        for text in (mistake.formula, mistake.says, mistake.why, mistake.see, mistake.lesson):
            assert text.strip() == text
            assert text
        assert mistake.says.endswith(".")
        assert by_id(mistake.id) is mistake
        if mistake.line in LINES:
            assert mistake.formula != LINES[mistake.line].formula
    assert min(Counter(mistake.line for mistake in MISTAKES).values()) >= 2


def test_no_correct_line_is_a_mistake(tmp_path: Path) -> None:
    for style, dtype in itertools.product(TAILS, DTYPES):
        diagnosis = diagnosis_of(tmp_path, source([], style, dtype))
        assert (diagnosis.verdict, verdicts(diagnosis)) == (CORRECT, []), (style, dtype)


@pytest.mark.parametrize("line", LINE_NAMES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_mistake_gets_its_line_and_its_name(tmp_path: Path, line: str) -> None:
    for mistake in FORMULAS:
        if mistake.line == line:
            assert_named(tmp_path, mistake, "harvested", "float64")


@pytest.mark.parametrize("style", TAILS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_some_mistakes_in_every_style(tmp_path: Path, style: str, dtype: str) -> None:
    start = 5 * list(TAILS).index(style) + DTYPES.index(dtype)
    for mistake in FORMULAS[start::60]:
        assert_named(tmp_path, mistake, style, dtype)


@pytest.mark.slow
@pytest.mark.parametrize("style", TAILS)
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_mistake_in_every_style(tmp_path: Path, style: str, half: int) -> None:
    """Every mistake in every style, and in each of the two types in half of the styles."""
    for number, mistake in enumerate(FORMULAS[half::2]):
        assert_named(tmp_path, mistake, style, DTYPES[(number + list(TAILS).index(style)) % 2])


# What hides another mistake, or makes the file look like one that divides by n at the end.
HIDING = ("zero", "mean", "n-minus-1", "softplus", "step", "loss-summed")


def assert_both_named(folder: Path, pair: tuple[Mistake, Mistake]) -> None:
    found = {culprit.line: [m.id for m in culprit.mistakes] for culprit in diagnosis_of(folder, source(pair)).culprits}
    for mistake in pair:
        assert mistake.id in found.get(mistake.line, []), ([m.id for m in pair], found)
    assert len(found) == 2, ([m.id for m in pair], found)


def pairs(each: int, seed: int) -> list[tuple[Mistake, Mistake]]:
    choice = random.Random(seed)
    pool = [mistake for mistake in FORMULAS if not any(word in mistake.id for word in HIDING)]
    of_line = {line: [mistake for mistake in pool if mistake.line == line] for line in LINE_NAMES}
    return [
        (choice.choice(of_line[one]), choice.choice(of_line[two]))
        for one, two in itertools.combinations(LINE_NAMES, 2)
        for _ in range(each)
    ]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_two_mistakes_in_different_lines_are_both_named(tmp_path: Path) -> None:
    for pair in pairs(1, seed=0)[::3]:
        assert_both_named(tmp_path, pair)


# Pairs that are called wrong, but not both named.
NOT_BOTH_NAMED = {
    # A logarithm of what is no probability is not a number, and a number is all that can be compared.
    ("A2-relu", "loss-only-class-1"),
    ("A2-softmax-of-one", "loss-only-class-0"),
    ("A2-softmax-of-one", "loss-minus-forgotten"),
    ("A2-tanh", "dZ2-class-for-probability"),
    # The file looks as if it divided by n at the end, or the first mistake leaves the second line without a shape.
    ("A2-activation-forgotten", "dZ1-slope-of-logit"),
    ("dA1-logit-for-error", "db1-summed-to-one"),
    ("dZ1-averaged", "dW1-sample-left-out"),
    ("dZ2-broadcast", "dW1-weights"),
    ("dZ2-broadcast", "dA1-weights-squared"),
    ("dZ1-averaged", "dW1-reshaped"),
    ("dZ2-labels-swapped", "dZ1-slope-of-tanh"),
    ("dA1-output-for-error", "dW1-first-sample"),
    # What is never negative is its own absolute value.
    ("dZ2-label-forgotten", "db2-absolute"),
    # Hidden values of a million make logits beside which nothing is left of the loss's other term.
    ("A1-bracket-forgotten", "loss-sign-of-logit"),
}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_many_pairs_of_mistakes_are_both_named(tmp_path: Path, part: int) -> None:
    for pair in pairs(5, seed=1)[part::4]:
        if (pair[0].id, pair[1].id) in NOT_BOTH_NAMED:
            assert diagnosis_of(tmp_path, source(pair)).culprits
        else:
            assert_both_named(tmp_path, pair)


def test_not_a_number_is_never_held() -> None:
    balls = Balls.of(np.zeros(2), FLOAT64)
    assert holds(balls, np.zeros(2))
    assert not holds(balls, np.array([0.0, np.nan]))
    assert not holds(balls, np.array([0.0, 1e-3]))
