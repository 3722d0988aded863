"""The kill matrix as tables: how many wrong backward passes each checker catches, and each program one by one."""

from __future__ import annotations

from typing import NamedTuple

from tabulate import tabulate

from comparison.results import KillMatrix

LEGEND = """\
x reported, . not reported, - not observable on the samples given to this checker, + reported though not observable from
the gradient; correct programs: ! accused, . not."""


class Count(NamedTuple):
    """What one checker said of all programs at one setting of the weights."""

    caught: int
    observable: int  # wrong passes
    beyond: int  # others reported all the same
    accused: int
    correct: int

    @property
    def caught_in_words(self) -> str:
        return f"{self.caught} / {self.observable}" + (f" +{self.beyond}" if self.beyond else "")

    @property
    def accused_in_words(self) -> str:
        return f"{self.accused} / {self.correct}"


def counts(matrix: KillMatrix) -> list[list[Count]]:
    """For each checker and each setting of the weights."""
    return [
        [_count(matrix, checker, place) for place in range(len(matrix["weights"]))]
        for checker in range(len(matrix["checkers"]))
    ]


def _count(matrix: KillMatrix, checker: int, place: int) -> Count:
    letters: dict[bool, list[str]] = {True: [], False: []}
    for program in matrix["programs"]:
        letters[program["correct"]].append(program["letters"][checker][place])
    wrong, correct = letters[False], letters[True]
    caught = wrong.count("x")
    return Count(caught, caught + wrong.count("."), wrong.count("+"), correct.count("!"), len(correct))


def summary(matrix: KillMatrix, markdown: bool = False) -> str:
    """A row a checker: for each setting of the weights what was caught, and who was accused."""
    rows = [
        [checker["name"], checker["settings"]]
        + [count.caught_in_words for count in row]
        + [count.accused_in_words for count in row]
        for checker, row in zip(matrix["checkers"], counts(matrix), strict=True)
    ]
    between = " " if markdown else "\n"
    headers = ["checker", "settings"] + [
        f"{what},{between}{w}" for what in ("caught", "accused") for w in matrix["weights"]
    ]
    alignment = ["left", "left"] + ["right"] * (2 * len(matrix["weights"]))
    return tabulate(rows, headers, _format(markdown), disable_numparse=True, colalign=alignment)


def program_by_program(matrix: KillMatrix, markdown: bool = False) -> str:
    """A row a program, a column a checker, a letter for each setting of the weights."""
    columns = [f"({number})" for number, _ in enumerate(matrix["checkers"], 1)]
    rows = [[program["program"], *program["letters"]] for program in matrix["programs"]]
    names = (f"{checker['name']}, {checker['settings']}" for checker in matrix["checkers"])
    return "\n".join(
        [
            tabulate(rows, ["program", *columns], _format(markdown), disable_numparse=True),
            "",
            f"At {', '.join(matrix['weights'])} weights: {LEGEND}",
            *(f"{number} {name}" for number, name in zip(columns, names, strict=True)),
        ]
    )


def _format(markdown: bool) -> str:
    return "github" if markdown else "simple"
