"""Programs that are nearly the same, whatever their names and comments: to be looked at, side by side.

Each program is read as words in which all names but those of Python and NumPy are one. Runs of words stand for it; of
these a few are chosen by their hashes (winnowing: Schleimer, Wilkerson and Aiken, SIGMOD 2003), and those that much of
the class shares, as of a file to start from, count for nothing.
"""

from __future__ import annotations

import difflib
import keyword
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

RUN, WINDOW = 12, 6  # words
COMMON = 0.2  # of the class
NEAR = 0.8  # of what two programs have that is not common
LEAST = 4  # fingerprints that are not common
MOST_PAIRS, MOST_LINES = 20, 300
_WORD = re.compile(r"#[^\n]*|[A-Za-z_]\w*|\d[\w.]*|[^\s\w]")
_KEPT = frozenset(keyword.kwlist) | {"np", "numpy", "math", "self", "dot", "sum", "mean", "exp", "log", "T", "shape"}


class Pair(NamedTuple):
    """Two programs.

    Attributes:
        first, second: whose they are.
        share: of what they have that is not common, how much both have.
        rows: their lines side by side, and whether they are the same but for names.
    """

    first: str
    second: str
    share: float
    rows: list[tuple[str, str, bool]]


def pairs(texts: Mapping[str, str]) -> list[Pair]:
    """The most similar pairs, the nearest first."""
    words = {who: _words(text) for who, text in texts.items()}
    prints = {who: set(_fingerprints(found)) for who, found in words.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for who, found in prints.items():
        for one in found:
            holders[one].append(who)
    most = max(2, COMMON * len(texts))
    rare = {who: {one for one in found if len(holders[one]) <= most} for who, found in prints.items()}
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for who_all in holders.values():
        if 1 < len(who_all) <= most:
            for both in combinations(who_all, 2):
                shared[both] += 1
    found_pairs = [
        (count / min(len(rare[a]), len(rare[b])), a, b)
        for (a, b), count in shared.items()
        if min(len(rare[a]), len(rare[b])) >= LEAST
    ]
    near = sorted((one for one in found_pairs if one[0] >= NEAR), key=lambda one: (-one[0], one[1:]))
    return [Pair(a, b, share, side_by_side(texts[a], texts[b])) for share, a, b in near[:MOST_PAIRS]]


def _words(text: str) -> list[str]:
    found = (word for word in _WORD.findall(text) if not word.startswith("#"))
    return ["a" if (word[0].isalpha() or word[0] == "_") and word not in _KEPT else word for word in found]


def _fingerprints(words: list[str]) -> Iterator[int]:
    hashes = [zlib.crc32(" ".join(words[k : k + RUN]).encode()) for k in range(len(words) - RUN + 1)]
    for k in range(max(len(hashes) - WINDOW + 1, min(1, len(hashes)))):
        yield min(hashes[k : k + WINDOW])


def _without_names(lines: list[str]) -> list[str]:
    return [" ".join(_words(line)) for line in lines]


def side_by_side(first: str, second: str) -> list[tuple[str, str, bool]]:
    """The lines of two texts beside each other."""
    left, right = ([line for line in text.splitlines() if _words(line)][:MOST_LINES] for text in (first, second))
    matcher = difflib.SequenceMatcher(None, _without_names(left), _without_names(right))
    rows: list[tuple[str, str, bool]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        for k in range(max(b - a, d - c)):
            rows.append((left[a + k] if a + k < b else "", right[c + k] if c + k < d else "", tag == "equal"))
    return rows
