"""The ten worst cells of each column, as a table."""

from __future__ import annotations

from tabulate import tabulate

from comparison.atlas.cells import Atlas, Finding
from comparison.atlas.findings import columns, ten_worst

_WIDTHS = [18, 38, 22, 30, 10, 10, 38]


def render(atlas: Atlas) -> str:
    """What the command prints."""
    parts = []
    for column in columns(atlas.cells):
        cells = [cell for cell in atlas.cells if cell.column == column]
        judged = [cell for cell in cells if cell.gradient]
        bad = [cell for cell in judged if cell.is_bad]
        refused = sum(bool(cell.refused) for cell in cells)
        version = atlas.versions[cells[0].engine]
        head = f"{column} {version}: {len(bad)} of {len(judged)} cells are bad"
        head += f"; {refused} that the engine refused" if refused else ""
        rows = [_row(finding) for finding in ten_worst(atlas.findings, column)]
        names = ["function", "formulation", "type, regime", "argument", "given", "true", "what keeps the digits"]
        parts.append(head + "\n" + (tabulate(rows, names, maxcolwidths=_WIDTHS, disable_numparse=True) if rows else ""))
    return "\n\n".join([*parts, cost(atlas)])


def cost(atlas: Atlas) -> str:
    """What the survey took, for the last line."""
    return f"{len(atlas.cells)} cells in {atlas.seconds:.0f} s; peak memory {atlas.peaks}"


def _row(finding: Finding) -> list[str]:
    cell, example = finding.cell, finding.example
    given = example.given_text(4) if example else cell.gradient.says if cell.gradient else ""
    return [
        cell.family,
        cell.formulation.replace("\n", "; "),
        f"{cell.dtype}, {cell.regime}",
        argument(finding),
        given,
        f"{example.true:.4g}" if example else "",
        f"{finding.keeps.replace(chr(10), '; ')} ({finding.keeps_digits:.1f})" if finding.keeps else "none here",
    ]


def argument(finding: Finding) -> str:
    """The smallest argument, short enough to read."""
    values = finding.example.arguments if finding.example else finding.cell.worst_at
    texts = [f"{v[0]:.6g}" if len(v) == 1 else "[" + " ".join(f"{e:.3g}" for e in v) + "]" for v in values]
    return ", ".join(texts)
