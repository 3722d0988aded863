"""The functions of ``torch`` that make tensors: from numbers, and from PyTorch's own random numbers."""

from __future__ import annotations

from typing import Any

import numpy

from backproof.replay.foreign.foreign import nearest, plain, real
from backproof.replay.foreign.tensor import DTYPES, DType, Tensor


def nothing(*arguments: Any, **options: Any) -> None:
    """Nothing depends on it."""


class Generator:
    """A generator of random numbers: PyTorch's own."""

    def __init__(self, device: Any = "cpu") -> None:
        self.real = _torch().Generator()

    def manual_seed(self, seed: int) -> Generator:
        """As PyTorch's."""
        self.real.manual_seed(seed)
        return self

    def initial_seed(self) -> int:
        """As PyTorch's."""
        return int(self.real.initial_seed())


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise ModuleNotFoundError(
            "random numbers of PyTorch's need PyTorch: pip install torch", name="torch"
        ) from error
    return torch


class Made:
    """The functions of ``torch`` that make tensors, or no tensors at all."""

    def __init__(self, kind: type[Tensor]) -> None:
        self._kind, self._np = kind, kind.np

    Generator = Generator

    def _new(self, held: Any, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
        made = self._kind(held, requires_grad=requires_grad)
        return made if dtype is None else made.to(dtype).requires_grad_(requires_grad)

    def tensor(self, data: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
        return self._new(self._np.array(plain(data)), dtype, requires_grad)

    def as_tensor(self, data: Any, dtype: Any = None, device: Any = None) -> Tensor:
        return self._new(self._np.asarray(plain(data)), dtype)

    asarray = as_tensor

    def from_numpy(self, data: Any) -> Tensor:
        return self._new(data)

    def FloatTensor(self, data: Any) -> Tensor:
        return self.tensor(data, DTYPES["float32"])

    DoubleTensor = FloatTensor

    def LongTensor(self, data: Any) -> Tensor:
        return self.tensor(data, DTYPES["int64"])

    def _filled(self, name: str, sizes: tuple[Any, ...], given: tuple[Any, ...], dtype: Any, more: Any) -> Tensor:
        shape = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes or more.get("size")
        held = getattr(self._np, name)(tuple(map(int, shape)), *given)
        return self._new(held, dtype, bool(more.get("requires_grad")))

    def zeros(self, *sizes: Any, dtype: Any = None, **more: Any) -> Tensor:
        return self._filled("zeros", sizes, (), dtype, more)

    def ones(self, *sizes: Any, dtype: Any = None, **more: Any) -> Tensor:
        return self._filled("ones", sizes, (), dtype, more)

    def empty(self, *sizes: Any, dtype: Any = None, **more: Any) -> Tensor:
        return self._filled("zeros", sizes, (), dtype, more)

    def full(self, size: Any, fill_value: Any, dtype: Any = None, **more: Any) -> Tensor:
        return self._filled("full", (size,), (plain(fill_value),), dtype, more)

    def zeros_like(self, x: Tensor, dtype: Any = None, **more: Any) -> Tensor:
        return self._new(self._np.zeros_like(x.held), dtype, bool(more.get("requires_grad")))

    empty_like = zeros_like

    def ones_like(self, x: Tensor, dtype: Any = None, **more: Any) -> Tensor:
        return self._new(self._np.ones_like(x.held), dtype, bool(more.get("requires_grad")))

    def full_like(self, x: Tensor, fill_value: Any, dtype: Any = None, **more: Any) -> Tensor:
        return self._new(self._np.full_like(x.held, plain(fill_value)), dtype)

    def eye(self, n: int, m: int | None = None, dtype: Any = None, **more: Any) -> Tensor:
        return self._new(self._np.eye(n, m), dtype)

    def arange(self, *bounds: Any, dtype: Any = None, **more: Any) -> Tensor:
        return self._new(self._np.arange(*map(plain, bounds)), dtype)

    def linspace(self, start: Any, end: Any, steps: int, dtype: Any = None, **more: Any) -> Tensor:
        return self._new(self._np.linspace(start, end, steps), dtype, bool(more.get("requires_grad")))

    # Random numbers: PyTorch's own.

    def _drawn(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Tensor:
        torch = _torch()
        dtype, requires = options.pop("dtype", None), bool(options.pop("requires_grad", False))
        options.pop("device", None)
        generator = options.pop("generator", None)
        if generator is not None:
            options["generator"] = generator.real
        if isinstance(dtype, DType):
            options["dtype"] = getattr(torch, dtype.name)
        arguments, options = (real(x, torch.as_tensor) for x in (arguments, options))
        made = getattr(torch, name)(*arguments, **options)
        held = made.numpy()
        return self._new(self._np.array(held.astype(numpy.float64) if held.dtype.kind == "f" else held), None, requires)

    def manual_seed(self, seed: int) -> Any:
        return _torch().manual_seed(seed)

    seed = initial_seed = nothing

    # What gives no tensor.

    def is_tensor(self, x: Any) -> bool:
        return isinstance(x, Tensor)

    def numel(self, x: Tensor) -> int:
        return x.numel()

    def allclose(self, x: Tensor, y: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
        return bool(numpy.allclose(nearest(x), nearest(y), rtol, atol, equal_nan))

    def equal(self, x: Tensor, y: Tensor) -> bool:
        return x.shape == y.shape and bool(numpy.array_equal(nearest(x), nearest(y)))

    def is_floating_point(self, x: Tensor) -> bool:
        return x.is_floating_point()

    def get_default_dtype(self) -> DType:
        return DTYPES["float32"]

    def finfo(self, dtype: DType) -> Any:
        return numpy.finfo(numpy.float32 if dtype.name == "float32" else numpy.float64)

    def device(self, name: Any) -> Any:
        return name

    set_default_dtype = set_printoptions = use_deterministic_algorithms = set_num_threads = nothing


for _name in ("rand", "randn", "randint", "randperm", "normal", "rand_like", "randn_like", "bernoulli", "multinomial"):

    def _draw(self: Made, *arguments: Any, _name: str = _name, **options: Any) -> Tensor:
        return self._drawn(_name, arguments, options)

    setattr(Made, _name, _draw)
