"""What a learner adds to formulas on purpose, and leaves out of the derivative: guards and clipped gradients.

A guard is a small number in the loss, as in ``log(a + 1e-7)``. A gradient is clipped, ``np.clip(dW, -5, 5)``, so that
one step is not too large. Neither is a mistake; with both set aside the program is judged as it is meant.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backproof.diagnosis.calls.case import Case, Probe
from backproof.diagnosis.calls.pairing import Pair
from backproof.diagnosis.report import Remark
from backproof.diagnosis.verdict.judging import Judged, Judgement, judge
from backproof.replay.loading import Program
from backproof.replay.nodes import placed
from backproof.replay.patches import Edit
from backproof.replay.places import key_of

SMALL = 1e-3  # a guard is smaller, and so is what it changes in the gradient
_CLIPS = frozenset({"clip", "clamp", "clip_", "clamp_"})


class Aside(NamedTuple):
    """Something that may be set aside.

    Attributes:
        file, line, text: where it is, and the expression around it.
        old, new: what stands there, and what takes its place.
        clips: whether it is a bound of a clipped gradient, and no guard.
    """

    file: Path
    line: int
    text: str
    old: ast.expr
    new: float
    around: ast.expr
    clips: bool

    @property
    def edit(self) -> Edit:
        """The change of the program."""
        return Edit(self.old, (placed(ast.Constant(self.new), self.old),))


def needed(case: Case, probes: Sequence[Probe], pairs: tuple[Pair, ...]) -> list[Aside]:
    """The guards and bounds that explain all differences: without them each gradient is the true one at all probes."""
    found = [*_guards(case.program), *_bounds(case.program)]
    if not found or not _right_without(case, found, probes, pairs):
        return []
    for group in _by_expression(found):
        fewer = [other for other in found if other not in group]
        if fewer and _right_without(case, fewer, probes, pairs):
            found = fewer
    return found


def without(case: Case, judgement: Judgement) -> tuple[Case, list[Aside]]:
    """The case without the guards that no gradient knows of, and without the bounds of what is returned.

    Returns:
        The case, which is the same where there are none, and what was set aside.
    """
    tape = judgement.tape
    returned = np.concatenate([ids.reshape(-1) for ids in judgement.entries])
    in_gradients = tape.reaching(returned)
    are_gradients = np.zeros(tape.size, bool)
    are_gradients[returned] = True
    passed: dict[int, list[np.ndarray]] = {}
    for record in judgement.call.records:
        passed.setdefault(record.key, []).append(record.value)

    def is_returned(aside: Aside) -> bool:
        return any(ids.size and are_gradients[ids].all() for ids in passed.get(key_of(aside.around) or -1, ()))

    def reaches(aside: Aside, reached: np.ndarray) -> bool:
        return any(reached[ids].any() for ids in passed.get(key_of(aside.around) or -1, ()))

    found = [g for g in _guards(case.program) if reaches(g, judgement.forward) and not reaches(g, in_gradients)]
    found += [b for b in _bounds(case.program) if is_returned(b)]
    return set_aside(case, found), found


def said(found: Sequence[Aside], main: Path) -> str:
    """What was set aside, in words."""
    guards = [aside for aside in found if not aside.clips]
    first = guards[0] if guards else found[0]
    what = "guard" if guards else "clipping"
    where = f"line {first.line}" if first.file == main else f"{first.file.name}, line {first.line}"
    return f"but for the {what} in {where}"


def remarks(found: Iterable[Aside], changes: float | None = None) -> list[Remark]:
    """What was set aside, once for each expression.

    Args:
        changes: by how much a guard changes the gradient, where that is known.
    """
    by = "" if changes is None else f", which it changes by {changes:.0e}"
    return [
        Remark("guard", line, f"{text} clips a gradient: it is judged as it was before")
        if clips
        else Remark("guard", line, f"the guard {text} is in the loss and not in the gradient{by}")
        for line, text, clips in dict.fromkeys((one.line, one.text, one.clips) for one in found)
    ]


def effect(judged: Judged) -> float:
    """The largest difference of a gradient from the truth, relative to the largest true number."""
    if judged.given.size != judged.true.size:
        return math.inf
    error = float(np.abs(judged.given.reshape(judged.true.shape) - judged.true).max(initial=0.0))
    size = float(np.abs(judged.true).max(initial=0.0))
    return error / size if size else (0.0 if error == 0 else math.inf)


def set_aside(case: Case, found: Iterable[Aside]) -> Case:
    """The case of the program without them; in ``np.clip(p, 1e-7, 1 - 1e-7)`` one is inside of another: the outer."""
    program, edits = case.program, dict[Path, list[Edit]]()
    found = [*found]
    inside = {id(part) for aside in found for part in ast.walk(aside.old) if part is not aside.old}
    for aside in found:
        if id(aside.old) in inside:
            continue
        edits.setdefault(aside.file, []).append(aside.edit)
    for file, changes in edits.items():
        program = program.patched(*changes, path=file)
    return case.patched(program)


def _right_without(case: Case, found: list[Aside], probes: Sequence[Probe], pairs: tuple[Pair, ...]) -> bool:
    meant = set_aside(case, found)
    try:
        return all(judge(meant, probe, pairs).all_right for probe in probes)
    except Exception:
        return False


def _by_expression(found: Sequence[Aside]) -> list[list[Aside]]:
    grouped: dict[int, list[Aside]] = {}
    for aside in found:
        grouped.setdefault(id(aside.around), []).append(aside)
    return list(grouped.values())


def _guards(program: Program) -> Iterator[Aside]:
    """Small numbers that are added, taken away, or handed to a function: as they stand, or by a name."""
    for file, tree in program.trees.items():
        small = _named(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
                parts: list[ast.expr] = [node.left, node.right]
            else:
                parts = node.args if isinstance(node, ast.Call) else []
            for part in parts:
                if _is_small(part, small):
                    assert isinstance(node, ast.expr)
                    yield Aside(file, node.lineno, ast.unparse(node), part, 0.0, node, False)


def _bounds(program: Program) -> Iterator[Aside]:
    """The bounds of ``np.clip(x, -5, 5)`` and its like."""
    for file, tree in program.trees.items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLIPS):
                continue
            bounds = [*node.args, *(k.value for k in node.keywords if k.arg in ("min", "max", "a_min", "a_max"))][-2:]
            for bound, new in zip(bounds, (-math.inf, math.inf), strict=False):
                yield Aside(file, node.lineno, ast.unparse(node), bound, new, node, True)


def _named(tree: ast.AST) -> Mapping[str, float]:
    """The names that stand for small numbers: assigned, or an argument's default."""
    found: dict[str, float] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found |= {ast.unparse(target): node.value.value for target in node.targets}  # type: ignore[misc]
        elif isinstance(node, ast.arguments):
            last = [*node.posonlyargs, *node.args]
            with_default = [*zip(last[len(last) - len(node.defaults) :], node.defaults, strict=True)]
            with_default += [(a, d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True) if d is not None]
            found |= {a.arg: d.value for a, d in with_default if isinstance(d, ast.Constant)}  # type: ignore[misc]
    return found


def _is_small(node: ast.expr, named: Mapping[str, float]) -> bool:
    value = node.value if isinstance(node, ast.Constant) else named.get(ast.unparse(node))
    return isinstance(value, float) and 0 < value < SMALL
