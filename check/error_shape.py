"""The shape of an error: what a learner can see of it without knowing its cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backproof.arithmetic import ProofError
from check.cases import Case, Trial

CLOSE = 1e-3  # of two ratios that are said to be the same; float32 leaves about four digits after the cancellation

LOGIT = {"A1": "Z1", "dZ1": "Z1", "A2": "Z2", "dZ2": "Z2", "loss": "Z2"}  # whose function each line is


@dataclass(frozen=True)
class Seen:
    """One case: the learner's values and the right ones, from their own earlier lines; (n, h) or as the line is."""

    case: Case
    values: np.ndarray
    right: np.ndarray
    wrong: np.ndarray  # where they differ by more than rounding


@dataclass(frozen=True)
class Worst:
    """The entry that is furthest off."""

    probe: str
    entry: tuple[int, ...]
    value: float
    right: float


def look(trial: Trial, line: str) -> list[Seen]:
    """The cases in which a line has its right shape and is finite."""
    seen = []
    for case in trial.cases:
        shown = case.lines.get(line)
        if shown is None or not shown.finite or shown.layout in ("mean", "other"):
            continue
        try:
            with np.errstate(all="ignore"):
                both = [case.own(given).right(line) for given in (False, True)]
        except ProofError:
            continue
        wrong = ~(both[0].inside(shown.values) | both[1].inside(shown.values))
        seen.append(Seen(case, shown.values.astype(np.float64), both[0].hi, wrong))
    return seen


def worst(seen: list[Seen]) -> Worst | None:
    """The entry with the largest error, of the first case that has one."""
    for each in seen:
        error = np.where(each.wrong, np.abs(each.values - each.right), 0)
        if error.any():
            entry = tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), error.shape))
            return Worst(each.case.probe.name, entry, float(each.values[entry]), float(each.right[entry]))
    return None


def describe(trial: Trial, line: str) -> str:
    """What can be seen of the error in this line, in a sentence or two."""
    shown = [case.lines[line] for case in trial.cases if line in case.lines]
    for each in shown:
        if not each.finite:
            bad = int(np.count_nonzero(~np.isfinite(each.values)))
            return f"{bad} of {each.values.size} entries are not finite numbers."
    for case in trial.cases:
        odd = case.lines.get(line)
        if odd is not None and odd.layout == "other":
            return f"It has the shape {odd.shape} for n = {len(case.probe.y)} sample(s)."
    seen = look(trial, line)
    off = [each for each in seen if each.wrong.any()]
    if not off:
        return "It is no number that this line can have."
    for pattern in (_factor, _proportional, _clipped, _rows, _signs, _saturated, _single):
        if said := pattern(line, seen, off):
            return said
    wrong, total = sum(int(e.wrong.sum()) for e in off), sum(e.wrong.size for e in off)
    if wrong == total:
        return "Every entry is wrong, by no common factor."
    right_elsewhere = [each.case.probe.name for each in seen if not each.wrong.any()]
    where = f"; all is right on {', '.join(dict.fromkeys(right_elsewhere))}" if right_elsewhere else ""
    return f"{wrong} of {total} entries are wrong{where}."


def _ratios(each: Seen) -> np.ndarray:
    large = np.abs(each.right) > 1e-6 * np.abs(each.right).max(initial=0)
    return each.values[large] / each.right[large]


def _same(values: np.ndarray, value: float) -> bool:
    return bool(values.size and np.all(np.abs(values - value) <= CLOSE * max(abs(value), 1e-30)))


def _factor(_line: str, seen: list[Seen], off: list[Seen]) -> str | None:
    """A constant factor, and which."""
    found = []
    for each in seen:
        ratios = _ratios(each)
        if not ratios.size:
            continue
        median = float(np.median(ratios))
        if not _same(ratios, median):
            return None
        found.append((each, median))
    if not found:
        return None
    if all(abs(factor) <= CLOSE for _, factor in found):
        return "Every entry is 0."
    sizes: tuple[tuple[str, Callable[[Seen], float]], ...] = (
        ("-1: the sign is the wrong way round", lambda _: -1.0),
        ("2", lambda _: 2.0),
        ("1/2", lambda _: 0.5),
        ("n, the number of samples", lambda e: len(e.case.probe.y)),
        ("1/n, n being the number of samples", lambda e: 1 / len(e.case.probe.y)),
        ("-n, n being the number of samples", lambda e: -len(e.case.probe.y)),
        ("-1/n, n being the number of samples", lambda e: -1 / len(e.case.probe.y)),
        ("h, the number of hidden units", lambda e: len(e.case.probe.parameters.b1)),
        ("1/h, h being the number of hidden units", lambda e: 1 / len(e.case.probe.parameters.b1)),
        ("d, the number of pixels", lambda e: e.case.probe.X.shape[1]),
        (
            "n/d, as if pixels were samples",
            lambda e: len(e.case.probe.y) / e.case.probe.X.shape[1],
        ),
        ("1/d, d being the number of pixels", lambda e: 1 / e.case.probe.X.shape[1]),
    )
    for name, size in sizes:
        if all(abs(factor - size(each)) <= CLOSE * abs(size(each)) for each, factor in found):
            return f"Every entry is off by the same factor: {name}."
    factors = [factor for _, factor in found]
    if max(factors) - min(factors) <= CLOSE * max(map(abs, factors)):
        factor = factors[0]
        near = f"1 {'-' if factor < 1 else '+'} {abs(factor - 1):.3g}"
        return f"Every entry is off by the same factor: {near if abs(factor - 1) < CLOSE else f'{factor:.6g}'}."
    each, factor = next((e, f) for e, f in found if e is off[0])
    return f"Within each probe every entry is off by one factor ({factor:.4g} on {each.case.probe.name})."


def _proportional(line: str, _seen: list[Seen], off: list[Seen]) -> str | None:
    """An extra term that is a multiple of the parameter."""
    if line[0] != "d" or line[1:] not in ("W1", "b1", "W2", "b2"):
        return None
    factors = []
    for each in off:
        parameter = getattr(each.case.probe.parameters, line[1:])
        ratios = ((each.values - each.right) / parameter)[parameter != 0]
        if ratios.size < 2 or not _same(ratios, float(np.median(ratios))):
            return None
        factors.append(float(np.median(ratios)))
    same = _same(np.array(factors), factors[0])
    factor = f"{factors[0]:.4g} times " if same else "a multiple of "
    return f"What is added to the right values is {factor}{line[1:]} itself, as weight decay would."


def _clipped(_line: str, _seen: list[Seen], off: list[Seen]) -> str | None:
    """The wrong entries all 0, or all at one limit."""
    wrong = np.concatenate([each.values[each.wrong] for each in off])
    if not wrong.any():
        return "The wrong entries are all 0."
    limit = float(np.abs(wrong[0]))
    inside = all(np.all(np.abs(each.values) <= limit * (1 + CLOSE)) for each in off)
    if len(wrong) > 2 and inside and np.all(np.abs(wrong) == limit):
        return f"The wrong entries are all {limit:.6g} or -{limit:.6g}: the line is clipped there."
    return None


def _rows(line: str, _seen: list[Seen], off: list[Seen]) -> str | None:
    """Whole samples only."""
    if line not in ("Z1", "A1", "Z2", "A2", "loss", "dZ2", "dA1", "dZ1"):
        return None
    many = [(e, np.any(e.wrong.reshape(len(e.wrong), -1), axis=1)) for e in off if len(e.wrong) > 1]
    for label in (0, 1):
        if many and all(np.array_equal(rows, each.case.probe.y == label) for each, rows in many):
            return f"It is wrong exactly for the samples with y = {label}."
    ends = (("first", 0), ("last", -1))
    for name, index in ends:
        if many and all(np.flatnonzero(rows).tolist() == [range(len(rows))[index]] for _, rows in many):
            return f"It is wrong for the {name} sample only."
    return None


def _signs(line: str, _seen: list[Seen], off: list[Seen]) -> str | None:
    """Only where the logit of that entry is negative, or positive."""
    logit = LOGIT.get(line)
    if logit is None:
        return None
    for name, sign in (("negative", -1), ("positive", 1)):
        masks = [(e, np.sign(_logit(e, logit)) == sign) for e in off]
        if all(np.array_equal(e.wrong.ravel(), mask.ravel()) for e, mask in masks):
            return f"It is wrong exactly where {logit} is {name}."
    return None


def _saturated(line: str, seen: list[Seen], off: list[Seen]) -> str | None:
    """Only where the logit of that entry is large."""
    logit = LOGIT.get(line)
    if logit is None:
        return None
    smallest = min(float(np.abs(_logit(e, logit)).ravel()[e.wrong.ravel()].min()) for e in off)
    largest = max((float(np.abs(_logit(e, logit)).ravel()[~e.wrong.ravel()].max(initial=0)) for e in seen), default=0)
    if smallest > max(largest, 2.0):
        return f"It is wrong only where |{logit}| is above {largest:.2g}: in saturated units."
    return None


def _logit(each: Seen, name: str) -> np.ndarray:
    shown = each.case.lines.get(name)
    if shown is not None and shown.finite and shown.layout not in ("mean", "other"):
        return np.asarray(shown.values, np.float64)
    (W1, b1, W2, b2), X = each.case.probe.parameters, each.case.probe.X
    Z1 = X @ W1.T + b1
    return Z1 if name == "Z1" else 1 / (1 + np.exp(-Z1)) @ W2.T + b2


def _single(line: str, _seen: list[Seen], off: list[Seen]) -> str | None:
    """One row or one column."""
    axes = {"dW1": ("row", "column"), "Z1": ("row", "column"), "A1": ("row", "column")}
    rows, columns = axes.get(line, ("row", "column"))
    flat = [e.wrong for e in off if e.wrong.ndim == 2 and min(e.wrong.shape) > 1]
    if len(flat) < len(off):
        return None
    for name, axis in ((columns, 0), (rows, 1)):
        which = {tuple(np.flatnonzero(wrong.any(axis)).tolist()) for wrong in flat}
        if len(which) == 1 and len(one := next(iter(which))) == 1:
            return f"Only {name} {one[0]} is wrong."
        last = [np.flatnonzero(wrong.any(axis)).tolist() == [wrong.shape[1 - axis] - 1] for wrong in flat]
        if all(last):
            return f"Only the last {name} is wrong."
    return None
