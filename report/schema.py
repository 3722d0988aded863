"""Reads results from a JSON file, held against their schema: what a page is made from can be trusted to fit."""

from __future__ import annotations

import json
import types
from functools import cache
from pathlib import Path
from typing import Any, Literal, NoReturn, NotRequired, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

from comparison.results import Results


class ResultsError(ValueError):
    """A file does not hold results, or not all of them; the text is one sentence."""


def read(path: Path) -> Results:
    """The results of a comparison, as ``--json`` writes them.

    Raises:
        ResultsError: the file is not JSON, or something in it is not what the schema says.
        OSError: it cannot be read.
    """
    try:
        written = path.read_bytes()
    except OSError as error:
        raise OSError(f"{path} cannot be read: {error.strerror}") from error
    try:
        results = json.loads(written, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ResultsError(f"{path} is not JSON") from None
    try:
        return fitting(results)
    except ResultsError as error:
        raise ResultsError(f"{path} does not hold results: {error}") from None


def fitting(results: Any) -> Results:
    """The same, once everything in it is what the schema says; keys that the schema does not know are left alone.

    Raises:
        ResultsError: something is not.
    """
    _fit(results, Results, "")
    _agree(results)
    return cast("Results", results)


def _fit(value: Any, expected: Any, where: str) -> None:
    """Raises ResultsError unless a value read from JSON is of this type."""
    origin, arguments = get_origin(expected), get_args(expected)
    if origin in (Union, types.UnionType):  # in the schema: something or None
        if value is not None:
            _fit(value, arguments[0], where)
    elif origin is Literal:
        if (type(value), value) not in [(type(argument), argument) for argument in arguments]:
            _refuse(where, f"must be {' or '.join(map(repr, arguments))}")
    elif is_typeddict(expected):
        _kind(value, dict, "an object", where)
        for key, (kind, required) in _keys(expected).items():
            if key in value:
                _fit(value[key], kind, f"{where}.{key}" if where else key)
            elif required:
                _refuse(where, f"has no {key!r}")
    elif origin is dict:
        _kind(value, dict, "an object", where)
        for key, item in value.items():
            _fit(item, arguments[1], f"{where}[{key!r}]")
    elif origin is list:
        _kind(value, list, "a list", where)
        for position, item in enumerate(value):
            _fit(item, arguments[0], f"{where}[{position}]")
    elif expected is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            _refuse(where, "must be a number")
    elif expected is int:
        if isinstance(value, bool) or not isinstance(value, int):
            _refuse(where, "must be a whole number")
    else:
        _kind(value, expected, "text" if expected is str else expected.__name__, where)


def _agree(results: Results) -> None:
    """Raises ResultsError unless there are as many numbers everywhere as what was run says."""
    if len(results["experiment"]["classes"]) != 2:
        _refuse("experiment.classes", "must be two")
    for name, engine in results["engines"].items():
        if len(engine["losses"]) != results["experiment"]["epochs"]:
            _refuse(f"engines[{name!r}].losses", "must be as many as there are epochs")
        if [len(row) for row in engine["confusion"]] != [2, 2]:
            _refuse(f"engines[{name!r}].confusion", "must be 2 by 2")
    if certificate := results.get("certificate"):
        if len(certificate["losses"]) != results["experiment"]["epochs"]:
            _refuse("certificate.losses", "must be as many as there are epochs")
        for loss in certificate["losses"]:
            try:
                float(loss)
            except ValueError:
                _refuse("certificate.losses", "must be numbers, each as text")
    for number, matrix in enumerate(results["kills"]["matrices"] if "kills" in results else ()):
        sizes = [len(matrix["weights"])] * len(matrix["checkers"])
        for program in matrix["programs"]:
            if [len(letters) for letters in program["letters"]] != sizes:
                _refuse(f"kills.matrices[{number}].programs", "must have a letter for every checker and setting")


@cache
def _keys(schema: Any) -> dict[str, tuple[Any, bool]]:
    """Each key's type, and whether it has to be there."""
    found = {}
    for key, hint in get_type_hints(schema, include_extras=True).items():
        optional = get_origin(hint) is NotRequired
        found[key] = (get_args(hint)[0] if optional else hint, not optional)
    return found


def _kind(value: Any, kind: type, words: str, where: str) -> None:
    if not isinstance(value, kind):
        _refuse(where, f"must be {words}")


def _refuse(where: str, why: str) -> NoReturn:
    raise ResultsError(f"{where or 'the whole of it'} {why}")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")
