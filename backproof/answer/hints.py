"""How much of an answer is given away: a teacher chooses."""

from __future__ import annotations

import msgspec

from backproof.diagnosis.report import Annotation, CulpritReport, Diagnosis

VERDICT, GRADIENTS, LINE, MEANT, PATCH = range(5)


def withheld(diagnosis: Diagnosis, hint: int) -> Diagnosis:
    """What is left of the answer about a program that is wrong or fragile; any other stays whole.

    Args:
        hint: 0 the verdict, 1 the gradients too, 2 the line, 3 what it should be, 4 everything.
    """
    if hint >= PATCH or diagnosis.verdict not in ("wrong", "fragile"):
        return diagnosis
    if hint == VERDICT:
        return Diagnosis(diagnosis.verdict, "", diagnosis.file)
    culprits = [_culprit(culprit, hint) for culprit in diagnosis.culprits] if hint >= LINE else []
    annotation = _annotation(diagnosis.annotation) if hint >= LINE else None
    return msgspec.structs.replace(
        diagnosis, culprits=culprits, annotation=annotation, variables=[], remarks=[], pairing="", suggestion=""
    )


def _culprit(culprit: CulpritReport, hint: int) -> CulpritReport:
    kept = culprit if hint >= MEANT else msgspec.structs.replace(culprit, should_be="", family="", why="", lesson="")
    return msgspec.structs.replace(kept, patch=None, others=[], proven=False)


def _annotation(annotation: Annotation | None) -> Annotation | None:
    """Without the true numbers."""
    if annotation is None:
        return None
    shown = [msgspec.structs.replace(one, true=None) for one in annotation.shown]
    return msgspec.structs.replace(annotation, shown=shown)
