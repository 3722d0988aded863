"""Which values may stand in the place of a candidate's: a series of them, turn by turn of the loop that it is in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from backproof.diagnosis.culprits.candidates import Candidate
from backproof.diagnosis.culprits.flow import Flow
from backproof.diagnosis.culprits.gains import Gains
from backproof.diagnosis.culprits.targets import Fit, Target, fitted
from backproof.replay.world import Visit

Ordered = tuple[Target, tuple[int, ...], bool]  # a series, which of its values goes to each turn, if data flow says so


def replacements(
    candidate: Candidate,
    targets: Sequence[Target],
    flow: Flow | None = None,
    fit: Fit = fitted,
    gains: Gains | None = None,
) -> list[tuple[Target, dict[Visit, np.ndarray]]]:
    """The ways to put a series in the place of a candidate's values; those first that point where the values do.

    Args:
        gains: what the gradients gain by each value; ways by which they don't gain what they lack are left out.
    """
    found: dict[bytes, tuple[tuple[bool, bool], Target, list[np.ndarray]]] = {}
    ordered = (one for target in targets for one in _ordered(candidate, target, flow, fit))
    for target, order, by_flow in ordered if gains is None else _enough(candidate, targets, flow, gains):
        values = _values(candidate, target, order, fit)
        if values is None:
            continue
        as_often = len(target.values) == len(candidate.occurrences)  # tells more than a helper's variable
        name = b"".join(value.tobytes() for value in values)  # terms of a sum have the same adjoint as the sum
        if name not in found or (by_flow, as_often) > found[name][0]:
            found[name] = (by_flow, as_often), target, values
    ranked = []
    for (by_flow, as_often), target, values in found.values():
        likeness = _likeness(candidate.values, values)
        if likeness is not None:
            ranked.append((round(likeness + by_flow, 9), as_often, target, values))
    ranked.sort(key=lambda one: one[:2], reverse=True)
    visits = [(candidate.key, occurrence) for occurrence in candidate.occurrences]
    return [(target, dict(zip(visits, values, strict=True))) for _, _, target, values in ranked]


def _likeness(values: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float | None:
    """The cosine between two series, without its sign; None where they are the same."""
    both = [(v, o) if v.shape == o.shape else np.broadcast_arrays(v, o) for v, o in zip(values, others, strict=True)]
    v, o = (
        both[0][side].reshape(-1) if len(both) == 1 else np.concatenate([pair[side].reshape(-1) for pair in both])
        for side in (0, 1)
    )
    if (v == o).all():
        return None
    size = float((v @ v) * (o @ o)) ** 0.5
    return abs(float(v @ o)) / size if np.isfinite(size) and size > 0 else 0.0


def _ordered(candidate: Candidate, target: Target, flow: Flow | None, fit: Fit) -> Iterator[Ordered]:
    """The orders of a target's values, if any of them fits.

    A loop on the way back passes its turns in reverse, one over samples and layers in reverse within each sample.

    And a loop may leave out turns at either end. Where data flow says which turn belongs to which, it goes first.
    """
    shapes = {value.shape for value in candidate.values}
    of_each_shape = {value.shape: value for value in target.values}.values()
    if all(fit(value, shape) is None for value in of_each_shape for shape in shapes):
        return
    by_flow = _by_flow(candidate, target, flow)
    orders = _orders(len(candidate.occurrences), len(target.values))
    for order in dict.fromkeys([*([by_flow] if by_flow is not None else []), *orders]):
        yield target, order, order == by_flow


def _enough(candidate: Candidate, targets: Sequence[Target], flow: Flow | None, gains: Gains) -> Iterator[Ordered]:
    """The orders by which the gradients gain what they lack."""
    many = len(candidate.occurrences)
    by_length: dict[int, list[int]] = {}
    for number, target in enumerate(targets):
        by_length.setdefault(len(target.values), []).append(number)
    for have, numbers in by_length.items():
        orders = _orders(many, have)
        if orders:
            for row, column in np.argwhere(gains.are_enough(np.array(numbers), np.array(orders))):
                target, order = targets[numbers[row]], orders[column]
                yield target, order, order == _by_flow(candidate, target, flow)
        for number in numbers:
            by_flow = _by_flow(candidate, targets[number], flow)
            known = by_flow is None or by_flow in orders
            if by_flow is not None and not known and gains.are_enough(np.array([number]), np.array([by_flow])).any():
                yield targets[number], by_flow, True


def _values(candidate: Candidate, target: Target, order: Sequence[int], fit: Fit) -> list[np.ndarray] | None:
    """The values turn by turn; None where one does not fit."""
    values = [fit(target.values[k], value.shape) for k, value in zip(order, candidate.values, strict=True)]
    return [value for value in values if value is not None] if all(value is not None for value in values) else None


def _by_flow(candidate: Candidate, target: Target, flow: Flow | None) -> tuple[int, ...] | None:
    if flow is None or len(candidate.occurrences) > _MOST_BY_FLOW or len(target.values) == 1:
        return None
    return _order_by_flow(candidate, target, flow)


_MOST_BY_FLOW = 60  # turns


def _order_by_flow(candidate: Candidate, target: Target, flow: Flow) -> tuple[int, ...] | None:
    """For each value of the candidate, the value of the series that it was computed from or beside."""
    known = candidate.key, id(target.ids)
    if known not in flow.orders:
        flow.orders[known] = _nearest_turns(candidate, target, flow)
    return flow.orders[known]


def _nearest_turns(candidate: Candidate, target: Target, flow: Flow) -> tuple[int, ...] | None:
    turns = flow.turns(target.ids)
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


@cache
def _orders(many: int, have: int) -> tuple[tuple[int, ...], ...]:
    return tuple(dict.fromkeys(_all_orders(many, have)))


def _all_orders(many: int, have: int) -> Iterator[tuple[int, ...]]:
    """Which of ``have`` values go to ``many`` places."""
    if many == 1:
        yield from ((turn,) for turn in range(have))
        return
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
