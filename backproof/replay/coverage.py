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
from backproof.replay.foreign.jax_array import NN_WORDS, NUMPY_WORDS, SPECIAL_WORDS
from backproof.replay.foreign.jax_module import JAX_WORDS, LAX_WORDS
from backproof.replay.foreign.tensor import Tensor
from backproof.replay.foreign.torch_functional import FUNCTIONAL
from backproof.replay.foreign.torch_made import Made
from backproof.replay.foreign.torch_words import WORDS
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

OTHER_LIBRARIES = """
## PyTorch and JAX

These are other names for the same operations: a tensor holds an array, and each word is written in NumPy's. Floats of
every size have double precision in replay; their own digits are those of one run with the library itself. `no_grad`,
`detach`, `stop_gradient`, `jit`, `requires_grad` change nothing: the loss is differentiated through all of it. A
`.grad` after `backward()`, and `jax.grad`, is the true derivative in replay, and the library's own in that run. Random
numbers are the library's. A word that is not here is refused by name and line, and the gradients are judged by
differences with the library itself.
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
    lines += [OTHER_LIBRARIES, *_other_libraries()]
    return "\n".join(lines)


def _other_libraries() -> Iterator[str]:
    """The words of PyTorch and JAX that have a stand-in."""
    made = [name for name in dir(Made) if not name.startswith("_")]
    inner = {"held", "np", "words", "library", "of", "holding", "called", "slope"}
    own = [name for name in dir(Tensor) if not name.startswith("_") and name not in inner]
    for title, names in (
        ("torch", {*WORDS, *made}),
        ("torch.Tensor (and the words of `torch` as methods, also in place with `_`)", own),
        ("torch.nn.functional", {*FUNCTIONAL}),
        ("jax.numpy (and whatever NumPy's functions above are followed)", {*NUMPY_WORDS}),
        ("jax.nn", {*NN_WORDS}),
        ("jax.scipy.special", {*SPECIAL_WORDS}),
        ("jax.lax", {*LAX_WORDS}),
        ("jax", JAX_WORDS),
    ):
        yield f"**{title}**: {', '.join(f'`{name}`' for name in sorted(names))}\n"


def _of_math() -> list[str]:
    known = {*mathematics.MATH, "fsum", "prod", "pow", "fabs", *(name for name in RULES if hasattr(math, name))}
    return sorted(known)


if __name__ == "__main__":
    print(page(), end="")
