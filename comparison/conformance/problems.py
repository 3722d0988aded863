"""What the checks try an engine on: small networks and batches, made anew, for an engine may write into them."""

from __future__ import annotations

import numpy as np

from engines import BinaryClassifier, Lines, initial_weights, load_engine
from engines.interface import Parameters, shapes
from proof import probes
from proof.judgement import FAULTS
from proof.probes import Probe
from proof.verdict import judge

Engine = type[BinaryClassifier]


def ordinary(n: int = 7, d: int = 5, h: int = 3, seed: int = 0) -> Probe:
    """A ``d``-``h``-1 network at its initial weights and a batch of n samples with both labels."""
    rng = np.random.default_rng(seed)
    return probes.probe("initial", initial_weights(d, h, seed), rng.random((n, d)), np.arange(n) % 2.0)


def trained() -> Probe:
    """The same network and batch after a hundred epochs by hand."""
    start = ordinary()
    by_hand = load_engine("numpy")(start.parameters)
    by_hand.fit(start.X, start.y, epochs=100, learning_rate=0.5)
    return probes.probe("trained", by_hand.parameters, start.X, start.y)


def saturated() -> Probe:
    """Logits between 8 and 16, of both signs, the first sample misclassified."""
    start = ordinary(n=4)
    return probes.saturated(start.X, start.y, hidden=3)


def extreme() -> Probe:
    """The saturated network with its weights a hundred times as large: logits beyond 800, where exp overflows."""
    at = saturated()
    return at._replace(name="extreme", parameters=Parameters(*(100 * p for p in at.parameters)))


def shown(engine: Engine, at: Probe, dtype: str) -> Lines:
    """The lines that a new engine shows for a copy of this probe."""
    return made(engine, at, dtype).lines(at.X.copy(), at.y.copy())


def made(engine: Engine, at: Probe, dtype: str) -> BinaryClassifier:
    """A new engine with a copy of the probe's weights."""
    return engine(Parameters(*(p.copy() for p in at.parameters)), dtype)


def faults(engine: Engine, at: Probe, dtype: str) -> list[str]:
    """What the judge finds in the engine's lines, those of another type converted and of another shape left out."""
    promised = shapes(len(at.y), *at.parameters.W1.shape[::-1])

    def usable(name: str, line: np.ndarray | None) -> np.ndarray | None:
        return None if line is None or np.shape(line) != promised[name] else np.asarray(line).astype(dtype)

    lines = Lines(**{name: usable(name, line) for name, line in shown(engine, at, dtype)._asdict().items()})
    verdicts = [verdict for verdict in judge([at], [lines], dtype)[0].lines if verdict.word in FAULTS]
    return [f"{verdict.line} is {verdict.word} at {at.name} weights" for verdict in verdicts]


def close(a: np.ndarray, b: np.ndarray, dtype: str) -> bool:
    """Of one shape, and apart by no more than 64 epsilons of the largest entry, or of 1."""
    if np.shape(a) != np.shape(b):
        return False
    return bool((np.abs(a - b) <= 64 * np.finfo(dtype).eps * max(1, np.abs(b).max(initial=0))).all())


def same_bits(a: tuple[np.ndarray, ...], b: tuple[np.ndarray, ...]) -> bool:
    """Whether two rows of arrays hold the same bytes."""
    return [p.tobytes() for p in a] == [q.tobytes() for q in b]


def everything(engine: BinaryClassifier, at: Probe) -> tuple[np.ndarray, ...]:
    """What an engine answers to a copy of a probe, trained no further."""
    lines = [line for line in engine.lines(at.X.copy(), at.y.copy()) if line is not None]
    gradient, loss = engine.gradients(at.X.copy(), at.y.copy()), engine.loss(at.X.copy(), at.y.copy())
    return (*lines, *gradient, loss, engine.predict_proba(at.X.copy()), engine.predict(at.X.copy()), *engine.parameters)
