"""From a program to a diagnosis: called, paired, replayed at every probe, judged; culprits and remarks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec
import numpy as np

from backproof.diagnosis.annotated import annotated
from backproof.diagnosis.calls.answer import Answer
from backproof.diagnosis.calls.case import Case, FloatCall, Player, Probe
from backproof.diagnosis.calls.deadline import spent
from backproof.diagnosis.calls.failure import cannot_run
from backproof.diagnosis.calls.leaves import spelled
from backproof.diagnosis.calls.pairing import LOSS_PAIR, Pairing, pairing_of, sentence
from backproof.diagnosis.calls.probes import DRAWN, SATURATED, drawn
from backproof.diagnosis.calls.shapes import misfit
from backproof.diagnosis.culprits.culprit import Culprit
from backproof.diagnosis.culprits.found import find_culprits
from backproof.diagnosis.gradients import gradient_reports, one_scale, right_sentence, stopped_sentence, wrong_sentence
from backproof.diagnosis.held import held
from backproof.diagnosis.report import Diagnosis, Remark, Verdict
from backproof.diagnosis.verdict import guards, numerics
from backproof.diagnosis.verdict.again import look_again, numbers_of, where_another
from backproof.diagnosis.verdict.as_it_runs import as_it_runs, library_of
from backproof.diagnosis.verdict.differences import diagnosed_by_differences
from backproof.diagnosis.verdict.judging import Judgement, Status, judge
from backproof.diagnosis.verdict.reached import unreached
from backproof.diagnosis.words import culprit_report, kept_report, name_of, variable_report
from backproof.replay.foreign.living import in_double_precision
from backproof.replay.refusal import NotFollowed, TooLarge

SECONDS = 3.0  # that the search for culprits may take


def diagnose(case: Case, seconds: float = SECONDS) -> Diagnosis:
    """Judge a program, and find what is wrong with it.

    Args:
        seconds: that the search for culprits may take.
    """
    try:
        return _Trial(case, seconds).diagnosis()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        found = misfit(case, error)
        if found is not None:
            return Diagnosis("cannot run", found[0], str(case.program.path), line=found[1])
        return cannot_run(error, case.program.path)


@dataclass(frozen=True, eq=False)
class _Judged:
    probe: Probe
    judgement: Judgement
    call: FloatCall


class _Trial:
    """The steps of one diagnosis, in order."""

    def __init__(self, case: Case, seconds: float) -> None:
        self.case, self.seconds = case, seconds
        self.remarks: list[Remark] = []
        self.file = str(case.program.path)

    def diagnosis(self) -> Diagnosis:
        try:
            return self._with(Player(self.case))
        except NotFollowed as error:  # a word of PyTorch's or JAX's: they themselves know it
            library = library_of(self.case.program)
            if library is None:
                raise
            with in_double_precision(library):
                return self._with(Player(self.case, real=True), error)

    def _with(self, opened: Player, refused: NotFollowed | None = None) -> Diagnosis:
        with opened as player:
            call = player.call()
            answer = call.answer()
            self.pairing, self.said = self._paired(call, answer)
            if self.pairing.unmatched or self.pairing.ambiguous or not self.pairing.pairs:
                return self._unpaired(call)
            self._look_again(player, call, answer)
            if refused is not None:
                return self._by_differences(player, call.arguments, refused)
            self.case = self._with_parameters()
            probes = self._probes(player, call)
            try:
                judged = self._judge(probes)
            except (NotFollowed, TooLarge) as error:
                return self._by_differences(player, call.arguments, error)
        calls, said = as_it_runs(self.case, [one.call for one in judged], judged[0].judgement)
        self.remarks += said
        return self._concluded([replace(one, call=call) for one, call in zip(judged, calls, strict=True)])

    def _paired(self, call: FloatCall, answer: Answer) -> tuple[Pairing, str]:
        pairing = pairing_of(answer, call.arguments, self.case.returned_names)
        return pairing, sentence(pairing, call.arguments)

    def _with_parameters(self) -> Case:
        """The case, whose reference knows what gradients are wanted of."""
        if self.case.reference is None:
            return self.case
        of = tuple(str(pair.parameter[0]) for pair in self.pairing.pairs if pair != LOSS_PAIR)
        return replace(self.case, reference=replace(self.case.reference, of=of))

    def _unpaired(self, call: FloatCall) -> Diagnosis:
        """A gradient without a parameter is never passed over."""
        names = ", ".join(spelled(where) for where in call.arguments)
        if self.pairing.ambiguous:
            where, ways = self.pairing.ambiguous[0]
            said = f"the gradient {spelled(where)} may belong to {' or '.join(map(spelled, ways))}"
        elif self.pairing.unmatched:
            said = f"the gradient {spelled(self.pairing.unmatched[0]) or 'returned'} finds no parameter among {names}"
        else:
            said = "no gradient is returned"
        advice = "return a dict with the names of the parameters, as in {'W1': dW1}, or a tuple in their order"
        return Diagnosis("cannot run", f"{said}: {advice}", self.file, pairing=self.said)

    def _look_again(self, player: Player, call: FloatCall, answer: Answer) -> None:
        """A second call with the same arguments must give the same."""
        self.remarks += look_again(player, call, answer)
        for where in self.pairing.without:
            self.remarks.append(Remark("no gradient", None, f"{spelled(where)} has no gradient in what is returned"))

    def _probes(self, player: Player, call: FloatCall) -> list[tuple[Probe, FloatCall]]:
        """The example, and parameters drawn anew where the program can take them."""
        parameters = {pair.parameter for pair in self.pairing.pairs}
        found: list[tuple[Probe, FloatCall]] = [(call.arguments, call)]
        for seed, times in enumerate(DRAWN, 1):
            probe = drawn(call.arguments, parameters, times, seed)
            try:
                made = player.call(probe)
                if _finite(made.answer()):
                    found.append((made.arguments, made))
            except Exception:
                continue
        return found

    def _judge(self, probes: list[tuple[Probe, FloatCall]]) -> list[_Judged]:
        pairs = self.pairing.pairs
        found = [_Judged(probes[0][0], judge(self.case, probes[0][0], pairs), probes[0][1])]
        for probe, call in probes[1:]:
            try:
                found.append(_Judged(probe, judge(self.case, probe, pairs), call))
            except (NotFollowed, TooLarge):
                raise
            except Exception:
                continue
        return found

    # Conclusions.

    def _concluded(self, judged: list[_Judged]) -> Diagnosis:
        passed = frozenset().union(*(one.judgement.call.passed for one in judged))
        for line in unreached(self.case.program, passed):
            text = f"the branch at line {line} was not taken with any set of numbers: nothing is known of it"
            self.remarks.append(Remark("not reached", line, text))
        wrong = [
            one for one in judged if any(g.status in (Status.WRONG, Status.SHAPE) for g in one.judgement.gradients)
        ]
        if wrong:
            return self._guarded(judged, wrong) or self._wrong([*wrong, *(one for one in judged if one not in wrong)])
        if all(g.status is Status.UNKNOWN for one in judged for g in one.judgement.gradients):
            return self._said("fragile", "the loss or its gradient overflows, so that nothing is known of it", judged)
        return self._kept(judged) or self._fragile(judged) or self._right(judged)

    def _kept(self, judged: list[_Judged]) -> Diagnosis | None:
        """Right once, and not again."""
        if all(remark.kind != "state" for remark in self.remarks):
            return None
        said = self._said("wrong", "the gradients are right in the first call, and others in the next", judged[:1])
        place = where_another(self.case)
        if place is None:
            return said
        culprit = kept_report(self.case.program, place, said.gradients)
        return msgspec.structs.replace(said, culprits=[culprit])

    def _right(self, judged: list[_Judged]) -> Diagnosis:
        """Nothing is wrong; how much of that is proven."""
        proven = [one for one in judged if one.judgement.all_right]
        said = right_sentence(judged[0].judgement.gradients)
        if not proven:
            digits = min(g.digits for one in judged for g in one.judgement.gradients)
            said += f", as far as can be seen: to {int(digits)} digits, where long chains of operations hide the rest"
        return msgspec.structs.replace(self._said("correct", said, proven or judged), probes=len(proven))

    def _guarded(self, judged: list[_Judged], wrong: list[_Judged]) -> Diagnosis | None:
        effect = max(guards.effect(g) for g in judged[0].judgement.gradients)
        aside = guards.needed(self.case, [one.probe for one in wrong], self.pairing.pairs)
        if not aside or not (effect < guards.SMALL or any(one.clips for one in aside)):
            return None
        self.remarks += guards.remarks(aside, effect)
        said = f"{right_sentence(judged[0].judgement.gradients)}, {guards.said(aside, self.case.program.path)}"
        meant = self._again(guards.set_aside(self.case, aside), judged)
        return self._said("correct", said, [one for one in meant if one.judgement.all_right])

    def _again(self, case: Case, judged: list[_Judged]) -> list[_Judged]:
        """The same probes of another version of the program."""
        pairs = self.pairing.pairs
        with Player(case) as player:
            return [_Judged(one.probe, judge(case, one.probe, pairs), player.call(one.probe)) for one in judged]

    def _meant(self, judged: list[_Judged]) -> list[_Judged]:
        """The same without guards and clipped gradients, where the loss stays what it is; the case too.

        Where a gradient is wrong without them that was right, they are no guards but belong to the formula.
        """
        case, aside = guards.without(self.case, judged[0].judgement)
        if not aside:
            return judged
        try:
            meant = self._again(case, judged)
        except Exception:
            return judged
        before, after = (found[0].judgement.tape.hi[found[0].judgement.loss] for found in (judged, meant))
        if not abs(after - before) <= guards.SMALL * abs(before) or meant[0].judgement.all_right:
            return judged
        if any(not one.judgement.right <= other.judgement.right for one, other in zip(judged, meant, strict=True)):
            return judged
        self.remarks += guards.remarks(aside)
        self.case = case
        return meant

    def _wrong(self, judged: list[_Judged]) -> Diagnosis:
        judged = self._meant(judged)
        first = judged[0]
        probes = [one.probe for one in judged]
        begun = spent()
        try:
            found = find_culprits(self.case, first.judgement, probes, self.pairing.pairs, self.seconds)
            if spent() - begun >= self.seconds and not (found and all(culprit.changes for culprit in found)):
                self.remarks.append(Remark("stopped", None, stopped_sentence(self.seconds)))
        except Exception as error:  # the verdict stands all the same
            found = []
            text = f"the search for the line ended early, by a mistake of ours: {type(error).__name__}: {error}"
            self.remarks.append(Remark("search", None, text))
        names = [name_of(pair, self.pairing) for pair in self.pairing.pairs]
        wrong = [name for name, g in zip(names, first.judgement.gradients, strict=True) if g.status is not Status.RIGHT]
        said = one_scale(first.judgement) or wrong_sentence(wrong, len(names))
        return self._said("wrong", said, judged, found, names)

    def _fragile(self, judged: list[_Judged]) -> Diagnosis | None:
        names = [name_of(pair, self.pairing) for pair in self.pairing.pairs]
        for one in judged:
            lost = numerics.fragile_gradients(self.case, one.call, one.judgement, judged[0].judgement)
            if lost:
                where = numerics.where_lost(self.case, one.probe, one.judgement, lost)
                shown = ", ".join(names[position] for position in lost)
                verb = "loses" if len(lost) == 1 else "lose"
                text = f"right as mathematics, but {shown} {verb} most digits in floating point"
                if where is not None:
                    self.remarks.append(Remark("overflow", where.place.line, f"{where.place.text} {where.what}"))
                    text += f": {where.place.text} {where.what} (line {where.place.line})"
                return self._said("fragile", text, judged)
        self._look_at_large(judged)
        return None

    def _look_at_large(self, judged: list[_Judged]) -> None:
        """Large parameters, where exponentials overflow: said, not held against the program."""
        parameters = {pair.parameter for pair in self.pairing.pairs}
        probe = drawn(judged[0].probe, parameters, SATURATED, 9)
        try:
            with Player(self.case) as player:
                finite = _finite(player.call(probe).answer())
        except Exception:
            return
        if not finite:
            text = f"with parameters {SATURATED:g} times as large the loss or a gradient is not finite"
            self.remarks.append(Remark("overflow", None, text))

    def _by_differences(self, player: Player, example: Probe, error: Exception) -> Diagnosis:
        found = diagnosed_by_differences(player, example, self.pairing, error)
        return msgspec.structs.replace(found, remarks=[*self.remarks, *found.remarks], pairing=self.said)

    def _said(
        self,
        verdict: Verdict,
        summary: str,
        judged: list[_Judged],
        culprits: list[Culprit] | None = None,
        names: list[str] | None = None,
    ) -> Diagnosis:
        names = names or [name_of(pair, self.pairing) for pair in self.pairing.pairs]
        reports = [culprit_report(self.case.program, culprit, names) for culprit in culprits or []]
        gradients = gradient_reports(names, [one.judgement.gradients for one in judged], [one.call for one in judged])
        holding = held(self.case.program, judged[0].judgement)
        return Diagnosis(
            verdict, summary, self.file, gradients, reports, self.remarks, self.said, None, len(judged),
            variables=[variable_report(self.case.program, one) for one in holding],
            annotation=annotated(self.case, judged[0].judgement, holding, culprits or [], judged[0].probe),
        )  # fmt: skip


def _finite(answer: Answer) -> bool:
    return all(np.isfinite(np.asarray(v, float)).all() for v in numbers_of(answer))
