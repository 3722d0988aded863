"""The diagnosis as a message: what crosses from the process that ran a program, and what ``--json`` writes."""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["correct", "wrong", "fragile", "cannot run"]


class GradientReport(msgspec.Struct, frozen=True):
    """One returned gradient.

    Attributes:
        status: "right", "wrong", "shape" or "unknown".
        digits: how many digits of its largest number are right everywhere, at the worst probe, as it comes out in
            floating point.
        worst: where the largest error is, with what is there and what should be; None where there is none.
        shape, wanted_shape: of what was returned, and of the parameter.
    """

    status: str
    digits: float
    worst: tuple[list[int], float, float] | None
    shape: list[int]
    wanted_shape: list[int]


class PatchReport(msgspec.Struct, frozen=True):
    """A change of the program's text.

    Attributes:
        line: the first line that changes.
        text: that line afterwards.
        diff: all changed lines, each with - or + before it; a line that stays, before new ones, has a blank there.
        numbers: of these lines; of new ones, as they are numbered afterwards.
    """

    line: int
    text: str
    diff: list[str]
    numbers: list[int]


class CulpritReport(msgspec.Struct, frozen=True):
    """One fault.

    Attributes:
        file, line, column, end_column: where the expression stands; the line from 1, columns from 0. In a notebook the
            line is that of the cell.
        cell: of a notebook, which code cell, from 1.
        expression: its text.
        source: the whole line.
        should_be: what it should be, in the learner's terms.
        family: the kind of mistake; "" where none is known.
        why: two sentences about the family.
        lesson: where it is explained.
        gradients: the names of those that are wrong because of it.
        patch: the proven change of one line, where one was found.
        others: further changes that are proven too.
        proven: whether exact replay has shown that the patch puts everything right.
    """

    file: str
    line: int
    column: int
    end_column: int
    expression: str
    source: str
    should_be: str
    family: str
    why: str
    lesson: str
    gradients: list[str]
    patch: PatchReport | None
    others: list[PatchReport]
    proven: bool
    cell: int | None = None


class VariableReport(msgspec.Struct, frozen=True):
    """What a variable of the backward part holds.

    Attributes:
        file, line: where it is assigned; the line from 1, of a notebook in its cell.
        name: what is written there, as in "dh" or "grads['W1']".
        meaning: what it holds, as in "the derivative of the loss with respect to `h` (line 13)"; "" where its values
            are the derivative of nothing that the program computes.
        cell: of a notebook, which code cell, from 1.
    """

    file: str
    line: int
    name: str
    meaning: str
    cell: int | None = None


Role = Literal["value", "derivative", "helper", "wrong", "follows"]


class Grid(msgspec.Struct, frozen=True):
    """Numbers to be drawn.

    Attributes:
        shape: of the array.
        rows: its numbers, six digits of each; the first rows and columns where there are many.
        cut: whether there are more.
    """

    shape: list[int]
    rows: list[list[float]]
    cut: bool


class Shown(msgspec.Struct, frozen=True):
    """A variable where it is assigned, with its numbers.

    Attributes:
        file, line, cell, name, meaning: as in ``VariableReport``.
        formula: the meaning as a formula, as in "∂loss/∂h"; "" for none.
        role: "value" of the forward pass, "derivative" where it is one, "helper" where it is none, "wrong" where a
            culprit stands, "follows" where it is wrong because of one.
        given: what it holds.
        true: what it should hold, where it holds something else.
        turn: which of the times that the line was run is shown, and how many there were.
        uses: the positions of the variables that it was computed from.
    """

    file: str
    line: int
    cell: int | None
    name: str
    role: Role
    meaning: str
    formula: str
    given: Grid
    true: Grid | None
    turn: list[int]
    uses: list[int]


class SourceLine(msgspec.Struct, frozen=True):
    """A line of a file; in a notebook of the code cell with this number."""

    cell: int | None
    line: int
    text: str


class Annotation(msgspec.Struct, frozen=True):
    """A program line by line.

    Attributes:
        sources: the lines of each file, by its path.
        shown: the variables in the order of the lines.
    """

    sources: dict[str, list[SourceLine]]
    shown: list[Shown]


class Remark(msgspec.Struct, frozen=True):
    """Something beside the verdict.

    Attributes:
        kind: "guard", "state", "random", "writes", "not reached", "no gradient", "overflow", "differences", "example",
            "reference", "search".
        line: where; None for no line.
        text: one sentence.
    """

    kind: str
    line: int | None
    text: str


class Diagnosis(msgspec.Struct, frozen=True):
    """What is said of a program.

    Attributes:
        verdict: see the words in the documentation.
        summary: one sentence.
        file: the path of the program.
        gradients: by name, in the order in which they were returned.
        culprits: in the order of computation.
        remarks: beside the verdict.
        pairing: which gradient belongs to which argument, in words.
        line: of the file, for a program that cannot run.
        probes: how many sets of numbers were tried.
        suggestion: lines to add to the file, or those that were added to it; "" where there are none.
        variables: what those of the backward part hold, where the program was replayed.
        annotation: the program line by line, where it was replayed.
        traced: whether the program was replayed exactly; else its gradients are compared with differences of its loss.
    """

    verdict: Verdict
    summary: str
    file: str
    gradients: dict[str, GradientReport] = {}
    culprits: list[CulpritReport] = []
    remarks: list[Remark] = []
    pairing: str = ""
    line: int | None = None
    probes: int = 0
    traced: bool = True
    suggestion: str = ""
    variables: list[VariableReport] = []
    annotation: Annotation | None = None


def encoded(diagnosis: Diagnosis) -> bytes:
    """As JSON."""
    return msgspec.json.encode(diagnosis)


def decoded(text: bytes) -> Diagnosis:
    """From JSON.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is no diagnosis.
    """
    return msgspec.json.decode(text, type=Diagnosis)
