"""What a terminal and a page say of a culprit, in the same words."""

from __future__ import annotations

from backproof.diagnosis.report import CulpritReport, Diagnosis


def proof(culprit: CulpritReport, diagnosis: Diagnosis) -> str:
    """What is proven of the patches, below the last of them: of several only that they mend everything together."""
    if not culprit.proven or culprit is not diagnosis.culprits[-1]:
        return ""
    count = len(diagnosis.culprits)
    changes = {1: "this change", 2: "both changes"}.get(count, f"all {count} changes")
    return f"Proven: with {changes} every gradient is exactly the true one."


def consequence(culprit: CulpritReport, diagnosis: Diagnosis) -> str:
    """Which gradients are wrong because of it; "" where it is all that are, which the headline has said."""
    wrong = [name for name, gradient in diagnosis.gradients.items() if gradient.status != "right"]
    if not culprit.gradients or (len(diagnosis.culprits) == 1 and set(wrong) <= set(culprit.gradients)):
        return ""
    return f"Wrong because of it: {', '.join(culprit.gradients)}."


def explanation(culprit: CulpritReport, diagnosis: Diagnosis) -> str:
    """Why it matters, and where that is taught; once for culprits of one family."""
    if not culprit.family:
        return ""
    first = next(one for one in diagnosis.culprits if one.family == culprit.family)
    if first is not culprit:
        return f"{culprit.family}, as in {_place(first)}."
    return f"{culprit.family}. {culprit.why} See {culprit.lesson}."


def pairing(diagnosis: Diagnosis) -> str:
    """Which gradient is whose, where that has to be said."""
    said = diagnosis.pairing
    return f"{said[0].upper()}{said[1:]}." if said and diagnosis.gradients else ""


def _place(culprit: CulpritReport) -> str:
    return f"line {culprit.line}" if culprit.cell is None else f"cell {culprit.cell}, line {culprit.line}"
