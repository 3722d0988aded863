"""``explain``: a line of Algorithm 1, the formulas that correct programs compute it by, and where each loses digits."""

from __future__ import annotations

import textwrap

from proof.forms import LINES, Form

LETTERS = """\
u: the unit roundoff, 2^-53 in float64 and 2^-24 in float32; k = 16: a library's
exponential is wrong by at most k u; z: the logit, of which p = sigmoid(z) and
q = 1 - p; t: the probability given to the wrong label; m: how many products are
not exactly 0, a bias being one of them. The bound of dZ1 is that of its factor
after dA1, the bound of dZ2 that before 1/n. Two of the smallest normal numbers
come on top of every bound."""


def explain(name: str) -> str | None:
    """The text for one line, 80 columns wide; None if there is no such line."""
    if name not in LINES:
        return None
    line = LINES[name]
    many = f"{len(line.forms)} formulas that correct programs use" if len(line.forms) > 1 else "one formula"
    return "\n\n".join([f"{line.name} = {line.formula}    {line.shape}\nBy {many}:", *map(_form, line.forms), LETTERS])


def _form(form: Form) -> str:
    rows = {
        "error": f"at most {form.bound}",
        "why": form.source,
        "loses": form.loses or "nothing: sound at every logit",
    }
    return "\n".join([form.name, *(_wrapped(label, text) for label, text in rows.items())])


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(text, 80, initial_indent=f"  {label:<7}", subsequent_indent=" " * 9)
