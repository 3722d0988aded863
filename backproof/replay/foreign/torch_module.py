"""A stand-in for the module ``torch``: its words on tensors that hold NumPy's arrays, or exact ones.

PyTorch itself is imported only for random numbers, so that they are those of its own generators.
"""

from __future__ import annotations

import contextlib
import math
import types
from typing import Any

from backproof.replay.foreign.foreign import spoken
from backproof.replay.foreign.tensor import DTYPES, DType, Size, Tensor
from backproof.replay.foreign.torch_functional import FUNCTIONAL
from backproof.replay.foreign.torch_made import Made, nothing
from backproof.replay.foreign.words import Words
from backproof.replay.standin import refused


def torch_modules(np: Any) -> dict[str, types.ModuleType]:
    """The stand-ins by their dotted names, over NumPy or over its stand-in."""
    kind: type[Tensor] = type("Tensor", (Tensor,), {"np": np, "__slots__": (), "__module__": "torch"})

    def functional(name: str) -> Any:
        if name not in FUNCTIONAL:
            return spoken(kind, name) if name in kind.words else refused(f"torch.nn.functional.{name}")
        return spoken(kind, name, FUNCTIONAL)

    class Parameter(kind):  # type: ignore[misc, valid-type]
        """A tensor that is trained."""

        __slots__ = ()

        def __init__(self, data: Any, requires_grad: bool = True) -> None:
            super().__init__(data, requires_grad=requires_grad)

    functions = Words("torch.nn.functional", {}, functional)
    nn = Words(
        "torch.nn",
        {"functional": functions, "Parameter": Parameter, "Module": Module},
        lambda name: refused(f"torch.nn.{name}"),
    )
    autograd = Words("torch.autograd", {"Function": Function}, lambda name: refused(f"torch.autograd.{name}"))
    linalg = Words("torch.linalg", {}, lambda name: spoken(kind, f"linalg.{name}"))
    cuda = Words(
        "torch.cuda", {"is_available": lambda: False, "manual_seed_all": nothing, "manual_seed": nothing}, refused
    )
    made = Made(kind)
    known = {
        "Tensor": kind, "Size": Size, "nn": nn, "autograd": autograd, "linalg": linalg, "cuda": cuda,
        "no_grad": _Quiet, "enable_grad": _Quiet, "inference_mode": _Quiet, "set_grad_enabled": _Quiet,
        "inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e, "newaxis": None, "dtype": DType,
        "float_": DTYPES["float32"], "strided": None, "__version__": "2",
        **DTYPES,
        **{name: getattr(made, name) for name in dir(made) if not name.startswith("_")},
    }  # fmt: skip
    top = Words("torch", known, lambda name: spoken(kind, name))
    parts = (top, nn, functions, autograd, linalg, cuda)
    return {part.__name__: part for part in parts}


class _Quiet(contextlib.ContextDecorator):
    """``no_grad`` and its like: nothing depends on them."""

    def __init__(self, *how: Any, **more: Any) -> None:
        self.how = how

    def __call__(self, function: Any) -> Any:
        return super().__call__(function)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *raised: object) -> None:
        return None


class Module:
    """``torch.nn.Module``: a class to derive from, that calls its ``forward``."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self.forward(*arguments, **options)  # type: ignore[attr-defined]

    def parameters(self) -> list[Tensor]:
        """The tensors among its attributes, those of its parts too."""
        found: list[Tensor] = []
        for value in vars(self).values():
            found += value.parameters() if isinstance(value, Module) else [value] if isinstance(value, Tensor) else []
        return found


class Function:
    """``torch.autograd.Function``: called forward; its ``backward`` is the program's own."""

    @classmethod
    def apply(cls, *inputs: Any) -> Any:
        """What ``forward`` gives."""
        return cls.forward(Context(), *inputs)  # type: ignore[attr-defined]


class Context:
    """What ``forward`` leaves for ``backward``."""

    def __init__(self) -> None:
        self.saved_tensors: tuple[Any, ...] = ()
        self.needs_input_grad = (True,) * 64

    def save_for_backward(self, *tensors: Any) -> None:
        """As PyTorch's."""
        self.saved_tensors = tensors

    mark_non_differentiable = mark_dirty = set_materialize_grads = nothing
