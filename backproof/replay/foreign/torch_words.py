"""The table of PyTorch's functions and methods: the same for ``torch.sum(x, 0)`` and ``x.sum(0)``.

Each takes NumPy or its stand-in, then what PyTorch's takes, with plain arrays in the place of tensors.
"""

from __future__ import annotations

from collections.abc import Callable

from backproof.replay.foreign.foreign import Word

WORDS: dict[str, Word] = {}


def says(*names: str) -> Callable[[Word], Word]:
    """Enter a function as what these words mean."""

    def enter(word: Word) -> Word:
        for name in names:
            WORDS[name] = word
        return word

    return enter
