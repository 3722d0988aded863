"""Which values may stand in the place of a candidate's: a series of them, turn by turn of the loop that it is in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from backproof.diagnosis.culprits.candidates import Candidate
from backproof.diagnosis.culprits.flow import Flow
from backproof.diagnosis.culprits.targets import Target, fitted
from backproof.replay.world import Visit


def replacements(
    candidate: Candidate, targets: Sequence[Target], flow: Flow | None = None
) -> list[tuple[Target, dict[Visit, np.ndarray]]]:
    """The ways to put a series in the place of a candidate's values; those first that point where the values do."""
    found: list[tuple[float, Target, dict[Visit, np.ndarray]]] = []
    for target in targets:
        for values, by_flow in _fitting(candidate, target, flow):
            visits = ((candidate.key, occurrence) for occurrence in candidate.occurrences)
            likeness = _likeness(candidate.values, values)
            if likeness is not None:
                found.append((likeness + by_flow, target, dict(zip(visits, values, strict=True))))
    # Where values are the same, what was passed as often tells more than a helper's variable.
    found.sort(key=lambda one: (-round(one[0], 9), len(one[1].values) != len(candidate.occurrences)))
    distinct: dict[bytes, tuple[Target, dict[Visit, np.ndarray]]] = {}
    for _, target, replaced in found:  # terms of a sum have the same adjoint as the sum
        distinct.setdefault(b"".join(value.tobytes() for value in replaced.values()), (target, replaced))
    return list(distinct.values())


def _likeness(values: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float | None:
    """The cosine between two series, without its sign; None where they are the same."""
    inner = sum(float(np.vdot(v, o)) for v, o in zip(values, others, strict=True))
    sizes = [sum(float(np.vdot(v, v)) for v in series) for series in (values, others)]
    if all(np.array_equal(v, o) for v, o in zip(values, others, strict=True)):
        return None
    size = (sizes[0] * sizes[1]) ** 0.5
    return abs(inner) / size if np.isfinite(size) and size > 0 else 0.0


def _fitting(candidate: Candidate, target: Target, flow: Flow | None) -> Iterator[tuple[list[np.ndarray], bool]]:
    """Values turn by turn, and whether data flow says so.

    A loop on the way back passes its turns in reverse, one over samples and layers in reverse within each sample.

    And a loop may leave out turns at either end. Where data flow says which turn belongs to which, it goes first.
    """
    many, have = len(candidate.occurrences), len(target.values)
    shapes = [value.shape for value in candidate.values]
    by_flow = None if flow is None or many > _MOST_BY_FLOW or have == 1 else _order_by_flow(candidate, target, flow)
    if many == 1:
        for turn, value in enumerate(target.values):
            fits = fitted(value, shapes[0])
            if fits is not None:
                yield [fits], by_flow == (turn,)
        return
    seen = set()
    for order in [*([by_flow] if by_flow is not None else []), *_orders(many, have)]:
        if order in seen:
            continue
        seen.add(order)
        values = [fitted(target.values[k], shape) for k, shape in zip(order, shapes, strict=True)]
        if all(value is not None for value in values):
            yield [value for value in values if value is not None], order == by_flow


_MOST_BY_FLOW = 60  # turns


def _order_by_flow(candidate: Candidate, target: Target, flow: Flow) -> tuple[int, ...] | None:
    """For each value of the candidate, the value of the series that it was computed from or beside."""
    turns: dict[int, int] = {}
    for turn, ids in enumerate(target.ids):
        for entry in ids.reshape(-1).tolist():
            turns[entry] = -1 if entry in turns else turn
    order = []
    for ids in candidate.ids:
        found = next((t for entry in _some(ids) if (t := _touched(entry, turns, flow))), set())
        if len(found) != 1 or -1 in found:
            return None
        order.append(found.pop())
    return tuple(order)


def _some(ids: np.ndarray) -> list[int]:
    """A few of its entries: the first may be a constant, as in ``np.where``."""
    return list(dict.fromkeys(ids.reshape(-1)[:: max(1, ids.size // 6)].tolist()))


def _touched(entry: int, turns: dict[int, int], flow: Flow) -> set[int]:
    return next((t for level in flow.touched(entry) if (t := {turns[e] for e in level if e in turns})), set())


_MOST_TURNS, _MOST_OFFSETS = 300, 4


def _orders(many: int, have: int) -> Iterator[tuple[int, ...]]:
    """Which of ``have`` values go to ``many`` places."""
    if many > _MOST_TURNS or have > _MOST_TURNS:
        return
    for block in (many, *(b for b in range(2, many) if many % b == 0)):
        blocks = many // block
        if have % blocks:
            continue
        width = have // blocks  # values of the series in each block
        for offset in range(min(max(0, width - block), _MOST_OFFSETS) + 1):
            for down in (True, False):
                inside = [block - 1 - k if down else k for k in range(block)]
                order = tuple(b * width + offset + k for b in range(blocks) for k in inside)
                if max(order) < have:
                    yield order
    if have == 1:
        yield (0,) * many
