"""The survey: every formulation in every engine, mode, type and regime; finished cells are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed

from comparison.atlas.asking import ask
from comparison.atlas.cells import Cell
from comparison.atlas.engines_apart import Engine
from comparison.atlas.family import Family
from comparison.atlas.kept import Kept, Key


def survey(
    families: Sequence[Family],
    columns: Sequence[tuple[Engine, str]],
    dtypes: Sequence[str],
    kept: Kept,
    watch: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> list[Cell]:
    """All cells, by family, type and column.

    Args:
        columns: engines and their modes.
        kept: finished cells, which are not computed again.
        watch: is told what is done how far.

    Raises:
        OSError: what is finished cannot be kept.
        BrokenProcessPool: an engine's process died.
    """
    keys = [
        (Key(engine.facts.name, engine.facts.version, mode, family.name, dtype), engine, family)
        for family in families
        for dtype in dtypes
        for engine, mode in columns
        if dtype in engine.facts.dtypes
    ]
    missing = [entry for entry in keys if kept.of(entry[0]) is None]
    questions: dict[tuple[Family, str], dict[str, tuple[Engine, list[Key]]]] = {}
    for key, engine, family in missing:
        questions.setdefault((family, key.dtype), {}).setdefault(key.engine, (engine, []))[1].append(key)
    waiting: dict[Future[list[Cell]], list[Key]] = {}
    total = sum(len(by_engine) for by_engine in questions.values())

    def take(future: Future[list[Cell]]) -> None:
        for key in waiting.pop(future):
            kept.keep(key, [cell for cell in future.result() if cell.mode == key.mode])

    asked_so_far = 0
    for number, ((family, dtype), by_engine) in enumerate(questions.items()):
        watch("truth", number, len(questions))
        asked = ask(family, dtype)
        for engine, missing_keys in by_engine.values():
            waiting[engine.answer([key.mode for key in missing_keys], asked)] = missing_keys
            asked_so_far += 1
        for future in [future for future in waiting if future.done()]:
            take(future)
        watch("engines", asked_so_far - len(waiting), total)
    watch("truth", len(questions), len(questions))
    for future in as_completed(list(waiting)):
        take(future)
        watch("engines", total - len(waiting), total)
    return [cell for key, _, _ in keys for cell in kept.of(key) or []]
