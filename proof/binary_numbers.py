"""Finite binary numbers held exactly: as integers at a common scale, as mantissa and exponent, as two float64."""

from __future__ import annotations

import numpy as np
from flint import arb, ctx, fmpz


def fraction_bits(array: np.ndarray) -> int:
    """The smallest s >= 0 for which ``array * 2**s`` holds only integers; the array is float64 and finite."""
    mantissa, exponent = np.frexp(array[array != 0])
    integer = np.ldexp(mantissa, 53).astype(np.int64)
    trailing_zeros = np.log2((integer & -integer).astype(np.float64)).astype(np.int64)
    return int(np.max(53 - trailing_zeros - exponent, initial=0))


class Integers(dict[float, fmpz]):
    """From a float to that float times 2**shift, an integer. Each is converted once: images have few distinct values.

    The shift is at least the ``fraction_bits`` of every number asked for.
    """

    def __init__(self, shift: int) -> None:
        super().__init__()
        self._shift = shift

    def __missing__(self, number: float) -> fmpz:
        numerator, denominator = number.as_integer_ratio()
        self[number] = fmpz((numerator << self._shift) // denominator)
        return self[number]

    def of(self, array: np.ndarray) -> list[fmpz]:
        """The integers of all entries, row after row."""
        return list(map(self.__getitem__, array.ravel().tolist()))


def mantissa_and_exponent(exact: arb) -> tuple[int, int]:
    """(m, e) with ``exact == m * 2**e``, for a ball of radius 0."""
    mantissa, exponent = exact.man_exp()
    return int(mantissa), int(exponent)


def from_mantissa_and_exponent(mantissa: int, exponent: int) -> arb:
    """The ball of radius 0 at ``mantissa * 2**exponent``."""
    with ctx.workprec(max(2, mantissa.bit_length())):
        return arb(mantissa) * arb(2) ** exponent


def two_floats(mantissa: int, exponent: int) -> tuple[float, float]:
    """``mantissa * 2**exponent`` as the nearest float64 and the float64 nearest to the rest.

    Their sum is off by at most half an ulp of the second (Dekker, Numerische Mathematik 18, 1971).
    """
    numerator, scale = mantissa << max(exponent, 0), 1 << max(-exponent, 0)
    high = numerator / scale  # Python divides integers with one rounding
    p, q = high.as_integer_ratio()
    return high, (numerator * q - p * scale) / (scale * q)
