"""What a line may be, judged from an engine's own earlier lines: every set that a correct program can have drawn from.

A line that is shown is taken at its word by the lines after it. Except for the logits, what its own operands make of it
counts as well: a compiled program may compute a number twice, once to show it and once to use it. A line that is not
shown is enclosed from the last shown ones through every form, and since it may come from another pass over the same
inputs, its global sets count too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import product
from typing import NamedTuple

import numpy as np

from backproof.balls import Balls
from engines.interface import Lines
from proof.enclosure import ACTIVATION, EQUATIONS, OPERANDS, Problem, before
from proof.forms import LINES, Form, Logit

CANCELLING = "a form that cancels"


class Candidate(NamedTuple):
    """A set that a line may lie in, and the form that makes it; ``sound`` if nothing on the way to it cancels."""

    balls: Balls
    form: str = ""
    sound: bool = True


Meaning = Callable[[], Candidate]  # what a line may be when a later one uses it; computed when it is asked for, once
Choice = dict[str, Meaning]


class LocalSets:
    """The sets of each line of one probe.

    Args:
        problem: the probe in the engine's arithmetic.
        shown: the lines that the engine shows, of the right shapes and finite.
        overall: the global enclosure: by sound forms only if True, by any form if False.
    """

    def __init__(self, problem: Problem, shown: Mapping[str, np.ndarray], overall: Callable[[bool], Lines]) -> None:
        self.problem, self.overall = problem, overall
        self.shown = {line: Balls.of(array, problem.arithmetic) for line, array in shown.items()}
        self._known: dict[tuple[str, bool, bool], list[Meaning]] = {}
        self._logit = cache(lambda line, meaning: problem.logit(line, meaning().balls))

    def candidates(self, line: str, sound: bool) -> Iterator[Candidate]:
        """The sets of a line from its operands: those that no cancelling form has a part in, or the others."""
        if line in EQUATIONS:
            for choice in self._choices(line, sound):
                yield self._product(line, choice)
            return
        for clean in (True,) if sound else (True, False):
            for choice in self._choices(line, clean):
                for form in LINES[line].forms:
                    if form.sound and clean == sound:
                        yield self._hull(line, choice, (form,), form.name, sound)
                    elif not sound and not form.sound:
                        if form.given:
                            yield self._given(line, choice, form)
                        if form.radius:
                            yield self._hull(line, choice, (form,), form.name, False)

    def _meanings(self, line: str, sound: bool, other_passes: bool = True) -> list[Meaning]:
        key = line, sound, other_passes
        if key not in self._known:
            self._known[key] = self._all_meanings(*key)
        return self._known[key]

    def _choices(self, line: str, sound: bool, other_passes: bool = True) -> Iterator[Choice]:
        """Every combination of what the operands may be: all of them sound, or at least one not."""
        names = OPERANDS[line]
        clean = [self._meanings(name, True, other_passes) for name in names]
        if sound:
            yield from (dict(zip(names, meanings, strict=True)) for meanings in product(*clean))
            return
        others = [self._meanings(name, False, other_passes) for name in names]
        for meanings in product(*(some + more for some, more in zip(clean, others, strict=True))):
            if not all(meaning in some for meaning, some in zip(meanings, clean, strict=True)):
                yield dict(zip(names, meanings, strict=True))

    def _all_meanings(self, line: str, sound: bool, other_passes: bool) -> list[Meaning]:
        """What a line may be when it is used: its sound meanings, the shown one first, or the others.

        A line that is not shown may come from another pass; what comes after it there is of that pass as well.
        """
        if other_passes and line not in self.shown:
            overall = cache(lambda: Candidate(getattr(self.overall(sound), line), "" if sound else CANCELLING, sound))
            return [*(self._meanings(line, sound, False) if self._rests_on_shown(line) else ()), overall]
        forms = [form for form in LINES[line].forms if form.given and ACTIVATION[line] in self.shown]
        if line in self.shown:
            shown = cache(partial(Candidate, self.shown[line]))
            if line in ("Z1", "Z2"):
                return [shown] if sound else []
            first = {name: self._meanings(name, True)[0] for name in OPERANDS[line]}
            if sound:
                return [shown, cache(partial(self._recomputed, line, first, True))]
            return [cache(partial(self._given, line, first, form)) for form in forms]
        if not self._rests_on_shown(line):
            return self._meanings(line, sound)
        choices = list(self._choices(line, sound, False))
        if sound:
            return [cache(partial(self._recomputed, line, choices[0], True))]
        meanings: list[Meaning] = [cache(partial(self._recomputed, line, choice, False)) for choice in choices]
        if line not in EQUATIONS:
            choice = next(self._choices(line, True, False))
            meanings.append(cache(partial(self._recomputed, line, choice, False)))
            meanings += [cache(partial(self._given, line, choice, form)) for form in forms]
            meanings += [cache(partial(self._given, line, choice, form)) for choice in choices for form in forms]
        return meanings

    def _rests_on_shown(self, line: str) -> bool:
        """Whether any line before it is shown; else nothing but its global sets is known of it."""
        return not self.shown.keys().isdisjoint(before(line))

    def _recomputed(self, line: str, choice: Choice, sound: bool) -> Candidate:
        """The line from its operands by every sound form, or by every form."""
        if line in EQUATIONS:
            return self._product(line, choice)
        forms = tuple(form for form in LINES[line].forms if form.sound or not sound)
        return self._hull(line, choice, forms, "" if sound else CANCELLING, sound)

    def _product(self, line: str, choice: Choice) -> Candidate:
        operands = {name: meaning() for name, meaning in choice.items()}
        at = self.problem.inputs | {name: operand.balls for name, operand in operands.items()}
        form = next((operand.form for operand in operands.values() if operand.form), "")
        return Candidate(self.problem.linear(line, at), form, all(operand.sound for operand in operands.values()))

    def _hull(self, line: str, choice: Choice, forms: tuple[Form, ...], name: str, sound: bool) -> Candidate:
        at: Logit = self._logit(OPERANDS[line][0], choice[OPERANDS[line][0]])
        hidden = not sound and line in ACTIVATION and ACTIVATION[line] not in self.shown
        activation = self._meanings(ACTIVATION[line], False)[0]().balls if hidden else None
        return Candidate(self.problem.nonlinear(line, at, self._factor(choice), forms, activation), name, sound)

    def _given(self, line: str, choice: Choice, form: Form) -> Candidate:
        assert form.given is not None
        activation = self._meanings(ACTIVATION[line], True)[0]().balls
        value = form.given(activation, self.problem.one)
        return Candidate(self.problem.finish(line, value, self._factor(choice)), form.name, False)

    @staticmethod
    def _factor(choice: Choice) -> Balls | None:
        return choice["dA1"]().balls if "dA1" in choice else None
