"""A file without ``example()`` or ``backprop``: completed by what can be made from what is in it, and tried."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from backproof.diagnosis.calls.answer import is_number
from backproof.diagnosis.calls.case import Case, Player, Probe
from backproof.diagnosis.calls.failure import cannot_run
from backproof.diagnosis.calls.pairing import Pair, pairing_of
from backproof.diagnosis.calls.report_network import report_network
from backproof.diagnosis.completing.joined import joined
from backproof.diagnosis.completing.layers import Layer, layers_of, together
from backproof.diagnosis.completing.made_up import SAMPLES, examples
from backproof.diagnosis.completing.methods import built
from backproof.diagnosis.completing.offer import Example, Offer, example_of
from backproof.diagnosis.completing.outside import outside
from backproof.diagnosis.completing.parts import VALUE, found_in
from backproof.diagnosis.completing.updates import stepped
from backproof.diagnosis.completing.whole import whole
from backproof.diagnosis.diagnose import SECONDS, diagnose
from backproof.diagnosis.report import Diagnosis, Remark
from backproof.diagnosis.verdict.judging import Status, judge
from backproof.replay.loading import Program

MOST_TRIED = 36
TEMPLATE = """def example():  # the arguments of one small call
    import numpy as np

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
    first: Offer | None = None
    for offer in _offers(program, missing):
        first = first or offer
        chosen = _chosen(_case(program, offer), offer.examples)
        if chosen is not None:
            found = _diagnosed(chosen.case, seconds)
            words = "was called as below" if "backprop" in missing else "was given the arguments below"
            remark = Remark("example", None, f"there is no {' and no '.join(missing)}, so the program {words}")
            added = _pasted(offer.text, chosen.example)
            return msgspec.structs.replace(found, remarks=[*found.remarks, remark], suggestion=added)
    if first is None:
        what = f"there is no function backprop{found_in(program.main.tree)}"
        return Diagnosis("cannot run", what, str(program.path), suggestion=TEMPLATE)
    failed = _why_not(_case(program, first), first.examples)
    if failed is not None:
        last = program.main.text.count("\n") + 1
        line = failed.line if failed.line is not None and failed.line <= last else None  # not of what was added
        return msgspec.structs.replace(failed, line=line, suggestion=_pasted(first.text, failed.suggestion))
    lacking = " and no function ".join(missing)
    why = f": what {_listed(first.unknown)} may be is not known" if first.unknown else ""
    what = f"there is no function {lacking}, and no arguments could be made up that fit{why}"
    return Diagnosis("cannot run", what, str(program.path), suggestion=_pasted(first.text, first.blank))


def _offers(program: Program, missing: tuple[str, ...]) -> Iterator[Offer]:
    """What may complete a file, the likeliest first."""
    tree = program.main.tree
    if "backprop" not in missing:
        case = Case(program)
        yield examples(tree, case.takes, of_two_classes=report_network(case.takes) is not None).to("")
        return
    for offer in filter(None, (whole(tree), joined(tree), built(tree), outside(tree), stepped(tree))):
        yield offer if "example" in missing else offer._replace(examples=(Example(""),))
    if "example" in missing:
        yield from _layers(program)


def _layers(program: Program) -> Iterator[Offer]:
    """All layers of a file at once, each with arguments that fit it alone; those that none fit are left out."""
    layers = layers_of(program.main.tree)
    alone = "\n\n\n".join(together([layer], f"backprop_{layer.name}") for layer in layers)
    case = _case(program, Offer(alone, ()))
    fitting: dict[Layer, str] = {}
    for layer in layers:
        tried = layer.examples()
        chosen = _chosen(replace(case, function=f"backprop_{layer.name}"), tried)
        if chosen is not None:
            fitting[layer] = layer.tried[[example.text for example in tried].index(chosen.example)]
    if fitting:
        arguments = {layer.name: text for layer, text in fitting.items()}
        yield Offer(together(tuple(fitting)), (Example(example_of(arguments)),))


def _case(program: Program, offer: Offer) -> Case:
    """A call of the program with what is offered."""
    return Case(Program(program.path, f"{program.main.text}\n\n\n{offer.text}") if offer.text else program)


def _pasted(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def diagnose_case(case: Case, seconds: float = SECONDS) -> Diagnosis:
    """Diagnose a call that is complete."""
    return _diagnosed(specified(case), seconds)


def diagnose_alone(case: Case, seconds: float = SECONDS) -> Diagnosis | None:
    """Diagnose a function that comes without arguments; None where none could be made up that fit."""
    tree, of_report = case.program.main.tree, report_network(case.takes) is not None
    tried = examples(tree, case.takes, of_two_classes=of_report).tried
    chosen = _chosen(case, tried)
    if chosen is None:
        return _why_not(case, tried)
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


def _chosen(case: Case, tried: Sequence[Example]) -> Completed | None:
    """The completion that is most likely what was meant; the first of those."""
    best: Completed | None = None
    for one in islice(_fitting(case, tried), MOST_TRIED):
        if best is None or one.rank < best.rank:
            best = one
        if one.rank <= FITS:
            break
    return best


def _fitting(case: Case, tried: Sequence[Example]) -> Iterator[Completed]:
    for example in tried:
        found = _called(specified(_with(case, example)), example)
        if found is not None:
            yield found


def _with(case: Case, example: Example) -> Case:
    """The same call with these arguments."""
    return replace(case, arguments=_maker(example.text)) if example.text else case


def _why_not(case: Case, tried: Sequence[Example]) -> Diagnosis | None:
    """What keeps a program from being called; None where there was nothing to call it with."""
    if not tried:
        return None
    furthest = max(tried, key=lambda example: _computed(_with(case, example)))
    return msgspec.structs.replace(diagnose(_with(case, furthest)), suggestion=furthest.text)


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
