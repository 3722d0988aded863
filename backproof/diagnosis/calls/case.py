"""A program and how it is called: ``example()`` gives the arguments of ``backprop``, a probe their numbers."""

from __future__ import annotations

import contextlib
import random
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from backproof.balls import Balls
from backproof.diagnosis.calls.answer import Answer, answer_of, answer_with_reference
from backproof.diagnosis.calls.bound import Bound, CannotCall, bound
from backproof.diagnosis.calls.deadline import at_most
from backproof.diagnosis.calls.leaves import Where, leaves, refilled
from backproof.diagnosis.calls.reference import Reference, ReferenceRun
from backproof.diagnosis.calls.shared import written_into
from backproof.diagnosis.completing.parts import Part, parts_of
from backproof.replay.loading import Loaded, Program
from backproof.replay.operands import array, is_traced, number
from backproof.replay.run import Inputs
from backproof.replay.tape import Tape
from backproof.replay.world import ExactWorld, FloatWorld, Recorded, Visit

SEED = 20
MOST_SECONDS = 5.0  # that one call may take
Probe = Mapping[Where, np.ndarray]  # numbers in the place of the example's; what is not in it stays


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
        given = bound(function, made)
        still_open = next((name for name, value in given.by_name.items() if value is ...), None)
        if still_open is not None:
            raise CannotCall(f"the ... for {still_open} in example is still to be filled in")
        return given


def _example(space: Mapping[str, Any]) -> Callable[[], Any]:
    function = space.get("example")
    if not callable(function):
        raise CannotCall("there is no function example that returns the arguments of one small call of backprop")
    return function


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
        real: whether PyTorch and JAX are themselves, and have no stand-ins.
    """

    def __init__(
        self,
        case: Case,
        only: frozenset[int] | None = frozenset(),
        keep: bool = False,
        most_seconds: float = MOST_SECONDS,
        real: bool = False,
    ) -> None:
        self.most_seconds = most_seconds
        self.case = case
        self.world = FloatWorld(keep=keep, real=real)
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
        """One call; whatever the program raises comes out.

        Args:
            probe: the numbers of every argument; None for those of the example.
            replaced: values to put in the place of others.
        """
        world = self.world
        world.begin()
        with _quiet(seed):
            given = self.case.given(self.loaded.namespace)
            named = refilled(given.by_name, lambda where, _: None if probe is None else probe.get(where))
            before = dict(probe or {})
            if probe is None:
                before = {where: np.array(leaf, np.float64) for where, leaf in leaves(named).items()}
            world.begin(replaced)
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
        tape, records: what was computed, and every number that passed a hook, in order.
        passed: the keys of all places that were passed, whatever they hold.
        reference: the loss that is meant, where it is known.
    """

    entries: dict[Where, np.ndarray]
    returned: Any
    tape: Tape
    records: list[Recorded]
    passed: frozenset[int]
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
    world = ExactWorld(tape, keep=False, parts=parts, shared=written_into(case.program) if parts else frozenset())
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
        reference, records, passed, world.keep = None, world.records, frozenset(world.passed), False
        if case.reference is not None:
            again = case.given(loaded.namespace)  # the program may have written into its own
            meant = refilled(again.by_name, lambda where, old: _of_entries(tape, entries.get(where), old))
            reference = case.reference.exactly(meant, tape, records)
    return ExactCall(entries, returned, tape, records, passed, reference)


def _of_entries(tape: Tape, ids: np.ndarray | None, old: Any) -> Any:
    return None if ids is None else array(tape, ids.copy()) if old.ndim else number(tape, int(ids))
