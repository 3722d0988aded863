"""The program line by line: what each variable holds, beside what it should, and what it is computed from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Case, Player, Probe
from backproof.diagnosis.culprits.culprit import Culprit
from backproof.diagnosis.held import Held, assigned
from backproof.diagnosis.repair.bench import patched
from backproof.diagnosis.report import Annotation, Grid, Role, Shown, SourceLine
from backproof.diagnosis.verdict.judging import Judgement
from backproof.diagnosis.words import formula, variable_report
from backproof.replay.loading import Program
from backproof.replay.world import Visit

MOST_ROWS, MOST_COLUMNS = 12, 16  # of a grid
MOST_VARIABLES = 120
_CLOSE = 1e-7
_MOST_STEPS = 3_000_000  # of records times variables, for what is computed from what


def annotated(
    case: Case, judgement: Judgement, holding: Sequence[Held], culprits: Sequence[Culprit], probe: Probe
) -> Annotation:
    """Every variable of one call, in the order of the lines.

    Args:
        holding: the variables of the backward part.
        culprits: what is wrong; with them mended, the program gives the true values.
    """
    program = case.program
    backward = {one.place.key: one for one in holding}
    visits = dict(list(assigned(program, judgement).items())[:MOST_VARIABLES])
    true = _mended(case, probe, culprits, frozenset(visits)) if culprits else {}
    lines = {culprit.place.line for culprit in culprits}
    order = sorted(visits, key=lambda key: (program.expressions[key].line, program.expressions[key].column))
    uses = _uses(judgement, {key: visits[key] for key in order})
    shown = []
    for key in order:
        values = [judgement.tape.hi[judgement.call.records[k].value] for k in visits[key]]
        wanted = [true.get((key, judgement.call.records[k].occurrence)) for k in visits[key]]
        turn = _wrong_turn(values, wanted)
        at = len(values) - 1 if turn is None else turn
        one = backward.get(key, Held(program.expressions[key], (), False, ()))
        said = variable_report(program, one)
        in_the_loss = any(judgement.forward[judgement.call.records[k].value].any() for k in visits[key])
        is_backward = key in backward and not in_the_loss
        role = _role(is_backward, said.meaning, turn is not None, program.expressions[key].line in lines)
        grid, right = grid_of(values[at]), wanted[at]
        shown.append(
            Shown(said.file, said.line, said.cell, said.name, role, said.meaning, formula(program, one), grid,
                  grid_of(right) if turn is not None and right is not None else None,
                  [at + 1, len(values)], sorted(order.index(other) for other in uses[key]))
        )  # fmt: skip
    return Annotation(_sources(program, shown), shown)


def _role(is_backward: bool, meaning: str, is_wrong: bool, is_culprit: bool) -> Role:
    if is_culprit and (is_wrong or is_backward):
        return "wrong"
    if is_wrong:
        return "follows"
    if not is_backward:
        return "value"
    return "derivative" if meaning else "helper"


def _sources(program: Program, shown: Iterable[Shown]) -> dict[str, list[SourceLine]]:
    """The lines of every file that a variable stands in, the program's own first."""
    found: dict[str, list[SourceLine]] = {}
    for file in dict.fromkeys([str(program.path), *(one.file for one in shown)]):
        source = program.source(Path(file))
        lines = enumerate(source.text.rstrip("\n").split("\n"), 1)
        found[file] = []
        for number, text in lines:
            cell, line = source.cell(number) or (None, number)
            found[file].append(SourceLine(cell, line, text))
    return found


def _mended(case: Case, probe: Probe, culprits: Sequence[Culprit], keys: frozenset[int]) -> Mapping[Visit, np.ndarray]:
    """The values that a program has whose culprits are mended; none where that is not known."""
    replaced = {}
    if all(culprit.changes and culprit.proven for culprit in culprits):
        program = patched(case.program, *(culprit.changes[0] for culprit in culprits))
        if program is None:
            return {}
        case = case.patched(program)
    elif all(culprit.mend for culprit in culprits):
        replaced = {visit: v for culprit in culprits if culprit.mend for visit, v in culprit.mend.replaced.items()}
    else:
        return {}
    try:
        with Player(case, keys | {key for key, _ in replaced}, keep=True) as player:
            return {(r.key, r.occurrence): r.value for r in player.call(probe, replaced).records}
    except Exception:
        return {}


def _wrong_turn(values: Sequence[np.ndarray], wanted: Sequence[np.ndarray | None]) -> int | None:
    """The last time that a variable differs from what it should be."""
    different = [
        turn
        for turn, (value, true) in enumerate(zip(values, wanted, strict=True))
        if true is not None and not _same(value, true)
    ]
    return different[-1] if different else None


def _same(value: np.ndarray, true: np.ndarray) -> bool:
    if value.shape != true.shape:
        return False
    with np.errstate(invalid="ignore"):  # inf - inf, which is not the same
        return bool(np.abs(value - true).max(initial=0.0) <= _CLOSE * max(np.abs(true).max(initial=0.0), 1e-300))


def grid_of(value: np.ndarray) -> Grid:
    """Its numbers in rows, the first of them where there are many; of more than two axes the first ones in one."""
    flat = value.reshape(-1, value.shape[-1]) if value.ndim else value.reshape(1, 1)
    corner = flat[:MOST_ROWS, :MOST_COLUMNS]
    rows = [[float(f"{number:.6g}") for number in row] for row in corner.tolist()]
    return Grid(list(value.shape), rows, flat.shape != corner.shape)


class _Owners(NamedTuple):
    """For each entry of a tape the variable that holds it first, by its position; -1 for none."""

    of: np.ndarray
    keys: list[int]


def _uses(judgement: Judgement, visits: Mapping[int, Sequence[int]]) -> dict[int, set[int]]:
    """For each variable those that its values were computed from, through no other variable."""
    tape, records = judgement.tape, judgement.call.records
    if len(tape.records) * len(visits) > _MOST_STEPS:
        return {key: set() for key in visits}
    owners = _Owners(np.full(tape.size, -1), list(visits))
    every = sorted((position, k) for k, key in enumerate(owners.keys) for position in visits[key])
    for position, k in every:
        ids = records[position].value
        free = ids[(owners.of[ids] < 0) & ~tape.fixed[ids]]
        owners.of[free] = k
    return {key: _computed_from(judgement, owners, k, visits[key]) for k, key in enumerate(owners.keys)}


def _computed_from(judgement: Judgement, owners: _Owners, own: int, positions: Sequence[int]) -> set[int]:
    tape = judgement.tape
    reached = np.zeros(tape.size, bool)
    found: set[int] = set()
    for position in positions:
        ids = judgement.call.records[position].value.reshape(-1)
        found |= set(owners.of[ids].tolist())  # a part or a view of another variable
        reached[ids[owners.of[ids] == own]] = True
    for record in reversed(tape.records):
        made = np.asarray(record.made).reshape(-1)
        owned = reached[made] & (owners.of[made] >= 0) & (owners.of[made] != own)
        if owned.any():
            found |= set(owners.of[made[owned]].tolist())
            reached[made[owned]] = False
        if reached[made].any():
            record.marks(reached)
    return {owners.keys[k] for k in found - {-1, own}}
