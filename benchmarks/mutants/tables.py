"""The mutants' outcomes as a table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tabulate import tabulate

from benchmarks.mutants.classes import Class
from benchmarks.mutants.run import Outcome
from benchmarks.mutants.trial import Line, Tried


def _of(outcomes: Sequence[Outcome], effect: Class) -> list[tuple[Outcome, Tried]]:
    """Those that were diagnosed and have this effect, each with what was said of it."""
    return [(one, one.said) for one in outcomes if one.kind is effect and one.said is not None]


def render(outcomes: Sequence[Outcome], of: int) -> str:
    """A row for each kind of edit, and one for all."""
    changed = [(one.mutant.kind, said) for one, said in _of(outcomes, Class.CHANGED)]
    equal = [said for _, said in _of(outcomes, Class.EQUIVALENT)]
    kinds = sorted({kind for kind, _ in changed})
    rows = [_row(name, [said for kind, said in changed if kind == name]) for name in kinds]
    rows.append(_row("all", [said for _, said in changed]))
    headers = ["edit", "changed", "called wrong", "line", "or beside it", "other, proven", "patch proven", "as it was"]
    stopped = sum(one.kind is Class.CANNOT_RUN for one in outcomes)
    accused = sum(said.verdict == "wrong" for said in equal)
    return (
        f"{len(outcomes):,} of {of:,} single edits: {len(changed):,} change a gradient, {stopped:,} cannot run, "
        f"{len(equal):,} change nothing, of which {accused} are called wrong.\n\n"
        + tabulate(rows, headers, "github", disable_numparse=True, colalign=["left"] + ["right"] * 7)
    )


def render_others(outcomes: Sequence[Outcome]) -> str:
    """What other checkers catch of the same edits, and accuse of those that change nothing."""
    changed, equal = (_of(outcomes, effect) for effect in (Class.CHANGED, Class.EQUIVALENT))
    tried = [*changed, *equal]
    rows = [
        [
            "Backproof, with the line",
            f"{sum(said.verdict == 'wrong' for _, said in changed):,} of {len(changed):,}",
            f"{sum(said.verdict == 'wrong' for _, said in equal):,} of {len(equal):,}",
            f"{median(said.seconds for _, said in changed) * 1e3:.0f}" if changed else "",
        ]
    ]
    for place, checker in enumerate(each.checker for each in tried[0][0].others):
        caught, accused = (sum(one.others[place].reported for one, _ in some) for some in (changed, equal))
        milliseconds = median(one.others[place].seconds for one, _ in tried) * 1e3
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
