"""A program and how it is called: ``example()`` gives the arguments of ``backprop``, a probe their numbers."""

from __future__ import annotations

import contextlib
import inspect
import random
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from backproof.balls import Balls
from backproof.diagnosis.calls.adapter import Part, parts_of
from backproof.diagnosis.calls.answer import Answer, answer_of, answer_with_reference
from backproof.diagnosis.calls.deadline import at_most
from backproof.diagnosis.calls.leaves import Where, leaves, refilled
from backproof.diagnosis.calls.reference import Reference, ReferenceRun
from backproof.replay.loading import Loaded, Program
from backproof.replay.operands import array, is_traced, number
from backproof.replay.run import Inputs
from backproof.replay.tape import Tape
from backproof.replay.world import ExactWorld, FloatWorld, Recorded, Visit

SEED = 20
MOST_SECONDS = 5.0  # that one call may take
Probe = Mapping[Where, np.ndarray]  # numbers in the place of the example's; what is not in it stays


class CannotCall(ValueError):
    """The program has no ``backprop`` to call, or nothing to call it with; the text is one sentence."""


@dataclass(frozen=True)
class Case:
    """How a program is called.

    Attributes:
        program: the learner's.
        function: the name of the function.
        arguments: makes the arguments, where the program has no ``example()``; from nothing but the program's names.
        most_entries: of a tape.
        reference: what the loss should be, where that is known.
    """

    program: Program
    function: str = "backprop"
    arguments: Callable[[Mapping[str, Any]], Any] | None = None
    most_entries: int | None = None
    reference: Reference | None = None

    def patched(self, program: Program) -> Case:
        """The same call of another version of the program."""
        return replace(self, program=program)

    def answer(self, returned: Any) -> Answer:
        """What came back, taken apart.

        Raises:
            NotAnAnswer: it is no loss with gradients, or no gradients where the loss is known.
        """
        return answer_of(returned) if self.reference is None else answer_with_reference(returned, self.reference.of)

    @property
    def returned_names(self) -> tuple[str, ...]:
        """The variables that the function returns, in a tuple; "" for other expressions, empty if that is unclear."""
        return next((part.gives for part in self._parts if part.name == self._name), ())

    @property
    def takes(self) -> tuple[str, ...]:
        """The parameters of the function that have no default; nothing where it is not at the top of its file."""
        return next((part.takes for part in self._parts if part.name == self._name), ())

    @property
    def _name(self) -> str:
        return getattr(getattr(self.program, "function", None), "__name__", self.function)

    @property
    def _parts(self) -> list[Part]:
        return parts_of(self.program.main.tree)

    def given(self, space: Mapping[str, Any]) -> Bound:
        """The arguments, as the program makes them.

        Raises:
            CannotCall: they do not fit the function.
        """
        function = space.get(self.function)
        if not callable(function):
            raise CannotCall(f"there is no function {self.function}")
        made = self.arguments(space) if self.arguments is not None else _example(space)()
        return bound(function, made)


def _example(space: Mapping[str, Any]) -> Callable[[], Any]:
    function = space.get("example")
    if not callable(function):
        raise CannotCall("there is no function example that returns the arguments of one small call of backprop")
    return function


class Bound(NamedTuple):
    """Arguments for a function.

    Attributes:
        function: what is called.
        by_name: its arguments, in the order of its parameters.
        spread: the parameter that takes all further positions (``*args``), or "".
    """

    function: Callable[..., Any]
    by_name: dict[str, Any]
    spread: str

    def call(self) -> Any:
        """Call it."""
        named = dict(self.by_name)
        rest = named.pop(self.spread, ())
        kinds = {name: p.kind for name, p in inspect.signature(self.function).parameters.items()}
        first = [
            named.pop(n) for n, k in kinds.items() if n in named and (rest or k is inspect.Parameter.POSITIONAL_ONLY)
        ]
        return self.function(*first, *rest, **named)


def bound(function: Callable[..., Any], given: Any) -> Bound:
    """Arguments by the names of the function's parameters.

    Raises:
        CannotCall: they do not fit; the text says which names there are.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise CannotCall("the arguments of backprop cannot be seen: write it as a Python function") from None
    spread = next((n for n, p in parameters.items() if p.kind is inspect.Parameter.VAR_POSITIONAL), "")
    takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
    names = [n for n, p in parameters.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if isinstance(given, dict) and (takes_any or set(map(str, given)) <= set(names)):
        by_name = {name: given[name] for name in [*names, *given] if name in given}
    else:
        several = isinstance(given, tuple) and not hasattr(given, "_fields")
        positions = list(given) if several or (isinstance(given, list) and len(names) != 1) else [given]
        if len(positions) > len(names) and not spread:
            raise CannotCall(_misfit(names, given, len(positions)))
        by_name = dict(zip(names, positions, strict=False))
        if spread:
            by_name[spread] = tuple(positions[len(names) :])
    missing = [n for n in names if n not in by_name and parameters[n].default is inspect.Parameter.empty]
    if missing:
        raise CannotCall(_misfit(names, given, len(by_name)))
    return Bound(function, by_name, spread)


def _misfit(names: Sequence[str], given: Any, count: int) -> str:
    has = f"the names {', '.join(map(str, given))}" if isinstance(given, dict) else f"{count} arguments"
    return f"example() returns {has}, but backprop takes {', '.join(names)}"


@dataclass(frozen=True)
class FloatCall:
    """A call in floating point.

    Attributes:
        arguments: the leaves as they were before the call, copied.
        handed: the arguments themselves, as the call left them, until the next call.
        returned: what came back.
    """

    case: Case
    arguments: dict[Where, np.ndarray]
    returned: Any
    records: list[Recorded] = field(default_factory=list)
    handed: Mapping[str, Any] = field(default_factory=dict)

    def after(self) -> dict[Where, np.ndarray]:
        """The leaves after the call; to be asked before the next one. What is no longer there is left out."""
        found = leaves(self.handed).items()
        return {where: np.array(leaf, np.float64) for where, leaf in found if where in self.arguments}

    def answer(self) -> Answer:
        """Loss and gradients.

        Raises:
            NotAnAnswer: it returned something else.
        """
        return self.case.answer(self.returned)


class Player:
    """A program loaded in floating point, to be called again and again with some values replaced.

    Args:
        only: the keys of places whose values may be replaced.
        keep: whether to record all of them.
        most_seconds: that one call may take.
    """

    def __init__(
        self,
        case: Case,
        only: frozenset[int] | None = frozenset(),
        keep: bool = False,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self.most_seconds = most_seconds
        self.case = case
        self.world = FloatWorld(keep=keep)
        with _quiet():
            self.loaded: Loaded = case.program.load(self.world, only)

    def __enter__(self) -> Player:
        return self

    def __exit__(self, *raised: object) -> None:
        self.loaded.close()

    def replace_hook(self, name: str, hook: Callable[..., Any]) -> None:
        """Let another function stand where values pass."""
        self.loaded.replace_hook(name, hook)

    def call(
        self, probe: Probe | None = None, replaced: Mapping[Visit, np.ndarray] | None = None, seed: int = SEED
    ) -> FloatCall:
        """One call; whatever the program raises comes out."""
        world = self.world
        world.replaced, world.records, world.passed = {}, [], {}
        with _quiet(seed):
            given = self.case.given(self.loaded.namespace)
            named = refilled(given.by_name, lambda where, _: None if probe is None else probe.get(where))
            before = {where: np.array(leaf, np.float64) for where, leaf in leaves(named).items()}
            world.replaced, world.records, world.passed = dict(replaced or {}), [], {}
            with at_most(self.most_seconds):
                returned = given._replace(by_name=named).call()
        return FloatCall(self.case, before, returned, world.records, named)

    def loss(self, call: FloatCall) -> float:
        """The loss of a call that was just made: the reference's, or the one that was returned."""
        reference = self.case.reference
        if reference is None:
            return float(call.answer().loss)
        given = self.case.given(self.loaded.namespace)
        return reference.value(refilled(given.by_name, lambda where, _: call.arguments.get(where)))


@contextlib.contextmanager
def _quiet(seed: int = SEED) -> Iterator[None]:
    """Unseeded random numbers are the same in every call, so that one call can be compared with the next."""
    np.random.seed(seed)  # noqa: NPY002 (what learners use)
    random.seed(seed)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class ExactCall:
    """A call on exact numbers.

    Attributes:
        entries: of each argument's numbers, before the call.
        returned: what came back.
        tape, records: what was computed, and every value that passed a hook, in order.
        reference: the loss that is meant, where it is known.
    """

    entries: dict[Where, np.ndarray]
    returned: Any
    tape: Tape
    records: list[Recorded]
    reference: ReferenceRun | None = None


def exact_call(
    case: Case, probe: Probe, replaced: Mapping[Visit, Balls] | None = None, keep: bool = True, parts: bool = False
) -> ExactCall:
    """One call on exact numbers; each number of the arguments is an entry of its own.

    Args:
        probe: the numbers of every argument, as a call in floating point had them.
        parts: whether every reading of a variable is an entry of its own, whose adjoint is what this use adds.

    Raises:
        NotFollowed: the program uses something that is in no table.
        TooLarge: it computes too many numbers.
    """
    tape = Tape() if case.most_entries is None else Tape(case.most_entries)
    world = ExactWorld(tape, keep=False, parts=parts)
    inputs = Inputs(tape)

    def leaf(where: Where, old: Any) -> Any:
        values = probe.get(where)
        if values is None:
            values = tape.hi[old.ids] if is_traced(old) else np.asarray(old, np.float64)
        return (
            inputs.array(values) if np.ndim(values) or (is_traced(old) and old.ndim) else inputs.number(float(values))
        )

    with _quiet(), case.program.load(world) as loaded:
        given = case.given(loaded.namespace)
        named = refilled(given.by_name, leaf)
        entries = {where: value.ids.copy() for where, value in leaves(named).items() if is_traced(value)}
        world.replaced, world.records, world.passed, world.keep = dict(replaced or {}), [], {}, keep
        returned = given._replace(by_name=named).call()
        reference, records, world.keep = None, world.records, False
        if case.reference is not None:
            again = case.given(loaded.namespace)  # the program may have written into its own
            meant = refilled(again.by_name, lambda where, old: _of_entries(tape, entries.get(where), old))
            reference = case.reference.exactly(meant, tape, records)
    return ExactCall(entries, returned, tape, records, reference)


def _of_entries(tape: Tape, ids: np.ndarray | None, old: Any) -> Any:
    return None if ids is None else array(tape, ids.copy()) if old.ndim else number(tape, int(ids))
