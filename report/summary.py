"""The questions that a reader has, each answered in a sentence or two from the results."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from check.results import LineResult, Results

GRAVITY = ("rounding", "not observable", "cancels", "not shown", "follows", "not finite", "shape", "wrong")


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


def most_telling(trial: Sequence[LineResult]) -> int:
    """The number of the cell that is shown first: the gravest verdict, and of these the largest error."""
    if not trial:
        return 0

    def weight(number: int) -> tuple[int, float]:
        line = trial[number]
        known = line["verdict"] in GRAVITY
        own_form = line["verdict"] == "cancels" and ": " not in line["form"]
        return (2 * GRAVITY.index(line["verdict"]) if known else 99) + own_form, line["median_ulps"] or 0.0

    return max(range(len(trial)), key=weight)


def short(value: float | None) -> str:
    """Two digits: 0.35, 12, 1200, 1.2e4; a dash where there is no number."""
    if value is None:
        return "–"
    digits = f"{value:.2g}"
    if 1e-4 <= value < 1e4:
        return f"{float(digits):g}"
    return digits.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def names(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def steps_taken(results: Results) -> int:
    experiment = results["experiment"]
    return experiment["epochs"] * math.ceil(experiment["train_samples"] / max(experiment["batch_size"], 1))


def _agreement(results: Results) -> str:
    count = Counter(line["verdict"] for line in results["trial"])
    words = ", ".join(f"{number} {word}" for word, number in count.most_common())
    start = "Yes" if results["verdict"] == "agree" else "No"
    return f"{start}. Of {len(results['trial'])} lines on trial: {words or 'none'}."


def _closest(results: Results) -> str:
    wins = Counter(name for ruling in results["rulings"] for name in ruling["closest"])
    if not wins:
        return "Nothing could be compared."
    best = [name for name, count in wins.items() if count == max(wins.values())]
    counts = ", ".join(f"{name} {count}" for name, count in wins.most_common())
    return f"{names(best)}, most often. Closest in how many of {len(results['rulings'])} lines (ties count): {counts}."


def _digits(results: Results) -> str:
    own = [line for line in results["trial"] if line["digits_lost"] and ": " not in line["form"]]
    if not own:
        return "Nowhere: no formula that was used cancels."
    worst: dict[str, LineResult] = {}
    for line in own:
        if line["form"] not in worst or (line["digits_lost"] or 0) > (worst[line["form"]]["digits_lost"] or 0):
            worst[line["form"]] = line
    sentences = []
    for form, line in worst.items():
        engines = names(list(dict.fromkeys(other["engine"] for other in own if other["form"] == form)))
        where = f"{line['weights']} weights, {line['dtype']}"
        sentences.append(f"{line['line']} by {form}: up to {line['digits_lost']:.1f} digits ({where}), in {engines}.")
    return " ".join(sentences)


def _power(results: Results) -> str:
    def sentences() -> Iterator[str]:
        for dtype in dict.fromkeys(line["dtype"] for line in results["trial"]):
            powers = [line["power"] for line in results["trial"] if line["dtype"] == dtype]
            known = [power for power in powers if power is not None]
            if known:
                typical, blind = median(power["median"] for power in known), max(power["blind"] for power in known)
                sign = f"a wrong sign in {blind:.1%} of the entries of a line" if blind else "no wrong sign"
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
    inside = sum(block["word"] == "rounding" for block in blocks)
    audited = f" {inside} of {len(blocks)} audited blocks are within rounding." if blocks else ""
    return f"Mean loss from the first epoch to the last: {', '.join(parts)}.{audited}"


def _misclassified(results: Results) -> str:
    parts = [f"{name} {len(engine['misclassified'])}" for name, engine in results["engines"].items()]
    told_apart = {image for pair in results["agreement"]["training"] for image in pair["disagreements"]}
    return (
        f"Of {results['experiment']['test_samples']:,} test images: {', '.join(parts) or 'nothing was trained'}. "
        f"Told apart by two engines: {len(told_apart) or 'none'}."
    )


def _speed(results: Results) -> str:
    steps = steps_taken(results)
    if not steps or not results["engines"]:
        return "Nothing was trained."
    times = sorted((engine["seconds"]["train"] / steps * 1e6, name) for name, engine in results["engines"].items())
    floor = f" Plain loops compiled by Numba: {results['floor']['microseconds']:.1f}." if "floor" in results else ""
    return f"Microseconds a step of SGD: {', '.join(f'{name} {time:.1f}' for time, name in times)}.{floor}"
