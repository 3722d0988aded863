"""The options that several commands share, and what their texts mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

if TYPE_CHECKING:
    from data import Dataset

Epochs = Annotated[int, typer.Option(min=0, max=1_000_000)]
Hidden = Annotated[int, typer.Option(min=1, max=100_000, help="Hidden units.")]
LearningRate = Annotated[float, typer.Option(help="Finite and not negative.")]
BatchSize = Annotated[int, typer.Option(min=1, max=1_000_000)]
TrainSamples = Annotated[int | None, typer.Option(min=1, help="Keep the first N training samples.")]
Classes = Annotated[str, typer.Option(help="Two of the ten classes by name or number; the first gets label 0.")]
Data = Annotated[Path | None, typer.Option(help="Folder of the four IDX files of Fashion-MNIST.")]
Engines = Annotated[
    str | None,
    typer.Option(
        help="Some of numpy,torch,jax,autograd,numba,tinygrad,sklearn,tensorflow, or all that are installed: all. "
        "By default numpy,torch,jax, as far as they are installed."
    ),
]
Audit = Annotated[
    str,
    typer.Option(
        help="How many blocks of each training to audit, at least four, or all: the first and last of the first "
        "and last epoch are always among them. All are audited on all cores."
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Fixes the shuffle and the initial weights.")]

DEFAULT_CLASSES = "Dress,Ankle boot"
DEFAULT_PAGE = Path("backproof-report.html")


def names_in(listed: str) -> list[str]:
    """The names between commas."""
    return [name.strip() for name in listed.split(",")]


def chosen_engines(listed: str | None) -> tuple[list[str], bool]:
    """The engines that --engines names, and whether one that is not installed is left out."""
    from engines import COMPARED, ENGINES

    if listed is None or listed.strip() == "all":
        return list(COMPARED if listed is None else ENGINES), True
    return names_in(listed), False


def block_count(audit: str) -> int | None:
    """A number of blocks, or None for all.

    Raises:
        typer.BadParameter: it is neither.
    """
    if audit == "all":
        return None
    if not audit.isdecimal():
        raise typer.BadParameter(f"--audit is {audit!r}, but must be a number of blocks or all")
    return int(audit)


def dataset_of(classes: str, data: Path | None, seed: int, train_samples: int | None = None) -> Dataset:
    """The images that the options choose."""
    from data import load

    return load(names_in(classes), data, seed, train_samples)


@contextmanager
def pending_page(path: Path) -> Iterator[BinaryIO]:
    """The page, written whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    from backproof.outputs import PAGE, pending

    with ExitStack() as stack:
        try:
            page = stack.enter_context(pending(path, PAGE))
        except OSError as error:
            raise OSError(f"{error} (--no-report writes no page)") from error
        yield page
