"""The checks: each takes an engine's class and a type, and tells in one sentence what is not as it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from comparison.conformance import problems
from comparison.conformance.problems import Engine, close, everything, made, same_bits
from engines import BinaryClassifier, EngineError, Lines, Parameters
from engines.interface import shapes
from proof.probes import Probe

Complaints = Callable[[Engine, str], Iterator[str]]

BATCHES = (1, 4, 5, 50)  # of 12 samples: one by one, without and with a smaller last batch, and all at once


@dataclass(frozen=True)
class Check:
    """One thing that an engine promises.

    Attributes:
        name: as printed, and in pytest.
        promise: what holds of an engine that passes.
        complaints: a sentence for each thing that is not so.
    """

    name: str
    promise: str
    complaints: Complaints


def _interface(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary()
    tried = made(engine, at, dtype)
    for attribute in ("name", "loop"):
        text = getattr(tried, attribute, None)
        if not (isinstance(text, str) and text.strip()):
            yield f"{attribute} is {text!r}, but it is printed in tables: a word is needed"
    parameters, X, y = _native(tried, at)
    if (many := len(tuple(tried.forward(parameters, X)))) != 4:
        yield f"forward returns {many} arrays, not the four Z1, A1, Z2, A2"
    if (many := len(tuple(tried.loss_and_gradient(parameters, X, y)))) != 2:
        yield f"loss_and_gradient returns {many} things, not two: the losses, and the gradient"
    if not isinstance(lines := tried.native_lines(parameters, X, y), Lines):
        yield f"native_lines returns a {type(lines).__name__}, not Lines"


def _types(engine: Engine, dtype: str) -> Iterator[str]:
    for name, array in _answers(engine, dtype).items():
        if array.dtype != dtype:
            yield f"{name} is {array.dtype}"


def _shapes(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary()
    promised = shapes(len(at.y), *at.parameters.W1.shape[::-1])
    for name, line in problems.shown(engine, at, dtype)._asdict().items():
        if line is not None and line.shape != promised[name]:
            yield f"{name} has shape {line.shape}, not {promised[name]}"


def _lines(engine: Engine, dtype: str) -> Iterator[str]:
    for at in (problems.ordinary(), problems.trained()):
        yield from problems.faults(engine, at, dtype)


def _saturated(engine: Engine, dtype: str) -> Iterator[str]:
    yield from problems.faults(engine, problems.saturated(), dtype)


def _extreme(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.extreme()
    for name, line in problems.shown(engine, at, dtype)._asdict().items():
        if line is not None and not np.isfinite(line).all():
            yield f"{name} is not finite at logits beyond 800"
    tried = made(engine, at, dtype)
    losses = tried.fit(at.X, at.y, epochs=2, learning_rate=0.5)
    if not all(np.isfinite(array).all() for array in (losses, *tried.parameters)):
        yield "training from logits beyond 800 gives numbers that are not finite"


def _public(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary()
    lines = problems.shown(engine, at, dtype)
    answers = made(engine, at, dtype)
    gradient = Parameters(lines.dW1, lines.db1, lines.dW2, lines.db2)
    for field, found, line in zip(Parameters._fields, answers.gradients(at.X, at.y), gradient, strict=True):
        if line is not None and not close(found, line, dtype):
            yield f"gradients() gives another {field} than lines()"
    if lines.loss is not None and not close(answers.loss(at.X, at.y), lines.loss, dtype):
        yield "loss() gives other numbers than lines()"
    if lines.A2 is not None and not close(answers.predict_proba(at.X), lines.A2[:, 0], dtype):
        yield "predict_proba() is not A2 of lines()"
    if lines.Z2 is not None and not np.array_equal(answers.predict(at.X), lines.Z2[:, 0] > 0):
        yield "predict() is not 1 where Z2 of lines() is above 0"


def _copies(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary()
    tried = made(engine, at, dtype)
    before = everything(tried, at)
    X, y = at.X.astype(dtype), at.y.astype(dtype)
    for array in (*tried.parameters, *tried.gradients(X, y), *(a for a in tried.lines(X, y) if a is not None)):
        array[...] = 7
    if not same_bits(everything(tried, at), before):
        yield "whoever writes into an array that was returned changes the engine: to_numpy must return a copy"


def _twice(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary(n=30, d=70, h=12)

    def once() -> tuple[np.ndarray, ...]:
        tried = made(engine, at, dtype)
        losses = [tried.fit(at.X.copy(), at.y.copy(), epochs=1, learning_rate=0.5, batch_size=size) for size in (1, 4)]
        return *losses, *everything(tried, at)

    if not same_bits(once(), once()):
        yield "the same run does not give the same bits twice"


def _inputs(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary(n=12)
    # Already of this type, so that no conversion protects them.
    parameters, X, y = Parameters(*(p.astype(dtype) for p in at.parameters)), at.X.astype(dtype), at.y.astype(dtype)
    before = (*(p.copy() for p in parameters), X.copy(), y.copy())
    tried = engine(parameters, dtype)
    tried.predict_proba(X), tried.predict(X), tried.loss(X, y), tried.gradients(X, y), tried.lines(X, y)
    for size in BATCHES:
        tried.fit(X, y, epochs=1, learning_rate=0.5, batch_size=size)
    for name, array, old in zip((*Parameters._fields, "X", "y"), (*parameters, X, y), before, strict=True):
        if not same_bits((array,), (old,)):
            yield f"it writes into the {name} that it is given"
    for size in BATCHES:
        given, native_X, native_y = _native(tried, at)
        tried.run(given, native_X, native_y, tried.from_numpy(np.asarray(0.5, dtype)), size)
        if not same_bits(tuple(map(tried.to_numpy, given)), before[:4]):
            yield f"run writes into the parameters that it is given, at batch size {size}"


def _single(engine: Engine, dtype: str) -> Iterator[str]:
    for n, d, h in ((1, 5, 3), (4, 1, 3), (4, 5, 1), (1, 1, 1)):
        at = problems.ordinary(n, d, h)
        of = f"with n = {n}, d = {d}, h = {h}"
        promised = shapes(n, d, h)
        lines = problems.shown(engine, at, dtype)._asdict()
        yield from (
            f"{name} has shape {line.shape}, not {promised[name]}, {of}"
            for name, line in lines.items()
            if line is not None and line.shape != promised[name]
        )
        yield from (f"{fault} {of}" for fault in problems.faults(engine, at, dtype))


def _empty(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary()
    tried = made(engine, at, dtype)
    before = tried.parameters
    for method in (tried.predict_proba, tried.predict):
        if (shape := method(at.X[:0]).shape) != (0,):
            yield f"{method.__name__} of no samples has shape {shape}, not (0,)"
    losses = tried.fit(at.X, at.y, epochs=0, learning_rate=0.5)
    if losses.shape != (0, len(at.y)) or not same_bits(tried.parameters, before):
        yield "fit for no epochs should return losses of shape (0, n) and leave the parameters as they are"


def _run(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary(n=12)
    for size in BATCHES:
        tried = made(engine, at, dtype)
        rate = tried.from_numpy(np.asarray(0.5, dtype))
        own = tried.run(*_native(tried, at), rate, size)
        plain = BinaryClassifier.run(tried, *_native(tried, at), rate, size)
        if not close(tried.to_numpy(own[1]), tried.to_numpy(plain[1]), dtype):
            yield f"run gives other losses than the plain loop at batch size {size}"
        elif not all(close(tried.to_numpy(p), tried.to_numpy(q), dtype) for p, q in zip(own[0], plain[0], strict=True)):
            yield f"run ends at other parameters than the plain loop at batch size {size}"


def _blocks(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary(n=12)
    for size, block in ((1, 1), (1, 5), (4, 2)):
        whole, cut = made(engine, at, dtype), made(engine, at, dtype)
        whole.fit(at.X.copy(), at.y.copy(), epochs=3, learning_rate=0.5, batch_size=size)
        list(cut.fit_in_blocks(at.X, at.y, epochs=3, learning_rate=0.5, batch_size=size, block=block))
        if not all(close(p, q, dtype) for p, q in zip(cut.parameters, whole.parameters, strict=True)):
            yield f"training with a pause after every {block} steps ends elsewhere, at batch size {size}"


def _state(engine: Engine, dtype: str) -> Iterator[str]:
    at, other = problems.ordinary(n=12), problems.ordinary(n=12, seed=1)
    tried, neighbour = made(engine, other, dtype), made(engine, other, dtype)
    before = everything(neighbour, at)
    everything(tried, at)
    tried.parameters = at.parameters
    if not same_bits(everything(tried, at), everything(made(engine, at, dtype), at)):
        yield "once its parameters are set, an engine does not answer as a new one with these parameters"
    if not same_bits(tried.parameters, tuple(p.astype(dtype) for p in at.parameters)):
        yield "asking for lines, losses or predictions moves the parameters"
    tried.fit(at.X.copy(), at.y.copy(), epochs=2, learning_rate=0.5)
    if not same_bits(everything(tried, at), everything(engine(tried.parameters, dtype), at)):
        yield "once trained, an engine does not answer as a new one with its parameters"
    if not same_bits(everything(neighbour, at), before):
        yield "training one engine changes another of the same class"


def _bad_input(engine: Engine, dtype: str) -> Iterator[str]:
    at = problems.ordinary()
    tried, p = made(engine, at, dtype), at.parameters
    bad: dict[str, Callable[[], object]] = {
        "a type that is not known": lambda: engine(p, "float16"),
        "a weight that is not finite": lambda: engine(p._replace(b1=np.full(3, np.nan)), dtype),
        "weights that do not fit together": lambda: engine(p._replace(W2=p.W2[:, :2]), dtype),
        "parameters of another network": lambda: setattr(tried, "parameters", problems.ordinary(h=2).parameters),
        "samples of another length": lambda: tried.predict_proba(at.X[:, :4]),
        "one sample that is not in a row": lambda: tried.predict(at.X[0]),
        "fewer labels than samples": lambda: tried.loss(at.X, at.y[:6]),
        "no samples and no labels": lambda: tried.loss(at.X[:0], at.y[:0]),
        "a label of 2": lambda: tried.gradients(at.X, 2 * at.y),
        "a label that is not a number": lambda: tried.lines(at.X, at.y * np.nan),
        "a negative count of epochs": lambda: tried.fit(at.X, at.y, epochs=-1, learning_rate=0.5),
        "batches of no samples": lambda: tried.fit(at.X, at.y, epochs=1, learning_rate=0.5, batch_size=0),
        "a learning rate that is not a number": lambda: tried.fit(at.X, at.y, epochs=1, learning_rate=np.nan),
    }
    for what, call in bad.items():
        try:
            call()
        except EngineError as error:
            if "\n" in str(error):
                yield f"{what} is refused in more than one line"
        except Exception as error:
            yield f"{what} ends in {type(error).__name__}, not in an EngineError"
        else:
            yield f"{what} is accepted"


def _native(tried: BinaryClassifier, at: Probe) -> tuple[Parameters, object, object]:
    """The probe in the engine's own arrays."""
    parameters = Parameters(*(tried.from_numpy(p.astype(tried.dtype)) for p in at.parameters))
    return parameters, tried.from_numpy(at.X.astype(tried.dtype)), tried.from_numpy(at.y.astype(tried.dtype))


def _answers(engine: Engine, dtype: str) -> dict[str, np.ndarray]:
    """Every array of numbers that an engine returns, by name."""
    at = problems.ordinary()
    tried = made(engine, at, dtype)
    found = {name: line for name, line in problems.shown(engine, at, dtype)._asdict().items() if line is not None}
    found |= {f"the gradient of {name}": g for name, g in tried.gradients(at.X, at.y)._asdict().items()}
    found |= {"loss()": tried.loss(at.X, at.y), "predict_proba()": tried.predict_proba(at.X)}
    found |= {"what fit() returns": tried.fit(at.X, at.y, epochs=1, learning_rate=0.5)}
    return found | {f"{name} after training": p for name, p in tried.parameters._asdict().items()}


CHECKS = (
    Check("interface", "it has a name, and its methods return what the interface says", _interface),
    Check("types", "every number it returns has the type it was asked for", _types),
    Check("shapes", "every line has its shape", _shapes),
    Check("lines", "rounding explains every line at ordinary weights", _lines),
    Check("saturated", "rounding explains every line at logits between 8 and 16", _saturated),
    Check("extreme", "every number is finite at logits beyond 800", _extreme),
    Check("answers", "loss, gradients and predictions are those of its lines", _public),
    Check("copies", "what it returns may be written into", _copies),
    Check("twice", "the same run gives the same bits twice", _twice),
    Check("inputs", "what it is given is left as it was", _inputs),
    Check("single", "one sample, one input or one hidden unit is enough", _single),
    Check("empty", "no samples to predict and no epochs to train are no error", _empty),
    Check("run", "its loop gives what the plain loop gives", _run),
    Check("blocks", "training with pauses ends where training without them does", _blocks),
    Check("state", "its parameters are its only state", _state),
    Check("bad input", "what cannot be computed is refused in one sentence", _bad_input),
)
