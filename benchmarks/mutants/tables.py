"""The mutants' outcomes as a table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tabulate import tabulate

from benchmarks.mutants.classes import Class
from benchmarks.mutants.run import Outcome
from benchmarks.mutants.trial import Line, Tried

Row = tuple[str, Class, Tried | None]  # the edit's kind, what it does, what was said


def render(outcomes: Sequence[Row], of: int) -> str:
    """A row for each kind of edit, and one for all."""
    changed = [(kind, said) for kind, effect, said in outcomes if effect is Class.CHANGED and said]
    equal = [said for _, effect, said in outcomes if effect is Class.EQUIVALENT and said]
    kinds = sorted({kind for kind, _ in changed})
    rows = [_row(name, [said for kind, said in changed if kind == name]) for name in kinds]
    rows.append(_row("all", [said for _, said in changed]))
    headers = ["edit", "changed", "called wrong", "line", "or beside it", "other, proven", "patch proven", "as it was"]
    stopped = sum(effect is Class.CANNOT_RUN for _, effect, _ in outcomes)
    accused = sum(said.verdict == "wrong" for said in equal)
    return (
        f"{len(outcomes):,} of {of:,} single edits: {len(changed):,} change a gradient, {stopped:,} cannot run, "
        f"{len(equal):,} change nothing, of which {accused} are called wrong.\n\n"
        + tabulate(rows, headers, "github", disable_numparse=True, colalign=["left"] + ["right"] * 7)
    )


def render_others(outcomes: Sequence[Outcome]) -> str:
    """What other checkers catch of the same edits, and accuse of those that change nothing."""
    tried = [one for one in outcomes if one.said is not None and one.others]
    changed = [one for one in tried if one.kind is Class.CHANGED]
    equal = [one for one in tried if one.kind is Class.EQUIVALENT]
    rows = [
        [
            "Backproof, with the line",
            f"{sum(one.said.verdict == 'wrong' for one in changed if one.said):,} of {len(changed):,}",
            f"{sum(one.said.verdict == 'wrong' for one in equal if one.said):,} of {len(equal):,}",
            f"{median(one.said.seconds for one in changed if one.said) * 1e3:.0f}" if changed else "",
        ]
    ]
    for place, checker in enumerate(one.checker for one in (changed or equal or tried)[0].others):
        caught, accused = (sum(one.others[place].reported for one in some) for some in (changed, equal))
        milliseconds = median(one.others[place].seconds for one in tried) * 1e3
        rows.append(
            [checker, f"{caught:,} of {len(changed):,}", f"{accused:,} of {len(equal):,}", f"{milliseconds:.0f}"]
        )
    headers = ["checker", "caught", "accused of nothing", "ms, median"]
    return tabulate(rows, headers, "github", disable_numparse=True, colalign=["left", "right", "right", "right"])


def _row(name: str, said: Sequence[Tried]) -> list[str]:
    def share(count: int) -> str:
        return f"{count / len(said):.0%}" if said else ""

    lines = [one.line for one in said]
    return [
        name,
        f"{len(said):,}",
        share(sum(one.verdict == "wrong" for one in said)),
        share(lines.count(Line.EDITED)),
        share(lines.count(Line.EDITED) + lines.count(Line.NEAR)),
        share(lines.count(Line.OTHER_PROVEN)),
        share(sum(one.proven for one in said)),
        share(sum(one.meant for one in said)),
    ]
