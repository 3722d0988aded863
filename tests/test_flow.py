"""The drawing has every line once, and an arrow wherever a line is computed from another."""

from __future__ import annotations

from engines import Lines
from proof.enclosure import OPERANDS
from report.flow import ARROWS, FLOW, HEIGHT, WIDTH


def test_every_line_stands_somewhere_inside_and_on_no_other() -> None:
    assert sorted(box.name for box in FLOW.boxes) == sorted((*Lines._fields, "X"))
    assert len({(box.x, box.y) for box in FLOW.boxes}) == len(FLOW.boxes)
    assert all(box.x + WIDTH <= FLOW.width and box.y + HEIGHT <= FLOW.height for box in FLOW.boxes)


def test_arrows_run_from_what_a_line_is_computed_from() -> None:
    drawn = {tuple(pair.split()) for pair in ARROWS}
    assert len(FLOW.arrows) == len(drawn) == len(ARROWS)
    for start, end in drawn:
        through = {"Z1": "X", "loss": "A2", "dZ2": "A2"}  # the inputs; A2 is what a learner computes both from
        assert start in OPERANDS[end] or through.get(end) == start
    assert {end for _, end in drawn} == set(Lines._fields)
