"""The three arithmetics of the proof: exact, and what float64 and float32 may do to a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EXP_ERROR = 16  # k: an exponential or logarithm of a library is wrong by at most k u; measured at most 6.9


class ProofError(ValueError):
    """Nothing can be proved about what was given; the text is one sentence."""


@dataclass(frozen=True)
class Arithmetic:
    """The model of rounding that every bound rests on.

    An operation returns ``(a op b)(1 + delta) + eta`` with ``|delta| <= unit_roundoff``, and ``|eta| <= 2 * tiny``
    whether subnormal numbers are kept, flushed to zero, or read as zero (IEEE 754-2019; N. J. Higham, *Accuracy and
    Stability of Numerical Algorithms*, 2nd ed., sections 2.1 and 2.2).

    Attributes:
        name: "exact", "float64" or "float32".
        unit_roundoff: u, half the distance from 1 to the next number.
        tiny: the smallest normal number.
        exp_error: k, the error of a library's exponential or logarithm in units of u.
        largest: the largest finite number.
    """

    name: str
    unit_roundoff: float
    tiny: float
    exp_error: float
    largest: float

    @property
    def is_exact(self) -> bool:
        """Whether nothing is ever rounded."""
        return self.unit_roundoff == 0

    def gamma(self, roundings: float | np.ndarray) -> float | np.ndarray:
        """``m u / (1 - m u)``, which bounds any product of m factors ``(1 + delta)`` (Higham, lemma 3.1).

        Infinite where ``m u >= 1``. It also bounds ``exp(m u) - 1``, so m may be a real number.
        """
        product = roundings * self.unit_roundoff
        if isinstance(product, float):
            return product / (1 - product) * (1 + 2.0**-50) if product < 1 else np.inf
        if product.max(initial=0) < 1:
            return product / (1 - product) * (1 + 2.0**-50)
        return np.where(product < 1, product / np.where(product < 1, 1 - product, 1), np.inf) * (1 + 2.0**-50)


def _of(dtype: type[np.floating]) -> Arithmetic:
    info = np.finfo(dtype)
    return Arithmetic(info.dtype.name, float(info.eps) / 2, float(info.tiny), EXP_ERROR, float(info.max))


EXACT = Arithmetic("exact", 0.0, 0.0, 0.0, float("inf"))
FLOAT64 = _of(np.float64)
FLOAT32 = _of(np.float32)


def arithmetic_of(dtype: str) -> Arithmetic:
    """FLOAT64 or FLOAT32 for "float64" or "float32".

    Raises:
        ProofError: another dtype.
    """
    for arithmetic in (FLOAT64, FLOAT32):
        if arithmetic.name == dtype:
            return arithmetic
    raise ProofError(f"the dtype is {dtype!r}, but only float64 and float32 can be judged")
