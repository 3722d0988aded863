"""PyTorch's compiled loop, alone in its file because ``scan`` is still private to PyTorch.

Inductor compiles the loop with the machine's C++ compiler. Where that fails, for whatever reason, the plain loop
gives the same numbers up to rounding, and the engine says which of the two it was.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from engines.interface import Parameters

SGDStep = Callable[[Parameters, Tensor, Tensor, Tensor], tuple[Parameters, Tensor]]


class ScanOrLoop:
    """Repeats a step of SGD over consecutive batches, compiled where PyTorch can compile it.

    Args:
        step: from parameters, X, y and learning rate to the new parameters and the losses before the step.
    """

    def __init__(self, step: SGDStep) -> None:
        self.step = step
        self.loop = "compiled"
        # The C++ wrapper keeps Python out of the loop, which halves the time of a step; dynamic, so that blocks of
        # another length do not compile again.
        self.scan = torch.compile(self._scan, fullgraph=True, dynamic=True, options={"cpp_wrapper": True})

    def __call__(
        self, parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor, batch_size: int
    ) -> tuple[Parameters, Tensor]:
        """SGD once over the samples X (n, d), y (n,): the new parameters and the losses (n,)."""
        whole = len(y) // batch_size * batch_size
        losses = []
        if whole:
            batches = X[:whole], y[:whole]
            if batch_size > 1:
                batches = batches[0].view(-1, batch_size, X.shape[1]), batches[1].view(-1, batch_size)
            parameters, whole_losses = self._repeat(parameters, *batches, learning_rate)
            losses.append(whole_losses.reshape(-1))
        if whole < len(y):
            parameters, last = self.step(parameters, X[whole:], y[whole:], learning_rate)
            losses.append(last)
        return parameters, torch.cat(losses)

    def _repeat(self, parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor) -> tuple[Parameters, Tensor]:
        if self.loop == "compiled":
            try:
                # Detached, because compiled code also depends on the tensor that a view looks into.
                return self.scan(parameters, X.detach(), y.detach(), learning_rate)
            except Exception:  # no compiler, a compiler that fails, or a PyTorch without this scan
                self.loop = "plain loop"
        return self._plain_loop(parameters, X, y, learning_rate)

    def _scan(self, parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor) -> tuple[Parameters, Tensor]:
        from torch._higher_order_ops.scan import scan

        def step(carry: tuple[Tensor, ...], batch: tuple[Tensor, Tensor]) -> tuple[tuple[Tensor, ...], Tensor]:
            parameters, losses = self.step(Parameters(*carry), *batch, learning_rate)
            return tuple(parameters), losses

        final, losses = scan(step, tuple(parameters), (X, y))
        return Parameters(*final), losses

    def _plain_loop(
        self, parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor
    ) -> tuple[Parameters, Tensor]:
        losses = []
        for x, label in zip(X, y, strict=True):
            parameters, loss = self.step(parameters, x, label, learning_rate)
            losses.append(loss)
        return parameters, torch.stack(losses)
