"""The page: one file that opens without a server or a network, made from the JSON results alone."""

from __future__ import annotations

import base64
import hashlib
import io
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markdown_it import MarkdownIt
from markupsafe import Markup
from matplotlib import image

from backproof.look import look
from backproof.outputs import PAGE, pending
from comparison.results import CheckerSettings, KillMatrix, Results
from proof.forms import LINES
from proof.judgement import FAULTS
from report import charts, summary
from report.explanation import LETTERS
from report.kills import LEGEND, Count, counts
from report.names import by_short_names
from report.schema import ResultsError, fitting
from report.verdict_chart import verdict_chart

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "report" / "templates"
SCRIPTS = ("drawings.js", "page.js")
PIXELS = 28 * 28
# What is not the ordinary thing, within rounding, and so has a mark where it stands.
MEANINGS = {
    "cancels": ("≈", "right in exact arithmetic, by a formula that loses digits here"),
    "wrong": ("✗", "no rounding explains it"),
    "shape": ("✗", "an array of another shape"),
    "not finite": ("✗", "infinite or not a number, where the truth is a number"),
    "follows": ("↳", "outside, but right given an earlier wrong line"),
    "not shown": ("–", "the engine does not show this line"),
    "not observable": ("?", "so large is the rounding here that a mistake could not be told from it"),
}


def save_page(results: Results, path: Path) -> None:
    """Write ``render_page`` to a file, whole or not at all.

    Raises:
        ResultsError: as ``render_page``; OSError, the file cannot be written.
    """
    with pending(path, PAGE) as file:
        file.write(render_page(results).encode())


def render_page(results: Results) -> str:
    """The page of a comparison, as HTML.

    Args:
        results: as JSON has them, so that a number that is not finite is None (``results_file.strict``).

    Raises:
        ResultsError: something in them is not what the schema says.
    """
    fitting(results)
    engines_named = list(results["engines"])
    results = by_short_names(results)
    certificate = results.get("certificate")
    engines = results["engines"]
    drawings = {
        "verdict": verdict_chart(results["verdicts"]),
        "losses": charts.losses_chart(engines, certificate),
        "drift": charts.drift_chart(results["agreement"]["training"], results.get("control"), certificate),
        "audit": charts.audit_chart(results["audit"]),
        "time": charts.time_chart(engines),
    }
    cells = {
        (line["dtype"], line["weights"], line["engine"], line["line"]): (number, line)
        for number, line in enumerate(results["verdicts"])
    }
    return (
        _templates()
        .get_template("comparison.html.j2")
        .render(
            results=results,
            longer=[name for name in engines_named if name not in results["engines"]],
            charts=drawings,
            cells=cells,
            headline=summary.headline(results),
            answers=summary.answers(results),
            words={line["verdict"] for line in results["verdicts"]},
            chosen=summary.most_telling(results["verdicts"]),
            details=_details(results),
            steps=summary.steps_taken(results),
        )
    )


def _details(results: Results) -> dict[str, Any]:
    """What the page's JavaScript draws a chosen cell from."""
    lines = {
        name: {
            "formula": line.formula,
            "shape": line.shape,
            "forms": {form.name: {"bound": form.bound, "loses": form.loses} for form in line.forms},
        }
        for name, line in LINES.items()
    }
    return {
        "verdicts": results["verdicts"],
        "rulings": results["rulings"],
        "lines": lines,
        "letters": " ".join(LETTERS.split()),
        "meanings": MEANINGS,
    }


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}  # its filter also escapes < > & '
    script = "".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    environment.globals |= {
        "style": Markup(look() + (FOLDER / "page.css").read_text(encoding="utf-8")),
        "script": Markup(script),
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "LINES": LINES,
        "meanings": MEANINGS,
        "faults": FAULTS,
        "MANY": charts.MANY,
        "kills_legend": LEGEND,
        "assumptions": _assumptions(),
    }
    environment.filters |= {
        "short": summary.short,
        "level": _level,
        "counts": _counts,
        "photograph": lambda pixels: _png(pixels, "gray_r", 0),
        "weights": lambda pixels: _png(pixels, "PuOr", 1),
    }
    return environment


def _assumptions() -> Markup:
    """The page of assumptions without its title, as HTML."""
    _, text = (ROOT / "proof" / "ASSUMPTIONS.md").read_text(encoding="utf-8").split("\n", 1)
    return Markup(MarkdownIt().render(text))


def _counts(matrix: KillMatrix) -> list[tuple[CheckerSettings, list[Count]]]:
    """Each checker and what it said."""
    return list(zip(matrix["checkers"], counts(matrix), strict=True))


def _level(ulps: float | None) -> str:
    """The step of the colour scale: 0 below one ulp, and one more for every decade, up to 8."""
    return "none" if ulps is None else str(int(np.clip(np.floor(np.log10(max(ulps, 0.1))) + 1, 0, 8)))


def _png(pixels: str, colours: str, darkest: int) -> str:
    """A packed picture as the address of an image that contains itself."""
    try:
        packed = base64.b64decode(pixels, validate=True)
    except ValueError:
        packed = b""
    if len(packed) != PIXELS:
        raise ResultsError("a picture is not the base64 of 784 bytes")
    file = io.BytesIO()
    grid = np.frombuffer(packed, np.uint8).reshape(28, 28)
    image.imsave(file, grid, cmap=colours, vmin=darkest, vmax=255, format="png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
