"""One mutant before Backproof: what it was called, which line was named, and what was proven."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from backproof.diagnosis.calls.case import Case
from backproof.diagnosis.diagnose import diagnose
from backproof.diagnosis.report import CulpritReport, Diagnosis
from backproof.replay.loading import Program
from benchmarks.mutants.edits import Mutant


class Line(Enum):
    """Where the named line lies."""

    EDITED = "the edited line"
    NEAR = "a neighbour of the edited line"
    OTHER_PROVEN = "another line, with a proven patch"
    OTHER = "another line"
    NONE = "no line"


class Tried(NamedTuple):
    """What became of one mutant.

    Attributes:
        verdict: of the program.
        line: where the culprit lies.
        proven: whether a patch was proven.
        meant: whether the patched lines are those of the correct program.
        seconds: that it took.
        named: the line that was named, and the patch, for a reader.
    """

    verdict: str
    line: Line
    proven: bool
    meant: bool
    seconds: float
    named: str


NEAR = 2  # lines from the edit: where a statement is missing, those around it


def tried(mutant: Mutant) -> Tried:
    """Diagnose it, in this process."""
    start = time.perf_counter()
    found = diagnose(Case(Program(mutant.path, mutant.text)))
    seconds = time.perf_counter() - start
    proven = [culprit for culprit in found.culprits if culprit.patch and culprit.proven]
    meant = bool(proven) and len(proven) == len(found.culprits) and all(map(_is_meant(mutant), proven))
    return Tried(found.verdict, _line(mutant, found), bool(proven), meant, seconds, _told(found))


def _line(mutant: Mutant, found: Diagnosis) -> Line:
    if not found.culprits:
        return Line.NONE
    last = mutant.line + mutant.new.count("\n")
    lines = [culprit.line for culprit in found.culprits]
    lines += [culprit.patch.line for culprit in found.culprits if culprit.patch]
    away = min(0 if mutant.line <= line <= last else min(abs(line - mutant.line), abs(line - last)) for line in lines)
    if away == 0:
        return Line.EDITED
    if away <= NEAR:
        return Line.NEAR
    return Line.OTHER_PROVEN if any(culprit.proven for culprit in found.culprits) else Line.OTHER


def _is_meant(mutant: Mutant) -> Callable[[CulpritReport], bool]:
    right = {in_order(line) for line in mutant.path.read_text().splitlines()}

    def meant(culprit: CulpritReport) -> bool:
        assert culprit.patch is not None
        added = [line[1:] for line in culprit.patch.diff if line.startswith("+")]
        return all(in_order(line) in right for line in added)

    return meant


def in_order(line: str) -> str:
    """The statement up to the order of terms and of factors; the line itself where it is none alone."""
    try:
        return ast.unparse(_Ordered().visit(ast.parse(line.strip())))
    except SyntaxError:
        return " ".join(line.split())


class _Ordered(ast.NodeTransformer):
    """Sums and products as calls, their parts in the order of their texts: ``a * b / n`` is ``b / n * a``."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        for name, plain, inverse in (("sum", ast.Add, ast.Sub), ("product", ast.Mult, ast.Div)):
            if isinstance(node.op, plain | inverse):
                left, right = self.visit(node.left), self.visit(node.right)
                turned = [_call("minus" if name == "sum" else "inverse", [right])]
                parts = [*_parts(left, name), *(_parts(right, name) if isinstance(node.op, plain) else turned)]
                return _call(name, sorted(parts, key=ast.unparse))
        self.generic_visit(node)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return _call("minus", [node.operand]) if isinstance(node.op, ast.USub) else node


def _call(name: str, arguments: list[ast.expr]) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), arguments, [])


def _parts(node: ast.expr, name: str) -> list[ast.expr]:
    is_alike = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    return list(node.args) if is_alike and isinstance(node, ast.Call) else [node]


def _told(found: Diagnosis) -> str:
    return "; ".join(
        f"line {c.line}: {c.expression}" + (f" -> {' | '.join(c.patch.diff)}" if c.patch else "")
        for c in found.culprits
    )
