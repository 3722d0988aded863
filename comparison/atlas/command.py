"""The command ``python compare.py atlas``; packages are imported when it runs, so that help comes at once."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backproof.ending import say
from comparison import options

if TYPE_CHECKING:
    from comparison.atlas.cells import Atlas

atlas = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
Engines = Annotated[str, typer.Option(help="Some of torch,jax,autograd,tinygrad,tensorflow.")]
Types = Annotated[str, typer.Option(help="Some of float64,float32,float16,bfloat16.")]
Json = Annotated[Path | None, typer.Option(help="Write the results to this file.")]
Families = Annotated[str | None, typer.Option(help="Only functions whose name contains this.")]
TorchCompile = Annotated[bool, typer.Option("--torch-compile", help="torch.compile too: many minutes.")]
Page = Annotated[Path, typer.Option(help="Write a page to look at, in one file.")]
KeptFile = Annotated[Path | None, typer.Option(help="The file of finished cells; by default in the cache.")]


@atlas.callback(invoke_without_command=True)
def survey_all(
    context: typer.Context,
    engines: Engines = "torch,jax,autograd",
    dtypes: Types = "float64,float32",
    families: Families = None,
    torch_compile: TorchCompile = False,
    json: Json = None,
    page: Page = Path("atlas.html"),
    kept: KeptFile = None,
) -> None:
    """Where each engine's gradient loses digits: formulas in all formulations, regimes and types, against the truth."""
    if context.invoked_subcommand:
        return
    from comparison.atlas.table import render

    found = _written(engines, dtypes, families, torch_compile, json, page, kept)
    say(f"To look at: {page}\n\n{render(found)}")


def _written(
    engines: str, dtypes: str, families: str | None, torch_compile: bool, json: Path | None, page: Path,
    kept: Path | None, size: int | None = None,
) -> Atlas:  # fmt: skip
    """The atlas, its page and its JSON written; with times where there is a size."""
    from backproof.outputs import DATA, PAGE, pending
    from comparison.atlas.page import rendered
    from comparison.atlas.run import chosen_families, chosen_types, encoded, run
    from comparison.progress import progress_bars

    chosen, types = chosen_families(families), chosen_types(dtypes)
    with ExitStack() as stack:
        output = stack.enter_context(pending(json, DATA)) if json else None
        looked = stack.enter_context(pending(page, PAGE))
        watch = stack.enter_context(progress_bars())
        found = run(options.names_in(engines), chosen, types, kept, torch_compile, watch, size)
        if output:
            output.write(encoded(found))
        looked.write(rendered(found).encode())
    return found


@atlas.command()
def sweep(
    engines: Engines = "torch,jax,autograd",
    dtypes: Types = "bfloat16,float16,float32,float64",
    functions: Annotated[str | None, typer.Option(help="Only functions whose text contains this.")] = None,
    count: Annotated[
        int, typer.Option(min=100, max=10_000_000, help="Arguments of float32 and float64, and pairs.")
    ] = 20_000,
    json: Json = None,
    page: Page = Path("sweeps.html"),
) -> None:
    """Derivatives of elementary functions at every number of the small types, in units in the last place."""
    import msgspec

    from backproof.outputs import DATA, PAGE, pending
    from comparison.atlas.run import chosen_types
    from comparison.atlas.sweep.page import rendered
    from comparison.atlas.sweep.run import chosen, run
    from comparison.atlas.sweep.table import render
    from comparison.progress import progress_bars

    types, swept = chosen_types(dtypes), chosen(functions)
    with ExitStack() as stack:
        output = stack.enter_context(pending(json, DATA)) if json else None
        looked = stack.enter_context(pending(page, PAGE))
        watch = stack.enter_context(progress_bars())
        found = run(options.names_in(engines), types, swept, count, watch)
        if output:
            output.write(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
        looked.write(rendered(found).encode())
    say(f"To look at: {page}\n\n{render(found)}")


@atlas.command(name="time")
def time_beside_digits(
    engines: Engines = "torch,jax,autograd",
    dtypes: Types = "float64,float32",
    families: Families = None,
    torch_compile: TorchCompile = False,
    size: Annotated[int, typer.Option(min=36, max=100_000_000, help="Entries of the largest argument.")] = 100_000,
    json: Json = None,
    page: Page = Path("atlas.html"),
    kept: KeptFile = None,
) -> None:
    """The atlas, and what the gradient of each formula costs beside its digits."""
    from comparison.atlas.table import cost
    from comparison.atlas.time_table import render

    found = _written(engines, dtypes, families, torch_compile, json, page, kept, size)
    say(f"To look at: {page}\n\n{render(found.times)}\n\n{cost(found)}")
