"""The layers of ``torch.nn.functional`` in terms of NumPy's functions, and its windows of images.

Names and arguments: https://docs.pytorch.org/docs/stable/nn.functional.html.
"""

from __future__ import annotations

import math
from typing import Any

import numpy

from backproof.replay.foreign.torch_functional import enter, only
from backproof.replay.foreign.torch_words import WORDS
from backproof.replay.refusal import NotFollowed


@enter
def one_hot(np: Any, x: Any, num_classes: int = -1) -> Any:
    many = int(numpy.max(x)) + 1 if num_classes == -1 else num_classes
    return numpy.eye(many, dtype=numpy.int64)[x]


@enter
def linear(np: Any, x: Any, weight: Any, bias: Any = None) -> Any:
    made = np.matmul(x, weight.T)
    return made if bias is None else np.add(made, bias)


@enter
def embedding(np: Any, x: Any, weight: Any) -> Any:
    return weight[x]


@enter
def dropout(np: Any, x: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    if training and p:
        raise NotFollowed("F.dropout while training")
    return x


@enter
def normalize(np: Any, x: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    return np.divide(x, np.maximum(WORDS["norm"](np, x, p, dim, True), eps))


def _normalised(np: Any, x: Any, axes: tuple[int, ...], eps: float) -> Any:
    centred = np.subtract(x, np.mean(x, axis=axes, keepdims=True))
    return np.divide(centred, np.sqrt(np.add(np.var(x, axis=axes, keepdims=True), eps)))


@enter
def layer_norm(np: Any, x: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    made = _normalised(np, x, tuple(range(-len(normalized_shape), 0)), eps)
    made = made if weight is None else np.multiply(made, weight)
    return made if bias is None else np.add(made, bias)


@enter
def batch_norm(
    np: Any, x: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None,
    training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    if running_mean is not None or not training:
        raise NotFollowed("F.batch_norm with running means")
    made = _normalised(np, x, (0, *range(2, x.ndim)), eps)
    each = (-1, *(1,) * (x.ndim - 2))
    made = made if weight is None else np.multiply(made, np.reshape(weight, each))
    return made if bias is None else np.add(made, np.reshape(bias, each))


@enter
def pad(np: Any, x: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:
    pairs = [(0, 0)] * (x.ndim - len(pad) // 2) + [(pad[k], pad[k + 1]) for k in range(len(pad) - 2, -1, -2)]
    if mode == "constant":
        return np.pad(x, pairs, constant_values=0.0 if value is None else value)
    return np.pad(x, pairs, mode={"replicate": "edge", "circular": "wrap"}.get(mode, mode))


def _two(size: Any) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[-1])


def _windows(np: Any, x: Any, size: tuple[int, int], stride: Any, padding: Any, filling: float) -> Any:
    """All windows of images: (n, c, rows, columns, window rows, window columns)."""
    rows, columns = _two(padding)
    padded = pad(np, x, (columns, columns, rows, rows), value=filling) if rows or columns else x
    step = _two(stride)
    return np.lib.stride_tricks.sliding_window_view(padded, size, axis=(-2, -1))[..., :: step[0], :: step[1], :, :]


@enter
def conv2d(np: Any, x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0) -> Any:
    windows = _windows(np, x, weight.shape[2:], stride, padding, 0.0)
    made = np.einsum("nchwij,ocij->nohw", windows, weight)
    return made if bias is None else np.add(made, np.reshape(bias, (-1, 1, 1)))


@enter
def unfold(np: Any, x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    only(dilation=None if dilation == 1 else dilation)
    windows = _windows(np, x, _two(kernel_size), stride, padding, 0.0)
    return np.reshape(
        np.transpose(windows, (0, 1, 4, 5, 2, 3)), (len(x), x.shape[1] * math.prod(windows.shape[4:]), -1)
    )


@enter
def fold(
    np: Any, x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    only(dilation=None if dilation == 1 else dilation)
    (rows, columns), size, pads, step = map(_two, (output_size, kernel_size, padding, stride))
    channels = x.shape[1] // math.prod(size)
    image = np.zeros((len(x), channels, rows + 2 * pads[0], columns + 2 * pads[1]))
    down = (image.shape[2] - size[0]) // step[0] + 1
    windows = np.reshape(x, (len(x), channels, *size, down, -1))
    for i in range(size[0]):
        for j in range(size[1]):
            right = j + step[1] * windows.shape[-1]
            image[:, :, i : i + step[0] * down : step[0], j : right : step[1]] += windows[:, :, i, j]
    return image[:, :, pads[0] : pads[0] + rows, pads[1] : pads[1] + columns]


@enter
def max_pool2d(np: Any, x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Any:
    size = _two(kernel_size)
    return np.max(_windows(np, x, size, size if stride is None else stride, padding, -math.inf), axis=(-2, -1))


@enter
def avg_pool2d(np: Any, x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Any:
    size = _two(kernel_size)
    return np.mean(_windows(np, x, size, size if stride is None else stride, padding, 0.0), axis=(-2, -1))
