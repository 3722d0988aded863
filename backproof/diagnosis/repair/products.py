"""Matrix products of two of the learner's values: what a gradient may lack that several uses add up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

_FORMS = (("{}.T @ {}", True, False), ("{} @ {}", False, False), ("{} @ {}.T", False, True))  # which are transposed


def matrix_products(
    values: Mapping[str, Sequence[np.ndarray]], texts: Sequence[str], shapes: Sequence[tuple[int, ...]]
) -> Iterator[tuple[str, np.ndarray]]:
    """Those that have these shapes, each time that a place was passed: their text, and their numbers in a row."""
    if not all(len(shape) == 2 for shape in shapes):
        return
    known = [(text, values[text]) for text in texts if len(values.get(text, ())) == len(shapes)]
    matrices = [(text, of) for text, of in known if all(value.ndim == 2 for value in of)]
    for a, left in matrices:
        for b, right in matrices:
            for form, turn_left, turn_right in _FORMS:
                x = [value.T for value in left] if turn_left else left
                y = [value.T for value in right] if turn_right else right
                pairs = [*zip(x, y, shapes, strict=True)]
                if all(p.shape[1] == q.shape[0] and (p.shape[0], q.shape[1]) == shape for p, q, shape in pairs):
                    yield form.format(a, b), np.concatenate([(p @ q).reshape(-1) for p, q, _ in pairs])
