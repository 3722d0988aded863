"""What the conformance kit found, as text: a row a check, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from comparison.conformance.checks import CHECKS, Check
from report.columns import WIDTH

NAME = max(len(check.name) for check in CHECKS)


def row(check: Check, complaint: str | None) -> str:
    """The check, whether the engine passes it, and what it promises; below it what is not so."""
    head = f"{'FAILED' if complaint else 'passed'}  {check.name:{NAME}}  {check.promise}"
    if complaint is None:
        return head
    indent = " " * (len("FAILED") + 2)
    return head + "\n" + fill(complaint, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def verdict(engine: str, complaints: Sequence[str | None]) -> str:
    """The last line, from the complaint of each check, or None."""
    failed = sum(complaint is not None for complaint in complaints)
    if failed:
        return f"Verdict: {engine} fails {failed} of {len(complaints)} checks"
    return f"Verdict: {engine} passes all {len(complaints)} checks"
