"""What a program's variables held, and the line that last assigned each, seen by tracing its functions.

A value is copied at the moment its statement is done: a later ``dZ1 = dA1; dZ1 *= slope`` does not spoil dA1.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

import numpy as np

from check.names import GUESS, Candidate, alias
from check.stores import Slot, Source, Store, lines_in, parts, slot_of, unpacked

LARGEST = 4_000_000  # entries of an array worth a copy
REMEMBERED = 50  # calls of one function; later ones are not traced


def numbers(value: Any) -> np.ndarray | None:
    """A copy of real floating-point numbers, however they are held; None for anything else."""
    if isinstance(value, list):
        try:
            value = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            return None
    if not isinstance(value, np.ndarray | np.floating | float) or np.size(value) > LARGEST:
        return None
    array = np.array(value)
    return array if array.dtype.kind == "f" else None


@dataclass(eq=False)
class Binding:
    """A slot's latest value."""

    store: Store
    value: Any
    order: int  # of the last assignment, among all events
    line: int  # of the last assignment
    copy: np.ndarray | None  # as it was when bound
    repeated: bool  # bound anew by the same statement
    twin: Binding | None  # an older binding of the same object; None once this one has been changed
    changed: bool = False  # in place, since it was bound
    settled: np.ndarray | None = None  # as it was when another name was given to it


class Call:
    """One call of one of the file's functions, while it is traced."""

    def __init__(self, harvest: Harvest, code: CodeType) -> None:
        self.harvest = harvest
        self.code = code
        self.line = 0
        self.raising = False
        self.bindings: dict[Slot, Binding] = {}
        self.done: set[Store] = set()
        self.variables: dict[str, Any] = {}
        self.returned: Any = None
        self.return_lines: dict[str | int, int] = {}  # of the parts of what it returned, by position or name

    def trace(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        """Called before each line runs, and when the function ends: notes what the line just left has assigned."""
        if event == "exception":
            self.raising = True
            return self.trace
        if not self.raising and (stores := self.harvest.source.stores.get(self.line)):
            variables = frame.f_locals
            for store in stores:
                self._note(store, variables)
        if event == "return":
            self._end(dict(frame.f_locals), argument)
        else:
            self.raising = False
            self.line = frame.f_lineno
        return self.trace

    def _note(self, store: Store, variables: Any) -> None:
        known = self.bindings.get(store.slot)
        value = known.value if known and store.how == "change" else store.slot.value(variables)
        if value is None:
            return
        if known is not None and known.value is value:
            if store.how != "bind":
                known.changed, known.line, known.order = True, store.line, self.harvest.tick()
                known.settled = known.twin = None
            return
        twins = [other for other in self.bindings.values() if other.value is value]
        for twin in twins:
            if twin.changed:
                twin.settled = numbers(value)
        if store.how == "bind":
            repeated = store in self.done
            self.done.add(store)
        else:
            repeated = known is not None and known.repeated
        self.bindings[store.slot] = Binding(
            store,
            value,
            self.harvest.tick(),
            store.line,
            numbers(value) if alias(store.slot.name) else None,
            repeated,
            twins[-1] if twins else None,
            changed=store.how == "change",
        )

    def _end(self, variables: dict[str, Any], returned: Any) -> None:
        for slot, binding in self.bindings.items():
            twin = binding.twin
            if twin and twin.changed and not _may_be_one(twin.store.slot.name, slot.name):
                # Two lines cannot be one array: the older name had the value before it was changed.
                twin.changed, twin.line = False, twin.store.line
        for slot, binding in self.bindings.items():
            if binding.changed and alias(slot.name):
                binding.copy = numbers(binding.value) if binding.settled is None else binding.settled
        expression = self.harvest.source.returns.get(self.line)
        if expression is not None and not self.raising:
            self.return_lines = self._part_lines(expression)
            for line, part in lines_in(expression).items():
                self.harvest.literal_lines[line] = self._line_of(part)
        self.returned, self.variables = returned, variables
        self.harvest.calls.append(self)

    def _part_lines(self, expression: ast.expr) -> dict[str | int, int]:
        entries: dict[str | int, int] = {}
        if isinstance(expression, ast.Name):
            binding = self.bindings.get(Slot(expression.id))
            if binding is None or binding.store.expression is None:
                return {}
            entries = {s.name: b.line for s, b in self.bindings.items() if s.base == expression.id and s.item}
            expression = binding.store.expression
        return {key: self._line_of(part) for key, part in parts(expression).items()} | entries

    def _line_of(self, part: ast.expr) -> int:
        """Where a returned part was computed: here, or where the variable it merely repacks was assigned."""
        slot = slot_of(unpacked(part))
        return self.bindings[slot].line if slot in self.bindings else part.lineno


class Harvest:
    """Follows the functions of one file, in this thread, between ``with`` and its end.

    Args:
        filename: as compiled into the file's code.
        source: what ``read_source`` found in it.
        own: the code of the learner's ``backprop``; None for an engine.
    """

    def __init__(self, filename: str, source: Source, own: CodeType | None) -> None:
        self.filename = filename
        self.source = source
        self.own = own
        self.runs: Counter[CodeType] = Counter()
        self.calls: list[Call] = []  # in the order in which they ended
        self.literal_lines: dict[str, int] = {}  # of the parts of any Lines(...) or Parameters(...) returned
        self._order = 0

    def __enter__(self) -> Harvest:
        sys.settrace(self._start)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _start(self, frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        code = frame.f_code
        if code.co_filename != self.filename or code.co_name.startswith("<"):
            return None
        self.runs[code] += 1
        if self.runs[code] > REMEMBERED:
            return None
        return Call(self, code).trace

    def tick(self) -> int:
        """The next number in the order of events."""
        self._order += 1
        return self._order

    def candidates(self) -> list[Candidate]:
        """What the variables held: backprop's own, those of helpers that ran once, entries of dicts, attributes."""
        found: list[Candidate] = []
        once = [call for call in self.calls if call.code is self.own or self.runs[call.code] == 1]
        seen = {slot.name for call in self.calls for slot in call.bindings if slot.key is not None}
        for call in once:
            own = call.code is self.own
            for slot, binding in call.bindings.items():
                origin = "attribute" if slot.key is not None else "local" if own else "helper"
                line = self.made_at(slot.name, binding.copy) or binding.line
                found += _candidate(slot.name, origin, line, binding.repeated, binding.copy, own)
            for key, value in _held(call.variables):
                if key not in seen:
                    seen.add(key)
                    copy = numbers(value)
                    found += _candidate(key, "attribute", self.made_at(key, copy), False, copy, own)
        return found

    def made_at(self, name: str, values: np.ndarray | None) -> int | None:
        """The line that first made these values under a name for the same line of Algorithm 1, wherever it was."""
        known = alias(name)
        if values is None or known is None:
            return None
        same = [
            (binding.order, binding.line)
            for call in self.calls
            for slot, binding in call.bindings.items()
            if (other := alias(slot.name))
            and (other.certainty != GUESS or call.code is self.own)
            and (other.named or other.lines) == (known.named or known.lines)
            and binding.copy is not None
            and binding.copy.size == values.size
            and np.array_equal(binding.copy.ravel(), values.ravel(), equal_nan=True)
        ]
        return min(same)[1] if same else None

    def part_lines(self, returned: Any) -> dict[str | int, int]:
        """The lines of the parts of a value that one of the file's functions put together and returned."""
        for call in self.calls:
            if call.returned is returned and call.return_lines:
                return call.return_lines
        return {}


def _may_be_one(older: str, newer: str) -> bool:
    """Whether two names can rightly stand for one array: of one sample, db is dZ."""
    one, other = alias(older), alias(newer)
    if one is None or other is None or one == other:
        return one == other
    return one.named in ("dZ1", "dZ2") and other.named == (one.named or "").replace("Z", "b")


def _held(variables: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What dicts among the variables and the attributes of self hold under a name for a line."""
    for name, value in variables.items():
        inside = value if isinstance(value, dict) else getattr(value, "__dict__", {}) if name == "self" else {}
        yield from ((key, entry) for key, entry in inside.items() if isinstance(key, str) and alias(key))


def _candidate(
    name: str, origin: str, line: int | None, repeated: bool, values: np.ndarray | None, own: bool
) -> list[Candidate]:
    known = alias(name)
    if known is None or values is None or (known.certainty == GUESS and not own):
        return []
    return [Candidate(name, origin, line, repeated, str(values.dtype), values.shape, values)]
