"""What an edit does to a program, by exact replay alone: nothing, a wrong gradient, or a program that cannot run."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

import numpy as np

from backproof.diagnosis.calls.case import Case, Player
from backproof.diagnosis.calls.pairing import Pair, pairing_of
from backproof.diagnosis.calls.probes import drawn
from backproof.diagnosis.culprits.candidates import computing_the_loss
from backproof.diagnosis.verdict.judging import Status, judge
from backproof.replay.loading import Program


class Class(Enum):
    """What became of a program."""

    EQUIVALENT = "equivalent"
    CHANGED = "changed"
    CANNOT_RUN = "cannot run"


def pairs_of(case: Case) -> tuple[Pair, ...]:
    """The pairs of the correct program."""
    with Player(case) as player:
        call = player.call()
    return pairing_of(call.answer(), call.arguments, case.returned_names).pairs


def class_of(path: Path, text: str, pairs: tuple[Pair, ...]) -> Class:
    """The class of an edited program."""
    case = Case(Program(path, text))
    try:
        with Player(case) as player:
            example = player.call().arguments
            probes = [example]
            for seed, times in ((1, 1.0), (2, 3.0)):
                probes.append(player.call(drawn(example, {p.parameter for p in pairs}, times, seed)).arguments)
        judged = [judge(case, probe, pairs) for probe in probes]
    except Exception:
        return Class.CANNOT_RUN
    statuses = {g.status for j in judged for g in j.gradients}
    if statuses <= {Status.RIGHT}:
        return Class.EQUIVALENT
    return Class.CHANGED if statuses & {Status.WRONG, Status.SHAPE} else Class.CANNOT_RUN


def backward_lines(path: Path) -> set[int]:
    """The lines that compute gradients: what they compute has a part in them, and none in the loss.

    What computes the loss too, as a helper that both ways call, is no part of the way back.
    """
    case = Case(Program(path))
    pairs = pairs_of(case)
    with Player(case) as player:
        judgement = judge(case, player.call().arguments, pairs)
    tape = judgement.tape
    used = judgement.forward
    parts = tape.reaching(np.concatenate([ids.reshape(-1) for ids in judgement.entries]))
    found = set()
    for record in judgement.call.records:
        ids = record.value[record.value != 0]
        place = case.program.expressions[record.key]
        if ids.size and not used[ids].any() and parts[ids].any() and place.file == str(case.program.path):
            found.add(place.line)
    forward = {case.program.expressions[key].line for key in computing_the_loss(judgement)}
    return found - forward
