"""The arguments that a formula is asked at: five regimes of each, drawn by a seed, rounded to their type."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from comparison.atlas.types_of_numbers import TYPES, FloatType

REGIMES = ("ordinary", "large", "small", "cancelling", "edge")
POINTS = 36  # of an elementwise formula in each regime
DRAWS = 4  # of a formula of whole arrays
Call = tuple[np.ndarray, ...]
Draw = Callable[[FloatType, np.random.Generator], list[Call]]


@dataclass(frozen=True)
class Arguments:
    """What a family's formulas are asked at.

    Attributes:
        names: between commas.
        elementwise: whether each entry of the result belongs to one entry of the arguments.
        regimes: how each is drawn.
        held: how many of the last arguments are labels: the formulations need not agree on their derivatives.
    """

    names: str
    elementwise: bool
    regimes: dict[str, Draw] = field(hash=False)
    held: int = 0

    def calls(self, family: str, regime: str, dtype: str) -> list[Call]:
        """The calls of a regime: numbers of the type, held as float64; an elementwise formula has a single call."""
        random = np.random.default_rng(zlib.crc32(f"{family} {regime}".encode()))
        kind = TYPES[dtype]
        calls = [tuple(kind.rounded(a) for a in call) for call in self.regimes[regime](kind, random)]
        return [call for call in calls if all(np.isfinite(a).all() for a in call)]


Domain = Callable[..., np.ndarray]


def everywhere(*values: np.ndarray) -> np.ndarray:
    """All numbers."""
    return np.ones(np.shape(values[0]), bool)


def positive(*values: np.ndarray) -> np.ndarray:
    """Numbers above 0."""
    return np.logical_and.reduce([v > 0 for v in values])


def between(low: float, high: float) -> Domain:
    """Numbers between two."""
    return lambda *values: np.logical_and.reduce([(low < v) & (v < high) for v in values])


def _spread(start: float, end: float, count: int = POINTS // 2) -> np.ndarray:
    """Numbers of both signs, from start to end by equal factors."""
    sizes = np.geomspace(start, end, count)
    return np.concatenate([sizes, -sizes])


def _edges(kind: FloatType) -> np.ndarray:
    sizes = np.array([kind.subnormal, kind.tiny / 2, kind.tiny, kind.epsilon / 4, kind.epsilon, kind.largest**0.5,
                      kind.largest / 4])  # fmt: skip
    return np.concatenate([[0.0], sizes, -sizes, [1.0, -1.0]])


def _fitted(columns: Sequence[np.ndarray], domain: Domain, kind: FloatType) -> list[Call]:
    """POINTS of them in the domain, once rounded, again from the start where there are fewer: one shape for all."""
    rounded = [kind.rounded(column) for column in columns]
    with np.errstate(all="ignore"):
        inside = np.flatnonzero(domain(*rounded) & np.logical_and.reduce([np.isfinite(c) for c in rounded]))
    if not len(inside):
        return []
    return [tuple(column[np.resize(inside, POINTS)] for column in rounded)]


def numbers(domain: Domain = everywhere, near: Sequence[float] = (), edges: Sequence[float] = ()) -> Arguments:
    """One number ``x``.

    Args:
        near: where the formulas cancel.
        edges: numbers of interest besides those of the type.
    """

    def ordinary(kind: FloatType, random: np.random.Generator) -> list[Call]:
        return _fitted([random.uniform(-3, 3, 16 * POINTS)], domain, kind)

    def large(kind: FloatType, random: np.random.Generator) -> list[Call]:
        return _fitted([_spread(4, min(1e5, kind.largest / 2))], domain, kind)

    def small(kind: FloatType, random: np.random.Generator) -> list[Call]:
        return _fitted([_spread(0.1, kind.tiny * 16)], domain, kind)

    def cancelling(kind: FloatType, random: np.random.Generator) -> list[Call]:
        steps = _spread(0.1, kind.epsilon, POINTS // (2 * max(len(near), 1)))
        return _fitted([np.concatenate([place + steps * max(abs(place), 1) for place in near])], domain, kind)

    def edge(kind: FloatType, random: np.random.Generator) -> list[Call]:
        return _fitted([np.concatenate([_edges(kind), edges])], domain, kind)

    regimes: dict[str, Draw] = {"ordinary": ordinary, "large": large, "small": small}
    return Arguments("x", True, regimes | ({"cancelling": cancelling} if len(near) else {}) | {"edge": edge})


def pairs(
    names: str = "x, y",
    domain: Domain = everywhere,
    second: Callable[[np.ndarray], np.ndarray] | None = None,
    near: Sequence[float] = (),
) -> Arguments:
    """Two numbers; where ``second`` makes a label of random numbers, only the first is extreme, cancelling ``near``."""

    def ordinary(kind: FloatType, random: np.random.Generator) -> list[Call]:
        x, y = random.uniform(-3, 3, (2, 16 * POINTS))
        return _fitted([x, second(y) if second else y], domain, kind)

    def spread(start: float, end: float, kind: FloatType, random: np.random.Generator) -> list[Call]:
        x = _spread(start, end)
        y = random.uniform(-3, 3, POINTS)
        if second:
            return _fitted([x, second(y)], domain, kind)
        also = random.permuted(x)
        third = np.arange(POINTS) % 3
        return _fitted([np.where(third == 1, y, x), np.where(third == 2, y, also)], domain, kind)

    def large(kind: FloatType, random: np.random.Generator) -> list[Call]:
        return spread(4, min(1e5, kind.largest / 2), kind, random)

    def small(kind: FloatType, random: np.random.Generator) -> list[Call]:
        return spread(0.1, kind.tiny * 16, kind, random)

    def cancelling(kind: FloatType, random: np.random.Generator) -> list[Call]:
        if second:
            steps = _spread(0.1, kind.epsilon, POINTS // (2 * len(near)))
            x = np.concatenate([place + steps * max(abs(place), 1) for place in near])
            return _fitted([x, second(random.uniform(-3, 3, len(x)))], domain, kind)
        x = random.uniform(0.5, 3, POINTS) * random.choice([-1, 1], POINTS)
        return _fitted([x, x * (1 + _spread(0.1, kind.epsilon))], domain, kind)

    def edge(kind: FloatType, random: np.random.Generator) -> list[Call]:
        sizes = [0.0, kind.tiny / 2, 1.0, -(kind.largest**0.5), kind.largest / 4, -1.0]
        x, y = np.array(list(itertools.product(sizes, sizes))).T
        return _fitted([x, second(random.uniform(-3, 3, len(x))) if second else y], domain, kind)

    regimes: dict[str, Draw] = {"ordinary": ordinary, "large": large, "small": small}
    between_them: dict[str, Draw] = {"cancelling": cancelling} if near or not second else {}
    return Arguments(names, True, regimes | between_them | {"edge": edge}, int(second is not None))


def arrays(
    shapes: dict[str, tuple[int, ...]],
    given: Callable[[np.random.Generator], Call] | None = None,
) -> Arguments:
    """Arrays of these shapes, and labels ``y`` where they are ``given``, which are never extreme."""

    def drawn(maker: Callable[[tuple[int, ...], FloatType, np.random.Generator, int], np.ndarray]) -> Draw:
        def draw(kind: FloatType, random: np.random.Generator) -> list[Call]:
            return [
                (*(maker(shape, kind, random, number) for shape in shapes.values()), *(given(random) if given else ()))
                for number in range(DRAWS)
            ]

        return draw

    makers = {"ordinary": _ordinary, "large": _large, "small": _small, "cancelling": _offset, "edge": _edge}
    names = ", ".join([*shapes, *(("y",) if given else ())])
    return Arguments(names, False, {regime: drawn(maker) for regime, maker in makers.items()}, int(given is not None))


def _ordinary(shape: tuple[int, ...], kind: FloatType, random: np.random.Generator, number: int) -> np.ndarray:
    return random.standard_normal(shape)


def _large(shape: tuple[int, ...], kind: FloatType, random: np.random.Generator, number: int) -> np.ndarray:
    return random.standard_normal(shape) * 10 ** random.uniform(1, 3)


def _small(shape: tuple[int, ...], kind: FloatType, random: np.random.Generator, number: int) -> np.ndarray:
    return random.standard_normal(shape) * kind.epsilon ** random.uniform(0.3, 1)


def _offset(shape: tuple[int, ...], kind: FloatType, random: np.random.Generator, number: int) -> np.ndarray:
    return kind.epsilon**-0.4 + random.standard_normal(shape)


def _edge(shape: tuple[int, ...], kind: FloatType, random: np.random.Generator, number: int) -> np.ndarray:
    """One 1 among zeros; all equal; one huge number; all just above the smallest normal number."""
    values = random.standard_normal(shape)
    first = np.arange(values.size).reshape(shape) == 0
    return [
        np.where(first, 1.0, 0.0),
        np.ones(shape),
        np.where(first, kind.largest**0.5, values),
        values * kind.tiny * 16,
    ][number]
