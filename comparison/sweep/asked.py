"""What a sweep asks for: the values of each setting, and one training for each way to choose among them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import msgspec
import typer

from comparison.options import names_in
from comparison.settings import Settings

Number = TypeVar("Number", int, float)


class Asked(msgspec.Struct, frozen=True):
    """One training. Two that are equal have the same result, but for the seconds.

    Attributes:
        engine: its name, or ``file.py:Class``.
        library: which one that is: the version of its library, or what the file holds.
        seed: fixes the shuffle and the initial weights.
        train_samples: how many of the training samples are kept; None for all.
        images, labels: the fingerprints of the data.
    """

    engine: str
    library: str
    hidden: int
    learning_rate: float
    batch_size: int
    epochs: int
    seed: int
    classes: tuple[str, str]
    train_samples: int | None
    images: str
    labels: str

    @property
    def settings(self) -> Settings:
        """In float64."""
        return Settings(self.epochs, self.hidden, self.learning_rate, self.batch_size, seed=self.seed)

    @property
    def key(self) -> str:
        """As text."""
        return msgspec.json.encode(self).decode()


class Group(NamedTuple):
    """The trainings that differ in nothing but their seed."""

    engine: str
    hidden: int
    learning_rate: float
    batch_size: int


class Grid(NamedTuple):
    """The values of each setting, each once. Epochs take no training of their own: the longest passes through all."""

    engines: tuple[str, ...]
    hidden: tuple[int, ...]
    learning_rates: tuple[float, ...]
    batch_sizes: tuple[int, ...]
    epochs: tuple[int, ...]  # ascending
    seeds: tuple[int, ...]

    @property
    def groups(self) -> list[Group]:
        """One for each way to choose among all but the seeds and the epochs."""
        return [Group(*each) for each in itertools.product(*self[:4])]


def grid(engines: Sequence[str], hidden: str, learning_rates: str, batch_sizes: str, epochs: str, seeds: str) -> Grid:
    """The grid that the texts of the options say.

    Raises:
        typer.BadParameter: one of them is no list of such numbers.
        EngineError: a learning rate that is negative or not finite.
    """
    rates = _numbers("--learning-rate", learning_rates, float, "numbers")
    return Grid(
        tuple(dict.fromkeys(engines)),
        _whole("--hidden", hidden, 1, 100_000),
        tuple(dict.fromkeys(Settings(learning_rate=rate).learning_rate for rate in rates)),
        _whole("--batch-size", batch_sizes, 1, 1_000_000),
        tuple(sorted(_whole("--epochs", epochs, 0, 1_000_000))),
        _whole("--seeds", seeds, 0, 2**31 - 1),
    )


def _whole(option: str, text: str, least: int, most: int) -> tuple[int, ...]:
    kind = f"whole numbers from {least} to {most:,}"
    found = _numbers(option, text, int, kind)
    if outside := [number for number in found if not least <= number <= most]:
        raise typer.BadParameter(f"{option} has {outside[0]}, but must be {kind} with commas between them")
    return found


def _numbers(option: str, text: str, read: Callable[[str], Number], kind: str) -> tuple[Number, ...]:
    found = []
    for part in names_in(text):
        try:
            found.append(read(part))
        except ValueError:
            raise typer.BadParameter(f"{option} has {part!r}, but must be {kind} with commas between them") from None
    return tuple(dict.fromkeys(found))
