"""A file without ``example()`` or ``backprop``: completed by what can be made from what is in it, and tried."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from backproof.diagnosis.calls.adapter import VALUE, built, found_in, joined
from backproof.diagnosis.calls.answer import is_number
from backproof.diagnosis.calls.case import Case, Player, Probe
from backproof.diagnosis.calls.failure import cannot_run
from backproof.diagnosis.calls.made_up import SAMPLES, Example, examples
from backproof.diagnosis.calls.pairing import Pair, pairing_of
from backproof.diagnosis.calls.report_network import report_network
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
    """A call that works.

    Attributes:
        case: how it is made.
        example: the text of what makes its arguments; "" where the program does.
        rank: how far it is from what was meant: whether each sample has met each, and how many gradients do not fit.
    """

    case: Case
    example: str
    rank: tuple[bool, float]


FITS = False, 0.0


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
    if function:
        program = Program(program.path, f"{program.main.text}\n\n\n{function}")
    plain, no_example, net = Case(program), "example" in missing, network.made if network else ""
    chosen = _chosen(plain, no_example, net)
    found = None if chosen else _why_not(plain, no_example, net)
    if found is not None:
        text = "\n\n".join(part for part in (function, found.suggestion) if part)
        return msgspec.structs.replace(found, suggestion=text)
    if chosen is None:
        lacking = " and no function ".join(missing)
        what = f"there is no function {lacking}, and no arguments could be made up that fit"
        return Diagnosis("cannot run", what, file, suggestion=function or TEMPLATE.partition("\n\n\n")[0] + "\n")
    found = _diagnosed(chosen.case, seconds)
    words = "was called as below" if "backprop" in missing else "was given the arguments below"
    remark = Remark("example", None, f"there is no {' and no '.join(missing)}, so the program {words}")
    added = "\n\n".join(part for part in (function, chosen.example) if part)
    return msgspec.structs.replace(found, remarks=[*found.remarks, remark], suggestion=added)


def diagnose_case(case: Case, seconds: float = SECONDS) -> Diagnosis:
    """Diagnose a call that is complete."""
    return _diagnosed(specified(case), seconds)


def diagnose_alone(case: Case, seconds: float = SECONDS) -> Diagnosis | None:
    """Diagnose a function that comes without arguments; None where none could be made up that fit."""
    chosen = _chosen(case, True, "")
    if chosen is None:
        return _why_not(case, True, "")
    remark = Remark("example", None, "no arguments were given, so it was called with those below")
    found = _diagnosed(chosen.case, seconds)
    return msgspec.structs.replace(found, remarks=[*found.remarks, remark], suggestion=chosen.example)


def _diagnosed(case: Case, seconds: float) -> Diagnosis:
    """The diagnosis; where the network of the comparison stands for the loss, it is said."""
    found = diagnose(case, seconds)
    if case.reference is None or case.reference != report_network(case.takes) or found.verdict == "cannot run":
        return found
    text = f"no loss is returned, so this is taken for {case.reference.title}; return your own to have that judged"
    return msgspec.structs.replace(found, remarks=[Remark("reference", None, text), *found.remarks])


def _chosen(case: Case, no_example: bool, net: str) -> Completed | None:
    """The completion that is most likely what was meant; the first of those."""
    best: Completed | None = None
    for one in islice(_fitting(case, no_example, net), MOST_TRIED):
        if best is None or one.rank < best.rank:
            best = one
        if one.rank <= FITS:
            break
    return best


def _fitting(case: Case, no_example: bool, net: str) -> Iterator[Completed]:
    for tried, example in _cases(case, no_example, net):
        found = _called(specified(tried), example)
        if found is not None:
            yield found


def _cases(case: Case, no_example: bool, net: str) -> Iterator[tuple[Case, Example]]:
    """The same call with the arguments that may be meant."""
    of_report = report_network(case.takes) is not None
    for example in examples(case.program.main.tree, case.takes, net, of_report) if no_example else [Example("", False)]:
        yield replace(case, arguments=_maker(example.text)) if example.text else case, example


def _why_not(case: Case, no_example: bool, net: str) -> Diagnosis | None:
    """What keeps a program from being called; None where there was nothing to call it with."""
    tried = list(_cases(case, no_example, net))
    if not tried:
        return None
    furthest, example = max(tried, key=lambda one: _computed(one[0]))
    return msgspec.structs.replace(diagnose(furthest), suggestion=example.text)


def _computed(case: Case) -> int:
    """How much of a call is computed before it fails."""
    try:
        with Player(case, only=None, keep=True) as player, contextlib.suppress(Exception):
            player.call()
    except Exception:
        return -1
    return len(player.world.records)


def _maker(example: str) -> Callable[[Mapping[str, Any]], Any]:
    """What makes the arguments of a call from the names of a program."""
    code = compile(example, "<example>", "exec")

    def made(space: Mapping[str, Any]) -> Any:
        names = dict(space)
        exec(code, names)
        return names["example"]()

    return made


def specified(case: Case) -> Case:
    """The same call, with the network of the comparison as its reference if it takes that and returns no loss."""
    reference = report_network(case.takes)
    if reference is None or case.reference is not None:
        return case
    try:
        with Player(case) as player:
            returned = player.call().returned
    except Exception:
        return case
    first = returned[0] if isinstance(returned, tuple | list) and len(returned) > 1 else None
    named = bool(case.returned_names) and bool(VALUE.match(case.returned_names[0]))
    return case if named or (first is not None and is_number(first)) else replace(case, reference=reference)


def _called(case: Case, example: Example) -> Completed | None:
    """A completion that works; None where the call fails."""
    try:
        with Player(case, only=None, keep=True) as player:
            call = player.call()
            answer = call.answer()
            loss = player.loss(call)
    except Exception:
        return None
    found = pairing_of(answer, call.arguments, case.returned_names)
    if found.unmatched or found.ambiguous or not np.isfinite(loss):
        return None
    spread = any(np.shape(record.value).count(SAMPLES) > 1 for record in call.records)
    return Completed(case, example.text, (spread, _misfit(case, call.arguments, found.pairs, example.one)))


def _misfit(case: Case, arguments: Probe, pairs: tuple[Pair, ...], one: bool) -> float:
    """How many gradients do not fit.

    Where the loss is known, a gradient need not be right to fit. A single sample hides mistakes: it was meant only if
    all are right for a known loss, or nothing else works.
    """
    try:
        found = [g.status for g in judge(case, arguments, pairs).gradients]
    except Exception:
        return len(pairs)
    wrong = sum(status is not Status.RIGHT for status in found)
    known = case.reference is not None
    if one:
        return -1 if known and not wrong else len(pairs) + 1
    return sum(status is Status.SHAPE for status in found) if known else wrong


def diagnose_file(path: Path | str, seconds: float = SECONDS) -> Diagnosis:
    """Judge a file, completed where something is missing."""
    path = Path(path).absolute()
    try:
        program = Program(path)
        missing = lacks(program)
        if not missing or path.suffix != ".py":
            return diagnose_case(Case(program), seconds)
        return diagnose_completed(program, missing, seconds)
    except Exception as error:
        return cannot_run(error, path)
