"""What single uses of a value add to its adjoint.

A call of a helper is one use: where a value goes into a helper and elsewhere too, as beside a residual connection, the
helper's counterpart on the way back returns just that part of the adjoint.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backproof.diagnosis.calls.case import Case, ExactCall
from backproof.diagnosis.culprits.targets import Meaning, Series, Target, adjoints_of, forward_series
from backproof.diagnosis.verdict.judging import Judgement, loss_of
from backproof.replay.loading import Program
from backproof.replay.places import key_of
from backproof.replay.world import Recorded


def parts_of(case: Case, judgement: Judgement, call: ExactCall | None) -> list[Target]:
    """What single uses add to adjoints.

    Args:
        call: whose every reading is an entry of its own; None where there is none.
    """
    if call is None:
        return []
    loss = loss_of(case, call)
    own = replace(judgement, call=call, loss=loss)
    series = [*forward_series(own, case.program), *_given_to_helpers(case.program, call.records)]
    return list(adjoints_of(call.tape.adjoints(loss), series, Meaning.PART))


def _given_to_helpers(program: Program, records: Sequence[Recorded]) -> list[Series]:
    """For each parameter of a function that is called at several places, what it was given, in order."""
    nodes = [node for tree in program.trees.values() for node in ast.walk(tree)]
    helpers: dict[str, ast.FunctionDef | None] = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            helpers[node.name] = None if node.name in helpers else node
    places: dict[int, set[int]] = {}
    for node in nodes:
        if isinstance(node, ast.Call) and (helper := helpers.get(_name(node.func))) is not None:
            for parameter, argument in _bound(helper, node):
                if (key := key_of(argument)) is not None:
                    places.setdefault(parameter, set()).add(key)
    found = []
    for parameter, keys in places.items():
        values = tuple(record.value for record in records if record.key in keys)
        if len(keys) > 1 and len(values) > 1:
            found.append(Series(parameter, values))
    return found


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _bound(helper: ast.FunctionDef, call: ast.Call) -> Iterator[tuple[int, ast.expr]]:
    """The place that first reads each parameter, and what the call gives."""
    names = [one.arg for one in helper.args.args]
    positions = names[1:] if names[:1] == ["self"] else names
    read: dict[str, int] = {}
    for node in ast.walk(helper):
        key = key_of(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and key is not None:
            read.setdefault(node.id, key)
    for name, argument in [*zip(positions, call.args, strict=False), *((k.arg, k.value) for k in call.keywords)]:
        if name in read and not isinstance(argument, ast.Starred):
            yield read[name], argument
