"""A second look at a call: whether it gives the same again, writes into its arguments, or draws without a seed."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import numpy as np

from backproof.diagnosis.calls.answer import Answer
from backproof.diagnosis.calls.case import SEED, Case, FloatCall, Player
from backproof.diagnosis.calls.leaves import listed
from backproof.diagnosis.report import Remark
from backproof.replay.places import Expression


def look_again(player: Player, call: FloatCall, answer: Answer) -> list[Remark]:
    """What two more calls with the same arguments show."""
    found = []
    after = call.after()
    keeps = not _same(answer, player.call(call.arguments).answer())
    if keeps:
        text = "a second call with the same arguments gives other numbers: something is kept from call to call"
        found.append(Remark("state", None, text))
    written = [where for where, left in after.items() if not _same_numbers(call.arguments[where], left)]
    if written:
        verb = "is" if len(written) == 1 else "are"
        text = f"{listed(written)} {verb} changed by the call: give it copies to keep the old values"
        found.append(Remark("writes", None, text))
    if not keeps and not _same(answer, player.call(call.arguments, seed=SEED + 1).answer()):
        text = "random numbers are drawn without a seed, so that each run gives other gradients"
        found.append(Remark("random", None, text))
    return found


def where_another(case: Case) -> Expression | None:
    """The first expression whose value is another in the second of two equal calls."""
    with Player(case, only=None, keep=True) as player:
        first = player.call()
        before = list(first.records)
        after = player.call(first.arguments).records
    for one, other in zip_longest(before, after):
        if other is None:
            return None
        if one is None or one.key != other.key or not _same_numbers(one.value, other.value):
            return case.program.expressions[other.key]
    return None


def _same(one: Answer, other: Answer) -> bool:
    if one.gradients.keys() != other.gradients.keys():
        return False
    pairs = [*zip(numbers_of(one), numbers_of(other), strict=True)]
    return all(np.array_equal(np.asarray(a, float), np.asarray(b, float), equal_nan=True) for a, b in pairs)


def numbers_of(answer: Answer) -> list[Any]:
    """Everything that came back."""
    return [*answer.gradients.values(), *([] if answer.loss is None else [answer.loss])]


def _same_numbers(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)
