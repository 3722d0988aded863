"""The same network under PyTorch's autograd (``torch.func``), SGD written out, no optimizer."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engines.interface import BinaryClassifier, Lines, Parameters
from engines.torch_scan import ScanOrLoop

torch.set_num_threads(1)
torch.set_float32_matmul_precision("highest")


def linear(W: Tensor, b: Tensor, A: Tensor) -> Tensor:
    """A @ W.T + b; for one sample, whose ``A`` is a vector, this way round is one fused loop once compiled."""
    return (W @ A.transpose(0, -1)).transpose(0, -1) + b


def forward(parameters: Parameters, X: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1, b1, W2, b2 = parameters
    Z1 = linear(W1, b1, X)  # (n, h); for one sample, X is (d,) and Z1 is (h,)
    A1 = torch.sigmoid(Z1)  # (n, h)
    Z2 = linear(W2, b2, A1)  # (n, 1)
    A2 = torch.sigmoid(Z2)  # (n, 1)
    return Z1, A1, Z2, A2


def sample_losses(Z2: Tensor, y: Tensor) -> Tensor:
    signed = (1 - 2 * y) * Z2.squeeze(-1)
    return torch.logaddexp(torch.zeros_like(signed), signed)  # (n,); softplus is cut off at 20


def mean_loss(parameters: Parameters, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    _, _, Z2, _ = forward(parameters, X)
    losses = sample_losses(Z2, y)
    return losses.mean(), losses


def loss_and_gradient(parameters: Parameters, X: Tensor, y: Tensor) -> tuple[Tensor, Parameters]:
    gradient, losses = torch.func.grad(mean_loss, has_aux=True)(parameters, X, y)
    return losses, gradient


def all_lines(parameters: Parameters, X: Tensor, y: Tensor) -> Lines:
    W1, b1, W2, b2 = parameters
    Z1, back_to_W1_b1 = torch.func.vjp(lambda W1, b1: linear(W1, b1, X), W1, b1)
    A1, back_to_Z1 = torch.func.vjp(torch.sigmoid, Z1)
    Z2, back_to_W2_b2_A1 = torch.func.vjp(linear, W2, b2, A1)
    loss, back_to_Z2 = torch.func.vjp(lambda Z2: sample_losses(Z2, y), Z2)
    (dZ2,) = back_to_Z2(torch.full_like(loss, 1 / len(y)))
    dW2, db2, dA1 = back_to_W2_b2_A1(dZ2)
    (dZ1,) = back_to_Z1(dA1)
    dW1, db1 = back_to_W1_b1(dZ1)
    return Lines(Z1, A1, Z2, torch.sigmoid(Z2), loss, dZ2, dW2, db2, dA1, dZ1, dW1, db1)


def sgd_step(parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor) -> tuple[Parameters, Tensor]:
    losses, gradient = loss_and_gradient(parameters, X, y)
    return Parameters(*(p - learning_rate * dp for p, dp in zip(parameters, gradient, strict=True))), losses


scan = ScanOrLoop(sgd_step)


class TorchEngine(BinaryClassifier):
    name = "torch"

    @property
    def loop(self) -> str:
        return scan.loop

    def from_numpy(self, array: np.ndarray) -> Tensor:
        return torch.tensor(array)

    def to_numpy(self, array: Tensor) -> np.ndarray:
        return array.detach().numpy().copy()

    def forward(self, parameters: Parameters, X: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return forward(parameters, X)

    def loss_and_gradient(self, parameters: Parameters, X: Tensor, y: Tensor) -> tuple[Tensor, Parameters]:
        return loss_and_gradient(parameters, X, y)

    def native_lines(self, parameters: Parameters, X: Tensor, y: Tensor) -> Lines:
        return all_lines(parameters, X, y)

    def run(
        self, parameters: Parameters, X: Tensor, y: Tensor, learning_rate: Tensor, batch_size: int
    ) -> tuple[Parameters, Tensor]:
        return scan(parameters, X, y, learning_rate, batch_size)
