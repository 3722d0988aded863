"""A tensor of PyTorch's, in the words that manual backpropagation uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy

from backproof.replay.foreign.derivative import derivative
from backproof.replay.foreign.foreign import Foreign, plain, spoken
from backproof.replay.foreign.torch_layers import conv2d  # noqa: F401 (its module fills FUNCTIONAL and WORDS)
from backproof.replay.foreign.torch_numbers import WORDS
from backproof.replay.foreign.torch_shapes import places  # noqa: F401 (it fills WORDS)
from backproof.replay.operands import is_traced
from backproof.replay.refusal import NotFollowed


class DType:
    """A type of numbers: ``torch.float32``."""

    def __init__(self, name: str, numpy_type: type) -> None:
        self.name, self.numpy = name, numpy.dtype(numpy_type)

    is_floating_point = property(lambda self: self.numpy.kind == "f")

    def __repr__(self) -> str:
        return f"torch.{self.name}"


# Floats of every size are float64 here: what the smaller ones lose shows when PyTorch itself runs the program.
_WHOLE = {
    "int64": numpy.int64, "int32": numpy.int32, "int16": numpy.int16, "int8": numpy.int8, "uint8": numpy.uint8,
    "bool": numpy.bool_,
}  # fmt: skip
DTYPES = {name: DType(name, kind) for name, kind in _WHOLE.items()}
DTYPES |= {name: DType(name, numpy.float64) for name in ("float32", "float64", "float16", "bfloat16")}
DTYPES |= {
    alias: DTYPES[name]
    for alias, name in {
        "float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32", "short": "int16",
    }.items()
}  # fmt: skip


class Size(tuple[int, ...]):
    """The shape of a tensor."""

    __slots__ = ()

    def numel(self) -> int:
        """How many numbers there are."""
        return int(numpy.prod(self, dtype=int))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"


class Tensor(Foreign):
    """A tensor.

    Attributes:
        requires_grad: as the program says; nothing depends on it.
    """

    requires_grad = False
    slope: ClassVar[Callable[[Any], Any] | None] = None  # of the loss that ``backward`` was called of last
    words = WORDS
    library = "torch"

    def __init__(self, *data: Any, requires_grad: bool = False) -> None:
        if len(data) > 1 or (data and type(data[0]) is int):  # torch.Tensor(3, 4)
            data = (self.np.zeros(data),)
        super().__init__(data[0] if data else self.np.zeros(0))
        if not is_traced(self.held) and type(data[0]) in (list, tuple):
            self.held = self.np.array(plain(data[0]), float)
        self.requires_grad = requires_grad

    shape = property(lambda self: Size(self.held.shape))
    dtype = property(lambda self: _dtype(self.held))
    device = property(lambda self: "cpu")
    is_leaf = is_contiguous = property(lambda self: True)

    @property
    def data(self) -> Tensor:
        """The same numbers, as a tensor of its own."""
        return self.of(self.held)

    @data.setter
    def data(self, other: Any) -> None:
        self.held = type(self)(other).held

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in DTYPES:
            return lambda *how, **more: self.to(DTYPES[name])
        if name.endswith("_") and name[:-1] in self.words:
            return self._in_place(name[:-1])
        word = spoken(type(self), name)
        return lambda *arguments, **options: word(self, *arguments, **options)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.held[plain(key)] = plain(value)

    def _in_place(self, name: str) -> Callable[..., Tensor]:
        def change(*arguments: Any, **options: Any) -> Tensor:
            self.held[...] = plain(self.called(name, *arguments, **options))
            return self

        return change

    # What a tensor says of itself.

    def size(self, dim: int | None = None) -> Any:
        """As PyTorch's."""
        return self.shape if dim is None else self.shape[dim]

    def dim(self) -> int:
        """As PyTorch's."""
        return int(self.ndim)

    def numel(self) -> int:
        """As PyTorch's."""
        return self.shape.numel()

    nelement = numel

    def is_floating_point(self) -> bool:
        """As PyTorch's."""
        return bool(self.dtype.is_floating_point)

    def stride(self) -> tuple[int, ...]:
        """As PyTorch's, in numbers."""
        return tuple(step // self.held.itemsize for step in self.held.strides)

    def numpy(self, force: bool = False) -> Any:
        """The array that it holds, exact in the exact world."""
        return self.held

    def detach(self) -> Tensor:
        """The same numbers, in a tensor of its own."""
        return self.data

    def detach_(self) -> Tensor:
        """Itself."""
        return self

    def cpu(self, *device: Any, **more: Any) -> Tensor:
        """Itself: there is one device."""
        return self

    cuda = retain_grad = cpu

    def requires_grad_(self, requires: bool = True) -> Tensor:
        """As PyTorch's."""
        self.requires_grad = requires
        return self

    def to(self, *wanted: Any, dtype: Any = None, **more: Any) -> Tensor:
        """Another type of numbers; to another type of floats they stay as they are."""
        given = (dtype, *(w.dtype if isinstance(w, Tensor) else w for w in wanted))
        kind = next((w for w in given if isinstance(w, DType)), None)
        if kind is None or kind.numpy == self.dtype.numpy:
            return self
        return type(self)(cast(self.np, self.held, kind))

    type = to

    def type_as(self, other: Tensor) -> Tensor:
        """As PyTorch's."""
        return self.to(other.dtype)

    def backward(self, gradient: Any = None, **more: Any) -> None:
        """From now on every tensor that has no other ``grad`` has its derivative there."""
        if gradient is not None:
            raise NotFollowed("backward of more than one number")
        type(self).slope = derivative(self.np, self.held)

    @property
    def grad(self) -> Any:
        """What the program put there, or what PyTorch would put there."""
        own, known = self.__dict__.get("_grad", (None, None))
        slope = type(self).slope
        if slope is None or slope is known:
            return own
        self.grad = self.of(slope(self.held))
        return self.__dict__["_grad"][0]

    @grad.setter
    def grad(self, new: Any) -> None:
        self.__dict__["_grad"] = new, type(self).slope

    # Writing.

    def zero_(self) -> Tensor:
        """As PyTorch's."""
        return self.fill_(0)

    def fill_(self, value: Any) -> Tensor:
        """As PyTorch's."""
        self.held[...] = plain(value)
        return self

    def copy_(self, other: Any, non_blocking: bool = False) -> Tensor:
        """As PyTorch's."""
        return self.fill_(other)

    def new_zeros(self, *sizes: Any, **more: Any) -> Tensor:
        """As PyTorch's."""
        return type(self)(self.np.zeros(sizes[0] if type(sizes[0]) in (tuple, list, Size) else sizes))

    def new_tensor(self, data: Any, **more: Any) -> Tensor:
        """As PyTorch's."""
        return type(self)(self.np.array(plain(data), self.dtype.numpy))


def _dtype(held: Any) -> DType:
    kind = held.dtype
    return DTYPES["float32"] if kind.kind == "f" else DTYPES[kind.name]


def cast(np: Any, held: Any, kind: DType) -> Any:
    """An array of another type; truth values say where it is not 0.

    Raises:
        NotFollowed: numbers with a fraction are cut to a type that is too small for them to be told.
    """
    if kind.numpy.kind == "b":
        return np.not_equal(held, 0)
    if is_traced(held) and kind.numpy.kind == "u":
        raise NotFollowed("a cast of exact numbers to an unsigned type")
    return np.asarray(held, kind.numpy) if is_traced(held) or kind.numpy.kind == "f" else held.astype(kind.numpy)
