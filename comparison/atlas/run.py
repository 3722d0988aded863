"""One run of the atlas: engines in their processes, the survey, and what is worth saying of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import msgspec

from comparison.atlas.cells import Atlas
from comparison.atlas.engines_apart import engines_apart, peak_memory
from comparison.atlas.families import FAMILIES
from comparison.atlas.family import Family
from comparison.atlas.findings import findings
from comparison.atlas.kept import Kept
from comparison.atlas.survey import survey
from comparison.atlas.timing import timings
from comparison.atlas.types_of_numbers import TYPES
from proof.certificate import cache_folder


class NothingToAsk(ValueError):
    """The options leave nothing to do; the text is one sentence."""


def run(
    names: Sequence[str],
    families: Sequence[Family],
    dtypes: Sequence[str],
    kept: Path | None,
    torch_compile: bool,
    watch: Callable[[str, int, int], None],
    size: int | None = None,
) -> Atlas:
    """The atlas of these engines.

    Args:
        kept: the file of finished cells; None is the one in the user's cache.
        size: entries of the arguments at which each gradient is timed besides; None times none.

    Raises:
        NotThere: an engine is not known or not installed.
        OSError: what is finished cannot be kept.
    """
    began = time.perf_counter()
    with engines_apart(names) as engines:
        columns = [
            (engine, mode)
            for engine in engines
            for mode in engine.facts.modes
            if mode == "eager" or engine.facts.name != "torch" or torch_compile
        ]
        cells = survey(families, columns, dtypes, Kept(kept or cache_folder(None) / "atlas.jsonl"), watch)
        seconds = round(time.perf_counter() - began, 1)
        times = timings(engines, families, cells, size, watch) if size else []
        memory = {engine.facts.name: engine.memory() for engine in engines}
        versions = {engine.facts.name: engine.facts.version for engine in engines}
    versions |= {name: metadata.version(name) for name in ("numpy", "python-flint")}
    memory["the truth"] = [peak_memory()]
    return Atlas(versions, seconds, memory, cells, findings(cells), times)


def chosen_families(part: str | None) -> list[Family]:
    """The families whose name contains this.

    Raises:
        NothingToAsk: there is none.
    """
    found = [family for family in FAMILIES if part is None or part.lower() in family.name.lower()]
    if not found:
        raise NothingToAsk(f"no function of the atlas has {part!r} in its name")
    return found


def chosen_types(listed: str) -> list[str]:
    """The types between commas.

    Raises:
        NothingToAsk: one is not known.
    """
    names = [name.strip() for name in listed.split(",")]
    if unknown := [name for name in names if name not in TYPES]:
        raise NothingToAsk(f"--dtypes has {unknown[0]!r}, but must be some of {', '.join(TYPES)}")
    return names


def encoded(atlas: Atlas) -> bytes:
    """As JSON; numbers that are not finite are null."""
    return msgspec.json.format(msgspec.json.encode(atlas), indent=1) + b"\n"
