"""``explain``: a line of Algorithm 1, the formulas that correct programs compute it by, and where each loses digits."""

from __future__ import annotations

import textwrap

from proof.forms import LINES, Form


def explain(name: str) -> str | None:
    """The text for one line, 80 columns wide; None if there is no such line."""
    if name not in LINES:
        return None
    line = LINES[name]
    many = f"{len(line.forms)} formulas, equal in exact arithmetic" if len(line.forms) > 1 else "one formula"
    return "\n\n".join([f"{line.name} = {line.formula}    {line.shape}\nBy {many}:", *map(_form, line.forms)])


def _form(form: Form) -> str:
    rows = {
        "error": f"at most {form.bound}",
        "why": form.source,
        "loses": form.loses or "nothing: sound at every logit",
    }
    return "\n".join([form.name, *(_wrapped(label, text) for label, text in rows.items())])


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(text, 80, initial_indent=f"  {label:<7}", subsequent_indent=" " * 9)
