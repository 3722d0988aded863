"""A reason for each thing that no correct engine shows, answers or does in training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from comparison.results import BlockResult, LineResult, Reason
from comparison.side_by_side import Outcome
from comparison.training import Training
from comparison.words import listed
from engines import Parameters
from proof.judgement import FAULTS


def of_lines(lines: Sequence[LineResult]) -> Iterator[Reason]:
    """One for each line of an engine that is at fault, and where it is."""
    alike: dict[tuple[str, str, str, str], list[LineResult]] = {}
    for line in lines:
        if line["verdict"] in FAULTS:
            alike.setdefault((line["engine"], line["line"], line["verdict"], line["note"]), []).append(line)
    for (engine, name, verdict, note), same in alike.items():
        weights, dtypes = (listed([line[key] for line in same]) for key in ("weights", "dtype"))
        largest = [line["largest_ulps"] for line in same if line["largest_ulps"] is not None]
        why = f" ({note})" if note else ""
        if verdict == "wrong" and largest and not why:
            why = f" (up to {max(largest):.2g} ulps from the truth)"
        yield Reason(engine=engine, text=f"{name} at {weights} weights in {dtypes} is {verdict}{why}")


def of_training(outcome: Outcome) -> Iterator[Reason]:
    """One for each number that is not finite, and each audit that rounding cannot explain."""
    for name, training in outcome.trainings.items():
        if text := _not_finite(training):
            yield Reason(engine=name, text=text)
    for name, blocks in outcome.audits.items():
        yield from (Reason(engine=name, text=text) for text in _outside(blocks))


def _not_finite(training: Training) -> str | None:
    if None in training.result["losses"]:
        return "a loss is not finite"
    if not finite(training.final):
        return "a final weight is not finite"
    if None in (training.result["test_loss"], training.result["train_loss"]):
        return "a loss after training is not finite"
    return None if np.isfinite(training.probabilities).all() else "a probability is not finite"


def _outside(blocks: Sequence[BlockResult]) -> Iterator[str]:
    if lost := [block for block in blocks if block["losses_outside"]]:
        yield (
            f"no formula gives the losses of {len(lost)} of {len(blocks)} audited blocks of training, the first the "
            f"one that starts at step {lost[0]['first_step']:,}"
        )
    if outside := [block for block in blocks if block["outside"]]:
        yield (
            f"rounding cannot explain where {len(outside)} of {len(blocks)} audited blocks of training end, the first "
            f"the one that starts at step {outside[0]['first_step']:,}"
        )


def finite(parameters: Parameters) -> bool:
    """Whether every weight is a number."""
    return all(np.isfinite(p).all() for p in parameters)
