"""Error-free transformations: sums and products with their rounding errors.

T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26(6), 2005, algorithms 3.1 to 3.3.
"""

from __future__ import annotations

import numpy as np

BLOCK = 1 << 17  # products held at once by a matrix product

Pair = tuple[np.ndarray, np.ndarray]  # the unevaluated sum of two arrays


def two_sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rounded sum and its error, exactly (Knuth)."""
    total = np.add(a, b)
    virtual = total - a
    error = b - virtual
    np.subtract(total, virtual, out=virtual)
    error += a - virtual
    return total, error


def split(a: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``a``, and two halves of 26 bits whose sum it is (Veltkamp)."""
    shifted = a * 134217729.0
    high = shifted - (shifted - a)
    return a, high, a - high


def two_product(a: tuple[np.ndarray, ...], b: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The rounded product of two split arrays and its error, exactly unless it underflows (Dekker)."""
    product = a[0] * b[0]
    error = a[1] * b[1]
    error -= product
    error += a[1] * b[2]
    error += a[2] * b[1]
    error += a[2] * b[2]
    return product, error


def product_of_pairs(a: Pair, b: Pair) -> tuple[np.ndarray, np.ndarray]:
    """The matrix product of two arrays of unevaluated sums ``hi + lo``: exact products, summed in pairs.

    Each product is (p, e) with |e| <= 4u|ab|; a sum in l levels leaves errors of together (l + 4) u sum|ab|, whose own
    2l roundings are at most 2 l (l + 4) u^2 sum|ab|: the radius of a product of balls counts 2 (l + 4)^2.
    """
    (a_hi, a_lo), (b_hi, b_lo) = a, b
    (rows, terms), columns = a_hi.shape, b_hi.shape[1]
    if terms == 0:
        return np.zeros((rows, columns)), np.zeros((rows, columns))
    left, right = [part[:, :, None] for part in split(a_hi)], split(b_hi)
    a_rest, b_rest = bool(a_lo.any()), bool(b_lo.any())
    hi, lo = np.empty((rows, columns)), np.empty((rows, columns))
    height = max(1, BLOCK // (terms * columns))
    for start in range(0, rows, height):
        block = slice(start, start + height)
        product, error = two_product(tuple(part[block] for part in left), right)
        if a_rest:
            error += a_lo[block, :, None] * b_hi
        if b_rest:
            error += a_hi[block, :, None] * b_lo
        while (count := product.shape[1]) > 1:
            half = count // 2
            total, rest = two_sum(product[:, :half], product[:, half : 2 * half])
            rest += error[:, :half] + error[:, half : 2 * half]
            product = np.concatenate([total, product[:, 2 * half :]], 1) if count % 2 else total
            error = np.concatenate([rest, error[:, 2 * half :]], 1) if count % 2 else rest
        hi[block], lo[block] = two_sum(product[:, 0], error[:, 0])
    return hi, lo
