"""The look of every page: colours by day and by night, letters, headings. A page adds what only it has."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def look() -> str:
    """The rules, as CSS, for what stands inside an element of the class ``backproof``."""
    return (Path(__file__).parent / "look.css").read_text(encoding="utf-8")
