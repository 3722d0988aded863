"""Which returned gradient belongs to which argument: by key, then by order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from backproof.diagnosis.calls.answer import LOSS, Answer
from backproof.diagnosis.calls.leaves import Where, listed, spelled
from backproof.diagnosis.completing.made_up import BIASES, DATA, LABELS, WEIGHTS

Shape = tuple[int, ...]


class Pair(NamedTuple):
    """A gradient and its parameter: where it stands in what was returned, and in the arguments."""

    gradient: Where
    parameter: Where


class Pairing(NamedTuple):
    """The pairs, and what stayed alone.

    Attributes:
        pairs: in the order of the gradients.
        unmatched: gradients that find no parameter.
        others: what is returned beside the gradients of all parameters and belongs to no argument, as a course's "dA1".
        ambiguous: gradients that find several, with those.
        without: parameters beside others (in one dict, list or object) that have gradients, and have none themselves.
        by_order: whether the order decided, not names.
    """

    pairs: tuple[Pair, ...]
    unmatched: tuple[Where, ...] = ()
    others: tuple[Where, ...] = ()
    ambiguous: tuple[tuple[Where, tuple[Where, ...]], ...] = ()
    without: tuple[Where, ...] = ()
    by_order: bool = False


LOSS_PAIR = Pair(LOSS, LOSS)  # the loss itself, where a reference says what it must be


def pairing_of(answer: Answer, arguments: Mapping[Where, Any], names: Sequence[str] = ()) -> Pairing:
    """Pair the gradients that came back with the arguments that were handed in.

    Args:
        names: the variables that were returned, "" for other expressions.
    """
    gradients = {where: gradient for where, gradient in answer.gradients.items() if where != LOSS}
    own = names if answer.loss is None else names[1:]
    found = paired(_shapes(gradients), _shapes(arguments), own)
    return found if LOSS not in answer.gradients else found._replace(pairs=(LOSS_PAIR, *found.pairs))


def _shapes(leaves: Mapping[Where, Any]) -> dict[Where, Shape]:
    return {where: np.shape(leaf) for where, leaf in leaves.items()}


def paired(gradients: Mapping[Where, Shape], arguments: Mapping[Where, Shape], names: Sequence[str] = ()) -> Pairing:
    """Pair gradients with arguments.

    Args:
        gradients: the shape of every returned gradient, in order.
        arguments: the shape of every argument.
        names: where the gradients came as a tuple, the variables that its parts were; "" for other expressions.
    """
    named = any(isinstance(step, str) for where in gradients for step in where)
    if not named and names and all(names) and len(names) == len({where[:1] for where in gradients}):
        renamed = {(names[int(where[0])], *where[1:]): where for where in gradients}
        found = _by_name({name: gradients[where] for name, where in renamed.items()}, arguments)
        if not found.unmatched and not found.ambiguous:
            pairs = tuple(Pair(renamed[pair.gradient], pair.parameter) for pair in found.pairs)
            return found._replace(pairs=pairs, by_order=True)
    return _by_dotted_name(gradients, arguments) if named else _by_order(gradients, arguments)


def _by_dotted_name(gradients: Mapping[Where, Shape], arguments: Mapping[Where, Shape]) -> Pairing:
    """By name; a key with dots, as ``"layers.0.weight"``, is the way to a parameter."""
    ways = {tuple(part for step in where for part in _steps(step)): where for where in gradients}
    found = _by_name({way: gradients[where] for way, where in ways.items()}, arguments)
    if found.unmatched or found.ambiguous or len(ways) < len(gradients):
        return _by_name(gradients, arguments)
    return found._replace(
        pairs=tuple(Pair(ways[pair.gradient], pair.parameter) for pair in found.pairs),
        others=tuple(ways[other] for other in found.others),
    )


def _steps(step: str | int) -> Where:
    parts = step.split(".") if isinstance(step, str) else [step]
    return tuple(int(part) if isinstance(part, str) and part.isdecimal() else part for part in parts)


# By name: ``dW1`` is ``W1`` with something before it. What stands before or after is learned from the names themselves.


def _by_name(gradients: Mapping[Where, Shape], arguments: Mapping[Where, Shape]) -> Pairing:
    best: tuple[int, dict[Where, list[Where]]] | None = None
    for folded in (False, True):
        for extra in _extras(gradients, arguments, folded):
            found = {g: _ends_with(arguments, _bare(g, extra, folded), folded) for g in gradients}
            full = {g: found[g] or _ends_with(arguments, _fold(g, folded), folded) for g in gradients}
            once = [tuple(ways) for ways in full.values() if len(ways) == 1]
            score = len(set(once)) * 1000 - len(extra[0]) - len(extra[1]) - (500 if folded else 0)
            if best is None or score > best[0]:
                best = score, full
    matches = _settled(best[1] if best else {}, gradients, arguments)
    pairs = tuple(Pair(g, ways[0]) for g, ways in matches.items() if len(ways) == 1)
    alone = tuple(g for g in gradients if not matches.get(g))
    left = set(arguments) - {pair.parameter for pair in pairs}
    complete = bool(pairs) and not any(_may_be_parameter(where, arguments[where]) for where in left)
    return Pairing(
        pairs,
        unmatched=() if complete else alone,
        others=alone if complete else (),
        ambiguous=tuple((g, tuple(ways)) for g, ways in matches.items() if len(ways) > 1),
        without=_without([pair.parameter for pair in pairs], arguments),
    )


def _fold(where: Where, folded: bool) -> Where:
    return tuple(step.lower() if folded and isinstance(step, str) else step for step in where)


def _extras(gradients: Mapping[Where, Shape], arguments: Mapping[Where, Shape], folded: bool) -> set[tuple[str, str]]:
    """What may stand before and after a parameter's name: from every name that holds another."""
    have = {step for where in arguments for step in _fold(where, folded) if isinstance(step, str)}
    found = {("", "")}
    for where in gradients:
        for step in _fold(where, folded):
            if isinstance(step, str):
                for name in have:
                    before, inside, after = step.partition(name)
                    if inside and len(before) + len(after) <= 12:
                        found.add((before, after))
    return found


def _bare(where: Where, extra: tuple[str, str], folded: bool) -> Where:
    before, after = extra

    def bare(step: str | int) -> str | int:
        if not isinstance(step, str):
            return step
        fits = step.startswith(before) and step.endswith(after) and len(step) > len(before) + len(after)
        return step[len(before) : len(step) - len(after)] if fits else step

    return tuple(map(bare, _fold(where, folded)))


def _ends_with(arguments: Mapping[Where, Shape], tail: Where, folded: bool) -> list[Where]:
    """The arguments whose way ends so, or holds these steps in this order if none does."""
    ends = [a for a in arguments if _fold(a, folded)[-len(tail) :] == tail]
    whole = [a for a in ends if len(a) == len(tail)]
    return (
        whole
        or ends
        or [a for a in arguments if a and _fold(a, folded)[-1:] == tail[-1:] and _in_order(tail, _fold(a, folded))]
    )


def _in_order(few: Where, many: Where) -> bool:
    steps = iter(many)
    return all(step in steps for step in few)


def _settled(
    matches: Mapping[Where, list[Where]], gradients: Mapping[Where, Shape], arguments: Mapping[Where, Shape]
) -> dict[Where, list[Where]]:
    """Several that fit are fewer by shape, and without those that others have taken."""
    taken = {ways[0] for ways in matches.values() if len(ways) == 1}
    settled = {}
    for gradient, ways in matches.items():
        if len(ways) > 1:
            ways = [w for w in ways if w not in taken] or ways
            ways = [w for w in ways if arguments[w] == gradients[gradient]] or ways
        settled[gradient] = ways
    return settled


def _may_be_parameter(where: Where, shape: Shape) -> bool:
    """Whether an argument may be what a gradient is of: data, labels and rates are not."""
    name = next((step for step in reversed(where) if isinstance(step, str)), "")
    if WEIGHTS.match(name) or BIASES.match(name):
        return True
    return bool(shape) and not (DATA.match(name) or LABELS.match(name))


def _without(parameters: Sequence[Where], arguments: Iterable[Where]) -> tuple[Where, ...]:
    """Arguments in the same container as parameters, of the same depth, that have no gradient."""
    homes = {where[:-1] for where in parameters if len(where) > 1}
    return tuple(a for a in arguments if len(a) > 1 and a[:-1] in homes and a not in parameters)


# By order.


def _by_order(gradients: Mapping[Where, Shape], arguments: Mapping[Where, Shape]) -> Pairing:
    """The one argument whose parts have the gradients' shapes, in order; else the last of all parts that have.

    What an object keeps as ``grad`` beside its number is no parameter.
    """
    wanted = list(gradients.values())
    ways = [where for where in arguments if where[-1:] != ("grad",)]
    roots = [[where for where in ways if where[:1] == root] for root in dict.fromkeys(where[:1] for where in ways)]
    whole = [inside for inside in roots if [arguments[where] for where in inside] == wanted]
    ways = whole[0] if len(whole) == 1 else ways
    places = _fitting([arguments[way] for way in ways], wanted)
    if places is None:
        if len(wanted) > len(ways):
            return Pairing((), unmatched=tuple(gradients), by_order=True)
        places = _likeliest([arguments[way] for way in ways], wanted)
    pairs = tuple(Pair(g, ways[place]) for g, place in zip(gradients, places, strict=True))
    return Pairing(pairs, without=_without([pair.parameter for pair in pairs], ways), by_order=True)


def _fitting(have: list[Shape], wanted: list[Shape]) -> list[int] | None:
    """Places in increasing order with these shapes: side by side if possible, as late as possible."""
    count = len(wanted)
    for start in range(len(have) - count, -1, -1):
        if have[start : start + count] == wanted:
            return list(range(start, start + count))
    places: list[int] = []
    last = len(have)
    for shape in reversed(wanted):
        last = next((place for place in range(last - 1, -1, -1) if have[place] == shape), -1)
        if last < 0:
            return None
        places.append(last)
    assert all(later > earlier for later, earlier in pairwise(places))
    return places[::-1]


def _likeliest(have: list[Shape], wanted: list[Shape]) -> list[int]:
    """Places side by side, most of which have the shapes: one gradient may have a wrong one."""
    count = len(wanted)
    starts = range(len(have) - count, -1, -1)
    start = max(starts, key=lambda s: sum(map(tuple.__eq__, have[s : s + count], wanted)))
    return list(range(start, start + count))


def sentence(pairing: Pairing, arguments: Iterable[Where]) -> str:
    """What was paired, in words, but for what the names say themselves; "" where that is all."""
    pairs = [pair for pair in pairing.pairs if pair != LOSS_PAIR]
    parameters = [pair.parameter for pair in pairs]
    told = [f"{spelled(g)} is that of {spelled(p)}".lstrip() for g, p in pairs if not _is_evident(g, p)]
    said = [f"the gradients are of {listed(parameters)}, in this order"] if pairing.by_order else []
    if told and not pairing.by_order:
        said = [f"the gradient {', '.join(told)}"]
    roots = {parameter[0] for parameter in parameters}
    others = [a for a in arguments if a not in parameters]
    rest = list(dict.fromkeys(a if a[0] in roots else a[:1] for a in others))
    without = [f"{'none' if said else 'no gradient'} is returned for {listed(rest)}"] if rest else []
    alone = [f"not judged, as it belongs to no argument: {', '.join(map(spelled, pairing.others))}"]
    return "; ".join([*said, *without, *(alone if pairing.others else [])])


def _is_evident(gradient: Where, parameter: Where) -> bool:
    """Whether a gradient is called after its parameter: ``dW1`` or ``grads["W1"]`` after ``net.params["W1"]``."""
    whole = spelled(parameter)
    if spelled(gradient) in (whole, f"d{whole}"):
        return True
    last, of = (where[-1] if where else None for where in (gradient, parameter))
    return isinstance(last, str) and isinstance(of, str) and last in (of, f"d{of}")
