"""What exact replay will not do: said by name, so that a number is never misread."""

from __future__ import annotations


class NotFollowed(TypeError):
    """The program used something that exact replay does not follow; the text names it."""


class TooLarge(MemoryError):
    """The program computes more numbers than replay keeps; the text says which size to try."""
