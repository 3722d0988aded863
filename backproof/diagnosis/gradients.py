"""What is said of the returned gradients themselves: right or wrong, how far off, and by one factor or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproof.diagnosis.calls.case import FloatCall
from backproof.diagnosis.report import GradientReport
from backproof.diagnosis.verdict.judging import Judged, Judgement, Status, digits_of

DOUBLE = 15.0  # digits that a number in double precision has at least


def right_sentence(gradients: tuple[Judged, ...]) -> str:
    """Of gradients that are all right."""
    count = len(gradients)
    return {1: "the gradient is right", 2: "both gradients are right"}.get(count, f"all {count} gradients are right")


def wrong_sentence(wrong: list[str], count: int) -> str:
    """Of gradients some of which are wrong."""
    if wrong[:1] == ["loss"]:  # it stands first, where a reference says what it must be
        others = wrong_sentence(wrong[1:], count - 1) if wrong[1:] else "the gradients are those of the reference"
        return f"the loss is another one than the reference's; {others}"
    if len(wrong) == count:
        return {1: "the gradient is wrong", 2: "both gradients are wrong"}.get(
            count, f"all {count} gradients are wrong"
        )
    verb = "is" if len(wrong) == 1 else "are"
    rest = count - len(wrong)
    others = "the other one is right" if rest == 1 else f"the other {rest} are right"
    return f"{', '.join(wrong)} {verb} wrong; {others}"


def stopped_sentence(seconds: float) -> str:
    """Of a search that was not done in time."""
    longer = f"--seconds {20 * seconds:.0f} searches longer"
    return f"the search for a change was stopped after {seconds:.2g} seconds; {longer}"


def gradient_reports(
    names: list[str], judged: Sequence[tuple[Judged, ...]], calls: Sequence[FloatCall] = ()
) -> dict[str, GradientReport]:
    """Each gradient at its worst probe; digits in floating point are those at the example."""
    found = {}
    for position, name in enumerate(names):
        probes = [gradients[position] for gradients in judged]
        worst = min(probes, key=lambda g: (g.status is Status.RIGHT, g.status is Status.UNKNOWN, g.digits))
        digits = min([worst.digits, *(_in_floating_point(call, g) for call, g in zip(calls[:1], probes, strict=False))])
        found[name] = GradientReport(
            worst.status.value, round(digits, 1), _worst(worst), list(worst.given.shape), list(worst.true.shape)
        )
    return found


def _worst(judged: Judged) -> tuple[list[int], float, float] | None:
    if judged.status is Status.RIGHT or judged.given.size != judged.true.size or not judged.true.size:
        return None
    given = judged.given.reshape(judged.true.shape)
    place = np.unravel_index(int(np.argmax(np.nan_to_num(np.abs(given - judged.true), nan=np.inf))), given.shape)
    return [int(k) for k in place], float(given[place]), float(judged.true[place])


def _in_floating_point(call: FloatCall, judged: Judged) -> float:
    """How many digits of a gradient are right as the program computes it."""
    given = np.asarray(call.answer().gradients.get(judged.pair.gradient, np.nan), np.float64)
    return min(digits_of(given, judged.true), DOUBLE)


def common_factor(given: np.ndarray, true: np.ndarray) -> float | None:
    """The number that all of ``true`` was multiplied by; None where there is none."""
    big = np.abs(true) > 1e-9 * np.abs(true).max(initial=0.0)
    if not big.any() or not np.isfinite(given).all():
        return None
    ratios = given[big] / true[big]
    factor = float(ratios[0])
    same = np.allclose(given, factor * true, rtol=1e-9, atol=1e-12 * float(np.abs(true).max()))
    return factor if same and factor != 0 and abs(factor - 1) > 1e-3 else None


def one_scale(judgement: Judgement) -> str | None:
    """The sentence for gradients that are all off by one factor."""
    if len(judgement.gradients) < 2:
        return None
    factors: list[float] = []
    for g in judgement.gradients:
        if g.given.size != g.true.size:
            return None
        if not np.any(g.true) and not np.any(g.given):
            continue
        factor = common_factor(g.given.ravel(), g.true.ravel())
        if factor is None or (factors and abs(factor - factors[0]) > 1e-9 * abs(factor)):
            return None
        factors.append(factor)
    if len(factors) < 2:
        return None
    what = "minus the true ones" if abs(factors[0] + 1) < 1e-9 else f"the true ones times {_number(factors[0])}"
    return f"all gradients are {what}"


def _number(factor: float) -> str:
    if abs(factor - round(factor)) < 1e-9:
        return str(round(factor))
    turned = 1 / factor
    return f"1/{round(turned)}" if abs(turned - round(turned)) < 1e-6 else f"{factor:.4g}"
