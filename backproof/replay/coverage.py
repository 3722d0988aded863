"""Which functions replay follows, read off its tables: ``python -m backproof.replay.coverage > page.md``."""

from __future__ import annotations

import math
import types
from collections.abc import Iterator

import numpy as np

from backproof.replay import creation, mathematics
from backproof.replay.choosing import LOOKING
from backproof.replay.dispatch import FILLED, FUNCTIONS
from backproof.replay.elementwise import ACCUMULATED, DECIDING, REDUCED, SPECIAL_CALLS
from backproof.replay.moving import IN_PLACE, MOVING
from backproof.replay.rules import RULES, rule_of

INTRODUCTION = """# What exact replay follows

A program is replayed on exact numbers. Each function that it calls is in one of these groups:

- **followed**: its value and its derivative are known exactly;
- **moved**: it only moves numbers about; NumPy itself does that, so views and writes behave as ever;
- **decides**: it only looks at numbers; the answer is a truth value, an index or a text, which has no derivative;
- **constant**: what it makes depends on no number of the program (seeded random numbers are those of the ordinary run);
- **refused** when it is handed exact numbers, by name and line; with whole numbers and texts it works as ever.

Nothing is ever misread.

`dtype=`, `casting=` and casts to a smaller type of floats are without meaning for exact numbers and change nothing;
what they cost shows in the ordinary run. `out=`, `where=`, `axis=`, `keepdims=`, `initial=`, `ddof=` behave as NumPy's.
"""

_VARIANTS = ("call", "out", "where", "reduce", "accumulate", "outer", "at")


def followed_ufuncs() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The ufuncs that are followed, each with its variants."""
    for name in sorted(dir(np)):
        function = getattr(np, name)
        if not isinstance(function, np.ufunc) or (rule_of(name) is None and name not in SPECIAL_CALLS):
            continue
        has = {"call", "out", "where"} if rule_of(name) else {"call"}
        if rule_of(name) and function.nin == 2:
            has |= {"outer", "at"}
        elif rule_of(name):
            has |= {"at"}
        has |= {"reduce"} if function.__name__ in REDUCED else set()
        has |= {"accumulate"} if function.__name__ in ACCUMULATED else set()
        yield name, tuple(variant for variant in _VARIANTS if variant in has)


def groups(prefix: str, module: types.ModuleType) -> dict[str, list[str]]:
    """The public functions of a module of NumPy's by group; ufuncs that are followed are left out."""
    found: dict[str, list[str]] = {"followed": [], "moved": [], "decides": [], "constant": [], "refused": []}
    for name in sorted(set(dir(module))):
        function = getattr(module, name)
        if name.startswith("_") or not callable(function) or isinstance(function, type | types.ModuleType):
            continue
        full = f"{prefix}{name}"
        ufunc = isinstance(function, np.ufunc)
        if ufunc and (rule_of(name) or name in SPECIAL_CALLS):
            continue
        made_here = name in creation.CREATING or name in FILLED or full in ("vectorize", "frompyfunc", "full_like")
        if full in FUNCTIONS or made_here or rule_of(full) is not None:
            found["followed"].append(full)
        elif full in MOVING or full in IN_PLACE:
            found["moved"].append(full)
        elif full in LOOKING or full in DECIDING:
            found["decides"].append(full)
        elif prefix == "random.":
            found["constant"].append(full)
        else:
            found["refused"].append(full)
    return found


def page() -> str:
    """The page, as Markdown."""
    lines = [INTRODUCTION, "## Ufuncs that are followed\n", "| `np.` | " + " | ".join(_VARIANTS) + " |"]
    lines.append("|---" * (len(_VARIANTS) + 1) + "|")
    for name, has in followed_ufuncs():
        lines.append(f"| `{name}` | " + " | ".join("yes" if variant in has else "" for variant in _VARIANTS) + " |")
    for title, prefix, module in (
        ("NumPy", "", np),
        ("numpy.linalg", "linalg.", np.linalg),
        ("numpy.random", "random.", np.random),
    ):
        lines.append(f"\n## {title}: functions\n")
        for group, names in groups(prefix, module).items():
            if names:
                lines.append(f"**{group}**: {', '.join(f'`{name}`' for name in names)}\n")
    special = sorted(name.rpartition(".")[2] for name in {*RULES, *FUNCTIONS} if name.startswith("scipy.special."))
    lines.append(
        f"\n## scipy.special\n\n**followed**: {', '.join(f'`{name}`' for name in special)}; others are refused.\n"
    )
    lines.append(f"\n## math\n\n**followed**: {', '.join(f'`{name}`' for name in _of_math())}.\n")
    return "\n".join(lines)


def _of_math() -> list[str]:
    known = {*mathematics.MATH, "fsum", "prod", "pow", "fabs", *(name for name in RULES if hasattr(math, name))}
    return sorted(known)


if __name__ == "__main__":
    print(page(), end="")
