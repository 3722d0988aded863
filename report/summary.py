"""The questions that a reader has, each answered in a sentence or two from the results."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from comparison.results import LineResult, Results
from comparison.words import listed
from engines import Lines
from proof.judgement import FAULTS, GRAVITY

COUNTED = {"rounding": "within rounding", "cancels": "right, but by a formula that loses digits"}


class Answer(NamedTuple):
    question: str
    text: str
    section: str  # where the page shows it


def answers(results: Results) -> list[Answer]:
    """Do they agree, who is closest, where do digits get lost, how did training go, what was wrong, how fast was it."""
    return [
        Answer("Do they agree?", _agreement(results), "lines"),
        Answer("Who is closest to the truth?", _closest(results), "lines"),
        Answer("Where do digits get lost?", _digits(results), "lines"),
        Answer("What could have slipped through?", _power(results), "lines"),
        Answer("How did training go?", _training(results), "training"),
        Answer("What was misclassified?", _misclassified(results), "accuracy"),
        Answer("How fast was it?", _speed(results), "time"),
    ]


class Headline(NamedTuple):
    """The verdict in a word, and a sentence that goes on from it."""

    word: str
    rest: str


def headline(results: Results) -> Headline:
    """Who is at fault, or that nobody is."""
    engines, faulty = list(results["engines"]), {}
    if results["verdict"] == "agree":
        if len(engines) == 1:
            return Headline("Right", f"rounding explains every error of {engines[0]}.")
        return Headline("Agree", f"rounding explains every difference between {listed(engines) or 'no engines'}.")
    for name in dict.fromkeys(reason["engine"] for reason in results["agreement"]["reasons"]):
        lines = [line for line in results["verdicts"] if line["engine"] == name]
        wrong = {line["line"] for line in lines if line["verdict"] in FAULTS}
        elsewhere = "in its training" if name in engines else "for it breaks its promise"
        faulty[name] = next((f"first in {line}" for line in Lines._fields if line in wrong), elsewhere)
    others = [name for name in engines if name not in faulty]
    agree = f" {listed(others)} {'agree' if len(others) > 1 else 'is right'}." if others else ""
    return Headline("Wrong", f"{listed([f'{name}, {where}' for name, where in faulty.items()])}.{agree}")


def most_telling(verdicts: Sequence[LineResult]) -> int:
    """The number of the cell that is shown first: the gravest verdict, and of these the largest error."""
    if not verdicts:
        return 0

    def weight(number: int) -> tuple[int, float]:
        line = verdicts[number]
        known = line["verdict"] in GRAVITY
        own_form = line["verdict"] == "cancels" and not line["inherited_from"]
        return (2 * GRAVITY.index(line["verdict"]) if known else 99) + own_form, line["median_ulps"] or 0.0

    return max(range(len(verdicts)), key=weight)


def short(value: float | None) -> str:
    """Two digits: 0.35, 12, 1200, 1.2e4; a dash where there is no number."""
    if value is None:
        return "–"
    digits = f"{value:.2g}"
    if 1e-4 <= value < 1e4:
        return f"{float(digits):g}"
    return digits.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def steps_taken(results: Results) -> int:
    experiment = results["experiment"]
    return experiment["epochs"] * math.ceil(experiment["train_samples"] / max(experiment["batch_size"], 1))


def _agreement(results: Results) -> str:
    count = Counter(line["verdict"] for line in results["verdicts"])
    words = ", ".join(f"{number} {COUNTED.get(word, word)}" for word, number in count.most_common())
    start = "Yes" if results["verdict"] == "agree" else "No"
    return f"{start}. Of {len(results['verdicts'])} lines judged: {words or 'none'}."


def _closest(results: Results) -> str:
    wins = Counter(name for ruling in results["rulings"] for name in ruling["closest"])
    if not wins:
        return "Nothing could be compared."
    best = [name for name, count in wins.items() if count == max(wins.values())]
    counts = ", ".join(f"{name} {count}" for name, count in wins.most_common())
    if len(results["engines"]) == 1:
        return f"Only {listed(best)} was tried: name more engines to compare."
    return f"{listed(best)}, most often. Closest in how many of {len(results['rulings'])} lines (ties count): {counts}."


def _digits(results: Results) -> str:
    own = [line for line in results["verdicts"] if line["digits_lost"] and not line["inherited_from"]]
    if not own:
        return "Nowhere: no formula that was used cancels."
    worst: dict[str, LineResult] = {}
    for line in own:
        if line["form"] not in worst or (line["digits_lost"] or 0) > (worst[line["form"]]["digits_lost"] or 0):
            worst[line["form"]] = line
    sentences = []
    for form, line in worst.items():
        engines = listed(list(dict.fromkeys(other["engine"] for other in own if other["form"] == form)))
        where = f"{line['weights']} weights, {line['dtype']}"
        sentences.append(f"{line['line']} by {form}: up to {line['digits_lost']:.1f} digits ({where}), in {engines}.")
    return " ".join(sentences)


def _power(results: Results) -> str:
    def sentences() -> Iterator[str]:
        for dtype in dict.fromkeys(line["dtype"] for line in results["verdicts"]):
            explained = [line for line in results["verdicts"] if line["verdict"] in ("rounding", "cancels")]
            powers = [line["power"] for line in explained if line["dtype"] == dtype]
            known = [power for power in powers if power is not None]
            if known:
                typical, blind = median(power["median"] for power in known), max(power["blind"] for power in known)
                share = f"{blind:.1%}" if blind >= 0.001 else "less than 0.1%"
                sign = f"a wrong sign in {share} of the entries of a line" if blind else "no wrong sign"
                yield f"In {dtype}, an error below {short(typical)} of a typical entry, and {sign}."

    return " ".join(sentences()) or "Everything: nothing could be compared."


def _training(results: Results) -> str:
    parts = []
    for name, engine in results["engines"].items():
        losses = engine["losses"]
        if not losses:
            return "Nothing was trained."
        parts.append(f"{name} {short(losses[0])} to {short(losses[-1])}")
    blocks = [block for audited in results["audit"].values() for block in audited]
    words = Counter(block["word"] for block in blocks)
    inside = words.pop("rounding", 0)
    rest = "".join(f", {number} {word}" for word, number in words.items())
    audited = f" {inside} of {len(blocks)} audited blocks are within rounding{rest}." if blocks else ""
    return f"Mean loss from the first epoch to the last: {', '.join(parts)}.{audited}"


def _misclassified(results: Results) -> str:
    parts = [f"{name} {len(engine['misclassified'])}" for name, engine in results["engines"].items()]
    told_apart = {image for pair in results["agreement"]["training"] for image in pair["disagreements"]}
    told = f" Classified differently by two engines: {len(told_apart) or 'none'}." if len(parts) > 1 else ""
    return (
        f"Of {results['experiment']['test_samples']:,} test images: {', '.join(parts) or 'nothing was trained'}.{told}"
    )


def _speed(results: Results) -> str:
    steps = steps_taken(results)
    if not steps or not results["engines"]:
        return "Nothing was trained."
    times = sorted((engine["seconds"]["train"] / steps * 1e6, name) for name, engine in results["engines"].items())
    floor = f" Plain loops compiled by Numba: {results['floor']['microseconds']:.1f}." if "floor" in results else ""
    return f"Microseconds a step of SGD: {', '.join(f'{name} {time:.1f}' for time, name in times)}.{floor}"
