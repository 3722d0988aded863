"""What a gradient is worth, read from a small TOML file, and the points that a diagnosis gets.

A mistake is punished once: it costs the points of one gradient. Others that are wrong only because of it follow, and
get theirs.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from backproof.diagnosis.report import Diagnosis

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Status = Literal["right", "follows", "wrong", "missing"]

DEFAULT = """\
points = 10        # of a program whose gradients are all right

# Which part of its points a gradient gets:
right = 1.0
follows = 1.0      # wrong only because of a mistake that has cost another gradient its points
wrong = 0.0

# Which part of all points a program gets at most:
fragile = 0.8      # right as mathematics, but it overflows or loses its digits
cannot_run = 0.0

# How much each gradient counts, by the name of its parameter. Without this table all that a program returns count
# the same; with it those in the table count, and one that is not returned gets nothing.
# [gradients]
# W1 = 2
# b1 = 1
"""


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts how much; the fields are those of the file."""

    points: Annotated[float, msgspec.Meta(gt=0)] = 10
    right: Share = 1.0
    follows: Share = 1.0
    wrong: Share = 0.0
    fragile: Share = 0.8
    cannot_run: Share = 0.0
    gradients: dict[str, Annotated[float, msgspec.Meta(gt=0)]] = {}


class Line(msgspec.Struct, frozen=True):
    """One gradient's points.

    Attributes:
        gradient: its name.
        status: "right", "follows", "wrong" or "missing".
        points, of: those that it gets, and those that it could get.
    """

    gradient: str
    status: Status
    points: float
    of: float


class Points(msgspec.Struct, frozen=True):
    """What a program gets, and for what."""

    points: float
    of: float
    lines: tuple[Line, ...]


def read_rubric(path: Path | None) -> Rubric:
    """The rubric in a file; the default one for none.

    Raises:
        OSError: it cannot be read, or says something that is not understood.
    """
    if path is None:
        return Rubric()
    try:
        with path.open("rb") as file:
            return msgspec.convert(tomllib.load(file), Rubric)
    except OSError as error:
        raise OSError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise OSError(f"{path} is no rubric: {error}") from None


def points_of(diagnosis: Diagnosis, rubric: Rubric) -> Points:
    """The points of a program that was judged."""
    if diagnosis.verdict == "cannot run":
        return Points(round(rubric.points * rubric.cannot_run, 2), rubric.points, ())
    counted = _counted(diagnosis, rubric)
    status = _statuses(diagnosis)
    whole = sum(weight for _, _, weight in counted)
    parts = {"right": rubric.right, "follows": rubric.follows, "wrong": rubric.wrong, "missing": 0.0}
    lines, total = [], 0.0
    for shown, name, weight in counted:
        said: Status = status[name] if name is not None else "missing"
        of = rubric.points * weight / whole
        total += of * parts[said]
        lines.append(Line(shown, said, round(of * parts[said], 2), round(of, 2)))
    most = rubric.points * (rubric.fragile if diagnosis.verdict == "fragile" else 1)
    return Points(round(min(total, most), 2), rubric.points, tuple(lines))


def _counted(diagnosis: Diagnosis, rubric: Rubric) -> list[tuple[str, str | None, float]]:
    """What counts: the name that is shown, the gradient's own (None where it is not returned), and its weight."""
    if not rubric.gradients:
        return [(name, name, 1.0) for name in diagnosis.gradients]
    own = {_parameter(name, rubric): name for name in diagnosis.gradients}
    return [(own.get(wanted, wanted), own.get(wanted), weight) for wanted, weight in rubric.gradients.items()]


def _parameter(gradient: str, rubric: Rubric) -> str:
    """The name in the rubric that a gradient has, whichever way it is called."""
    last = "".join(c if c.isalnum() or c == "_" else " " for c in gradient).split()[-1:] or [gradient]
    for wanted in rubric.gradients:
        if {gradient, last[0]} & {wanted, f"d{wanted}", f"d_{wanted}", f"grad_{wanted}", f"{wanted}_grad"}:
            return wanted
    return gradient


def _statuses(diagnosis: Diagnosis) -> dict[str, Status]:
    """Each gradient's. Of those that one culprit spoils, the first that is not spoilt by another too bears it."""
    status: dict[str, Status] = {
        name: "right" if gradient.status == "right" else "wrong" for name, gradient in diagnosis.gradients.items()
    }
    if diagnosis.verdict == "fragile":  # right as mathematics
        return dict.fromkeys(status, "right")
    bearers: set[str] = set()
    spoilt: set[str] = set()
    # One that spoils little has the smaller choice.
    for culprit in sorted(diagnosis.culprits, key=lambda one: len(one.gradients)):
        names = [name for name in diagnosis.gradients if name in culprit.gradients]
        spoilt.update(names)
        free = [name for name in names if name not in bearers]
        free.sort(key=lambda name: status[name] == "right")
        bearers.update(free[:1])
    for name in spoilt:
        status[name] = "wrong" if name in bearers else "follows" if status[name] == "wrong" else status[name]
    if diagnosis.verdict == "wrong" and set(status.values()) <= {"right"}:  # as of a second call that differs
        status |= dict.fromkeys(list(status)[:1], "wrong")
    return status
