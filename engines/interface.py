"""What an engine promises: the words of Algorithm 1 and the class that keeps them.

Rows are samples throughout: ``n`` samples, ``d`` inputs, ``h`` hidden units.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import numpy as np

DTYPES = ("float64", "float32")

Array = Any  # an array of the engine's own library


class EngineError(ValueError):
    """An engine was asked for something it cannot do; the text is one sentence."""


class PromiseBroken(EngineError):
    """An engine returned something of another dtype or shape than it promises; the text is one sentence."""


class Parameters(NamedTuple):
    """The weights and biases of the network; a gradient with respect to them has the same four fields."""

    W1: Array  # (h, d)
    b1: Array  # (h,)
    W2: Array  # (1, h)
    b2: Array  # (1,)


class Lines(NamedTuple):
    """The twelve lines of Algorithm 1 in the order of computation, gradients being those of the mean loss.

    A line that an engine does not show is None.
    """

    Z1: Array  # (n, h)  X @ W1.T + b1
    A1: Array  # (n, h)  sigmoid(Z1)
    Z2: Array  # (n, 1)  A1 @ W2.T + b2
    A2: Array  # (n, 1)  sigmoid(Z2)
    loss: Array  # (n,)  logaddexp(0, (1 - 2*y) * Z2)
    dZ2: Array  # (n, 1)  (A2 - y) / n
    dW2: Array  # (1, h)  dZ2.T @ A1
    db2: Array  # (1,)  dZ2.sum(0)
    dA1: Array  # (n, h)  dZ2 @ W2
    dZ1: Array  # (n, h)  dA1 * A1 * (1 - A1)
    dW1: Array  # (h, d)  dZ1.T @ X
    db1: Array  # (h,)  dZ1.sum(0)


def shapes(n: int, d: int, h: int) -> dict[str, tuple[int, ...]]:
    """The shape of every field of Lines and Parameters, by name."""
    hidden, output = (n, h), (n, 1)
    lines = Lines(hidden, hidden, output, output, (n,), output, (1, h), (1,), hidden, hidden, (h, d), (h,))
    return lines._asdict() | Parameters((h, d), (h,), (1, h), (1,))._asdict()


class BinaryClassifier(ABC):
    """A ``d``-``h``-1 network of sigmoids under binary cross-entropy, trained by SGD.

    A subclass says, in the arrays of its own library and without side effects, the four abstract methods below;
    ``native_lines`` and ``run`` may be overridden to show more lines and to train faster. This class owns the only
    state, the parameters, and the only border, between NumPy and the engine's arrays.

    Args:
        parameters: the initial weights, NumPy arrays of shapes (h, d), (h,), (1, h), (1,), all finite.
        dtype: "float64" or "float32", the type of every number the engine computes.

    Raises:
        EngineError: wrong dtype, shapes that do not fit together, or a weight that is not finite.
    """

    name: ClassVar[str]  # as printed in tables

    def __init__(self, parameters: Parameters, dtype: str = "float64") -> None:
        if dtype not in DTYPES:
            raise EngineError(f"the dtype is {dtype!r}, but only float64 and float32 are known")
        self.dtype = dtype
        self.hidden, self.inputs = _checked(parameters)
        self._parameters = self._native(parameters)

    # What an engine must say, in its own arrays.

    @abstractmethod
    def from_numpy(self, array: np.ndarray) -> Array:
        """The engine's own array with these values, of this dtype."""

    @abstractmethod
    def to_numpy(self, array: Array) -> np.ndarray:
        """A NumPy copy of an engine's array, in its own dtype, computed to the end before this returns."""

    @abstractmethod
    def forward(self, parameters: Parameters, X: Array) -> tuple[Array, Array, Array, Array]:
        """Z1 (n, h), A1 (n, h), Z2 (n, 1) and A2 (n, 1) of the samples X (n, d)."""

    @abstractmethod
    def loss_and_gradient(self, parameters: Parameters, X: Array, y: Array) -> tuple[Array, Parameters]:
        """The loss of every sample (n,) and the gradient of their mean with respect to the parameters."""

    # What an engine may say.

    @property
    def loop(self) -> str:
        """How ``run`` repeats the step, as printed in tables: "plain loop" or "compiled"."""
        return "plain loop"

    def native_lines(self, parameters: Parameters, X: Array, y: Array) -> Lines:
        """The twelve lines; by default those that the four methods above show."""
        loss, gradient = self.loss_and_gradient(parameters, X, y)
        unseen = dict.fromkeys(("dZ2", "dA1", "dZ1"))
        lines = dict(zip(("Z1", "A1", "Z2", "A2"), self.forward(parameters, X), strict=True))
        return Lines(**lines, loss=loss, **unseen, **{f"d{name}": dp for name, dp in gradient._asdict().items()})

    def run(
        self, parameters: Parameters, X: Array, y: Array, learning_rate: Array, batch_size: int
    ) -> tuple[Parameters, Array]:
        """SGD once over these samples in their order: the new parameters, and each sample's loss before its step.

        The last batch is smaller where ``batch_size`` does not divide n. This is the plain loop; an override must
        give the same numbers up to rounding.
        """
        losses = []
        for start in range(0, X.shape[0], batch_size):
            batch = slice(start, start + batch_size)
            loss, gradient = self.loss_and_gradient(parameters, X[batch], y[batch])
            parameters = Parameters(*(p - learning_rate * dp for p, dp in zip(parameters, gradient, strict=True)))
            losses.append(self.to_numpy(loss))
        return parameters, self.from_numpy(np.concatenate(losses))

    # What everybody calls: NumPy in, NumPy out.

    @property
    def parameters(self) -> Parameters:
        """A NumPy copy of the current parameters."""
        return self._numpy_parameters(self._parameters)

    @parameters.setter
    def parameters(self, parameters: Parameters) -> None:
        if _checked(parameters) != (self.hidden, self.inputs):
            raise EngineError(f"the parameters are not those of a {self.inputs}-{self.hidden}-1 network")
        self._parameters = self._native(parameters)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """The probability of class 1 for each row of X (n, d): shape (n,)."""
        return self._numpy(self.forward(self._parameters, self._samples(X))[3], "A2", (len(X), 1))[:, 0]

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The predicted class, 0 or 1, for each row of X (n, d): shape (n,); class 1 where Z2 > 0."""
        logits = self._numpy(self.forward(self._parameters, self._samples(X))[2], "Z2", (len(X), 1))[:, 0]
        return (logits > 0).astype(np.int64)

    def loss(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The binary cross-entropy of each sample, in nats: shape (n,)."""
        loss, _ = self.loss_and_gradient(self._parameters, self._samples(X), self._labels(X, y))
        return self._numpy(loss, "loss", np.shape(y))

    def gradients(self, X: np.ndarray, y: np.ndarray) -> Parameters:
        """The gradient of the mean loss with respect to the parameters."""
        _, gradient = self.loss_and_gradient(self._parameters, self._samples(X), self._labels(X, y))
        return self._numpy_parameters(gradient, prefix="d")

    def lines(self, X: np.ndarray, y: np.ndarray) -> Lines:
        """The twelve lines for one batch, to be judged: as the engine has them, even of a wrong dtype or shape.

        A line that the engine does not show is None.
        """
        lines = self.native_lines(self._parameters, self._samples(X), self._labels(X, y))
        return Lines(*(None if line is None else self.to_numpy(line) for line in lines))

    def fit(
        self, X: np.ndarray, y: np.ndarray, *, epochs: int, learning_rate: float, batch_size: int = 1
    ) -> np.ndarray:
        """Train, visiting the samples in the order given in every epoch: the loss of every sample, (epochs, n).

        Raises:
            EngineError: samples or labels that do not fit, a negative count or rate; PromiseBroken, a result of
                another dtype or shape than promised.
        """
        blocks = self.fit_in_blocks(X, y, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size)
        return np.concatenate([np.empty(0, self.dtype), *blocks]).reshape(epochs, len(y))

    def fit_in_blocks(
        self,
        X: np.ndarray,
        y: np.ndarray,
        *,
        epochs: int,
        learning_rate: float,
        batch_size: int = 1,
        block: int | None = None,
    ) -> Iterator[np.ndarray]:
        """Train as ``fit`` does, pausing after every ``block`` steps of SGD (by default after every epoch).

        At each pause the losses of the block's samples are yielded, and ``parameters`` says where training stands. A
        block never reaches over the end of an epoch.
        """
        if epochs < 0 or batch_size < 1 or (block is not None and block < 1):
            raise EngineError("epochs cannot be negative, and batch and block sizes are at least 1")
        if not (np.isfinite(learning_rate) and learning_rate >= 0):
            raise EngineError(f"the learning rate is {learning_rate}, but it must be finite and not negative")
        native_X, native_y = self._samples(X), self._labels(X, y)
        rate = self.from_numpy(np.asarray(learning_rate, self.dtype))
        length = len(y) if block is None else block * batch_size
        parts = [slice(start, start + length) for start in range(0, len(y), length)]
        cut = [(native_X[part], native_y[part]) for part in parts]  # once: some libraries copy
        for _ in range(epochs):
            for block_X, block_y in cut:
                self._parameters, losses = self.run(self._parameters, block_X, block_y, rate, batch_size)
                yield self._numpy(losses, "loss", (len(block_y),))

    # The border.

    def _native(self, parameters: Parameters) -> Parameters:
        return Parameters(*(self.from_numpy(np.array(p, self.dtype)) for p in parameters))

    def _samples(self, X: np.ndarray) -> Array:
        if np.ndim(X) != 2 or np.shape(X)[1] != self.inputs:
            raise EngineError(f"X has shape {np.shape(X)}, but this network takes (n, {self.inputs})")
        return self.from_numpy(np.ascontiguousarray(X, self.dtype))

    def _labels(self, X: np.ndarray, y: np.ndarray) -> Array:
        if np.shape(y) != np.shape(X)[:1]:
            raise EngineError(f"y has shape {np.shape(y)}, but X has {len(X)} rows")
        if len(y) == 0:
            raise EngineError("X has no rows")
        if not np.isin(y, (0, 1)).all():
            raise EngineError("y holds values other than 0 and 1")
        return self.from_numpy(np.ascontiguousarray(y, self.dtype))

    def _numpy(self, array: Array, line: str, shape: tuple[int, ...]) -> np.ndarray:
        result = self.to_numpy(array)
        if result.dtype != self.dtype:
            raise PromiseBroken(f"{self.name} computes {line} in {result.dtype}, but was asked for {self.dtype}")
        if result.shape != shape:
            raise PromiseBroken(f"{self.name} returns {line} of shape {result.shape}, but {shape} was promised")
        return result

    def _numpy_parameters(self, parameters: Parameters, prefix: str = "") -> Parameters:
        shape = shapes(1, self.inputs, self.hidden)
        names = Parameters._fields
        return Parameters(*(self._numpy(p, prefix + f, shape[f]) for p, f in zip(parameters, names, strict=True)))


def _checked(parameters: Parameters) -> tuple[int, int]:
    """(h, d) of these parameters, once their shapes fit together and every number in them is finite."""
    arrays = [np.asarray(p) for p in parameters]
    if arrays[0].ndim != 2:
        raise EngineError(f"W1 has shape {arrays[0].shape}, but it must be (h, d)")
    h, d = arrays[0].shape
    for field, array in zip(Parameters._fields, arrays, strict=True):
        expected = shapes(1, d, h)[field]
        if array.shape != expected:
            raise EngineError(f"{field} has shape {array.shape}, but {expected} was expected")
        if not np.isfinite(array).all():
            raise EngineError(f"{field} holds a number that is not finite")
    return h, d
