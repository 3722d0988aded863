"""The stepper as a page: one file that asks no server for anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lessons.stepping.story import Story

TEMPLATES = Path(__file__).parent / "templates"


def page(stories: Sequence[Story]) -> str:
    """The page that walks through these programs."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    data = msgspec.json.encode(list(stories)).decode().replace("<", "\\u003c")  # no tag ends in the middle of it
    css, *scripts = (
        (TEMPLATES / name).read_text(encoding="utf-8").strip() for name in ("stepper.css", "drawing.js", "stepper.js")
    )
    script = "\n\n".join(scripts)
    return templates.get_template("stepper.html.j2").render(stories=data, css=css, script=script)
