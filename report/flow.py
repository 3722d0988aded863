"""The twelve lines as a drawing from X to db1: where each stands, and what it is computed from."""

from __future__ import annotations

from typing import NamedTuple

WIDTH, HEIGHT = 118, 54  # of a box
ACROSS, DOWN = 150, 96  # from one to the next


class Box(NamedTuple):
    name: str
    x: int
    y: int


class Arrow(NamedTuple):
    x1: float
    y1: float
    x2: float
    y2: float


class Flow(NamedTuple):
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


# Forward from left to right; below it backward from right to left, and the four gradients under what they come from.
ROWS = (
    ("X", "Z1", "A1", "Z2", "A2", "loss"),
    (None, "dZ1", "dA1", None, "dZ2", None),
    ("dW1", "db1", None, "dW2", "db2", None),
)
ARROWS = (
    "X Z1", "Z1 A1", "A1 Z2", "Z2 A2", "A2 loss", "A2 dZ2", "dZ2 dA1", "dA1 dZ1",
    "dZ1 dW1", "dZ1 db1", "dZ2 dW2", "dZ2 db2",
)  # fmt: skip


def _flow() -> Flow:
    boxes = {
        name: Box(name, 4 + column * ACROSS, 4 + row * DOWN)
        for row, names in enumerate(ROWS)
        for column, name in enumerate(names)
        if name
    }
    arrows = []
    for pair in ARROWS:
        start, end = (boxes[name] for name in pair.split())
        if start.y == end.y:
            right = start.x < end.x
            y = start.y + HEIGHT / 2
            arrows.append(Arrow(start.x + WIDTH * right, y, end.x + WIDTH * (not right), y))
        else:
            arrows.append(Arrow(start.x + WIDTH / 2, start.y + HEIGHT, end.x + WIDTH / 2, end.y))
    width = 8 + (len(ROWS[0]) - 1) * ACROSS + WIDTH
    return Flow(tuple(boxes.values()), tuple(arrows), width, 8 + (len(ROWS) - 1) * DOWN + HEIGHT)


FLOW = _flow()
