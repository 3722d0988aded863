"""What an engine answers to everybody, held against the proof: its methods need not go the way that ``lines`` shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backproof.arithmetic import ProofError
from backproof.balls import Balls
from comparison.engine_process import Loaded
from engines import Parameters, PromiseBroken
from proof.probes import Probe
from proof.truth import Truth


class Answers(NamedTuple):
    """What ``loss``, ``gradients``, ``predict_proba`` and ``predict`` return for a probe."""

    loss: np.ndarray  # (n,)
    gradient: Parameters
    probabilities: np.ndarray  # (n,)
    classes: np.ndarray  # (n,)


def ask(loaded: Loaded, at: Sequence[Probe], dtype: str) -> list[Answers | str]:
    """The engine's answers for each probe, or a sentence on the promise that it broke."""
    answers: list[Answers | str] = []
    for probe in at:
        engine = loaded.engine(probe.parameters, dtype)
        try:
            found = engine.loss(probe.X, probe.y), engine.gradients(probe.X, probe.y)
            answers.append(Answers(*found, engine.predict_proba(probe.X), engine.predict(probe.X)))
        except PromiseBroken as error:
            answers.append(str(error))
    return answers


def complaints(truths: Sequence[Truth], answers: Sequence[Answers | str], dtype: str) -> Iterator[str]:
    """A sentence for each answer that lies outside of what any correct program can compute for its probe, once."""
    found = [sentence for each in zip(truths, answers, strict=True) for sentence in _complaints(*each, dtype)]
    yield from dict.fromkeys(found)


def _complaints(known: Truth, answers: Answers | str, dtype: str) -> Iterator[str]:
    if isinstance(answers, str):
        yield answers
        return
    try:
        around = known.around(dtype)
    except ProofError:  # its numbers may overflow
        return
    where = f"at {known.probe.name} weights in {dtype}"
    sets = {"gradients()": (around.dW1, around.db1, around.dW2, around.db2), "loss()": (around.loss,)}
    given = {"gradients()": tuple(answers.gradient), "loss()": (answers.loss,)}
    sets["predict_proba()"], given["predict_proba()"] = (around.A2,), (answers.probabilities[:, None],)
    for method, balls in sets.items():
        if not all(_inside(ball, values) for ball, values in zip(balls, given[method], strict=True)):
            yield f"{method} {where} is not what any formula gives"
    z = around.Z2
    certain = (np.abs(z.hi) > z.radius)[:, 0]
    if not np.array_equal(answers.classes[certain], (z.hi[:, 0] > 0)[certain]):
        yield f"predict() {where} is not the class of the larger probability"


def _inside(balls: Balls, values: np.ndarray) -> bool:
    """Whether every value lies in its ball, or is finite where that has no bound."""
    return bool((balls.inside(values) | (np.isfinite(values) & ~np.isfinite(balls.radius))).all())
