"""From wrong gradients to culprits, whose changes are proven together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product

from backproof.diagnosis.calls.case import Case, Probe
from backproof.diagnosis.calls.deadline import spent
from backproof.diagnosis.calls.pairing import Pair
from backproof.diagnosis.culprits.culprit import Culprit
from backproof.diagnosis.culprits.search import Search
from backproof.diagnosis.culprits.wanted import wanted_of
from backproof.diagnosis.repair.bench import Bench
from backproof.diagnosis.verdict.judging import Judgement


def find_culprits(
    case: Case, judgement: Judgement, probes: Sequence[Probe], pairs: tuple[Pair, ...], seconds: float
) -> list[Culprit]:
    """The culprits of a program some of whose gradients are wrong.

    Args:
        judgement: of the first probe.
        probes: all of them; a patch is proven at each.
        seconds: that the search may take of the processor.
    """
    wanted = wanted_of(judgement, probes[0], case)
    wrong = wanted.positions - judgement.right
    bench = Bench(case, wanted, pairs, tuple(probes), {}, wanted.positions)
    return _proven(bench, Search(case, judgement, bench, spent() + seconds, seconds, wrong).run())


def _proven(bench: Bench, found: list[Culprit]) -> list[Culprit]:
    """Several culprits' patches are proven together; those that are not are taken back."""
    if len(found) < 2:
        return found
    with_changes = [c for c in found if c.changes]
    for together in islice(product(*(c.changes for c in with_changes)), 8):
        if len(with_changes) == len(found) and bench.proven(together):
            chosen = dict(zip(map(id, with_changes), together, strict=True))
            return [replace(c, changes=(chosen[id(c)],)) for c in found]
    return [replace(c, proven=False) for c in found]
