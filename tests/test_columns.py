"""A table that is too wide goes on below, and no cell is lost."""

from __future__ import annotations

import pytest

from report.columns import WIDTH, table

ROWS = [[f"row {n}", *(f"{n}.{column}e3" for column in range(30))] for n in range(3)]
HEADERS = ["", *(f"name\n{column}" for column in range(30))]


def widest(text: str) -> int:
    return max(map(len, text.splitlines()))


def test_what_fits_is_one_table() -> None:
    text = table([row[:6] for row in ROWS], HEADERS[:6])
    assert "\n\n" not in text
    assert len(text.splitlines()) == 2 + 1 + 3


@pytest.mark.parametrize("first", [1, 3])
@pytest.mark.parametrize("columns", [9, 10, 11, 12, 31])
def test_no_table_is_too_wide_and_each_begins_with_the_first_columns(columns: int, first: int) -> None:
    parts = table([row[:columns] for row in ROWS], HEADERS[:columns], first).split("\n\n")
    assert all(widest(part) <= WIDTH for part in parts)
    if columns == 31:
        assert len(parts) > 1
        assert all(WIDTH - widest(part) < 9 for part in parts[:-1])  # none is narrower than it need be
    shown = []
    for part in parts:
        cells = [line.split("  ") for line in part.splitlines()[-3:]]
        cells = [[cell.strip() for cell in line if cell.strip()] for line in cells]
        for line, row in zip(cells, ROWS, strict=True):
            assert line[:first] == row[:first]
        shown += cells[0][first:]
    assert shown == ROWS[0][first:columns]


def test_a_column_wider_than_all_stands_alone() -> None:
    wide = "x" * 100
    parts = table([["a", "1", wide, "2"]], ["", "b", "c", "d"]).split("\n\n")
    assert [part.splitlines()[-1].split() for part in parts] == [["a", "1"], ["a", wide], ["a", "2"]]


def test_a_table_of_no_rows() -> None:
    assert "name" in table([], ["", "name"])
