"""A file without ``example()`` or ``backprop``: completed by what can be made from what is in it, and tried."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from backproof.diagnosis.calls.adapter import built, found_in, joined, parts_of
from backproof.diagnosis.calls.case import Case, Player, Probe
from backproof.diagnosis.calls.failure import cannot_run
from backproof.diagnosis.calls.made_up import SAMPLES, examples
from backproof.diagnosis.calls.pairing import Pair, pairing_of
from backproof.diagnosis.diagnose import SECONDS, diagnose
from backproof.diagnosis.report import Diagnosis, Remark
from backproof.diagnosis.verdict.judging import Status, judge
from backproof.replay.loading import Program

MOST_TRIED = 36
TEMPLATE = """def example():  # the arguments of one small call
    rng = np.random.default_rng(0)
    return {"X": rng.normal(size=(5, 4)), "y": np.array([0, 1, 1, 0, 1]), "W": rng.normal(size=(4, 2))}


def backprop(X, y, W):  # call your own code here
    loss = ...
    return loss, {"W": ...}
"""


class Completed(NamedTuple):
    """A program with lines added, what it was called with, and the pairs of its gradients."""

    case: Case
    added: str
    arguments: Probe
    pairs: tuple[Pair, ...]


def lacks(program: Program) -> tuple[str, ...]:
    """What a file has to define and does not, of ``backprop`` and ``example``."""
    defined = {name for node in program.main.tree.body for name in _names(node)}
    return tuple(name for name in ("backprop", "example") if name not in defined)


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name) for alias in node.names]
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def diagnose_completed(program: Program, missing: tuple[str, ...], seconds: float = SECONDS) -> Diagnosis:
    """Diagnose a file that lacks something, with what can be made of it; else say what to add."""
    tree, file = program.main.tree, str(program.path)
    network = built(tree) if "backprop" in missing else None
    function = "" if "backprop" not in missing else joined(tree) or (network.text if network else None)
    if function is None:
        what = f"there is no function backprop; what was found: {found_in(tree)}"
        return Diagnosis("cannot run", what, file, suggestion=TEMPLATE)
    chosen = _chosen(program, function, missing, network.made if network else "")
    if chosen is None:
        lacking = " and no function ".join(missing)
        what = f"there is no function {lacking}, and no arguments could be made up that fit"
        return Diagnosis("cannot run", what, file, suggestion=function or TEMPLATE.partition("\n\n\n")[0] + "\n")
    found = diagnose(chosen.case, seconds)
    words = "was called as below" if "backprop" in missing else "was given the arguments below"
    remark = Remark("example", None, f"there is no {' and no '.join(missing)}, so the program {words}")
    return msgspec.structs.replace(found, remarks=[*found.remarks, remark], suggestion=chosen.added)


def _chosen(program: Program, function: str, missing: tuple[str, ...], net: str) -> Completed | None:
    """The completion with which the fewest gradients are wrong; the first of those."""
    best, fewest = None, 0
    for one in islice(_fitting(program, function, missing, net), MOST_TRIED):
        wrong = _count_wrong(one)
        if best is None or wrong < fewest:
            best, fewest = one, wrong
        if not wrong:
            break
    return best


def _fitting(program: Program, function: str, missing: tuple[str, ...], net: str) -> Iterator[Completed]:
    text = program.main.text
    tree = ast.parse(f"{text}\n{function}")
    parameters = next((part.takes for part in parts_of(tree) if part.name == "backprop"), ())
    texts = examples(tree, parameters, net) if "example" in missing else iter([""])
    for example in texts:
        added = "\n\n".join(part for part in (function, example) if part)
        found = _called(Case(Program(program.path, f"{text}\n\n\n{added}")), added)
        if found is not None:
            yield found


def _called(case: Case, added: str) -> Completed | None:
    """A completion that works; None where the call fails, or arrays of other shapes have spread over each other."""
    try:
        with Player(case, only=None, keep=True) as player:
            call = player.call()
            answer = call.answer()
    except Exception:
        return None
    if any(np.shape(record.value).count(SAMPLES) > 1 for record in call.records):
        return None  # each sample against each: no layout that was meant
    found = pairing_of(answer.gradients, call.arguments)
    if found.unmatched or found.ambiguous or not np.isfinite(float(answer.loss)):
        return None
    return Completed(case, added, call.arguments, found.pairs)


def _count_wrong(one: Completed) -> int:
    try:
        judgement = judge(one.case, one.arguments, one.pairs)
    except Exception:
        return len(one.pairs)
    return sum(g.status is not Status.RIGHT for g in judgement.gradients)


def diagnose_file(path: Path | str, seconds: float = SECONDS) -> Diagnosis:
    """Judge a file, completed where something is missing."""
    path = Path(path).absolute()
    try:
        program = Program(path)
        missing = lacks(program)
        if not missing or path.suffix != ".py":
            return diagnose(Case(program), seconds)
        return diagnose_completed(program, missing, seconds)
    except Exception as error:
        return cannot_run(error, path)
