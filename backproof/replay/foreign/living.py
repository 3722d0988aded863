"""Arrays of PyTorch and JAX themselves, where a program runs with the library and not with its stand-in."""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np


def numbers_in(thing: Any) -> np.ndarray | None:
    """What a tensor or an array of another library holds; a view where it can be written into. None for others."""
    home = type(thing).__module__.partition(".")[0]
    if home == "torch" and isinstance(thing, sys.modules["torch"].Tensor):
        flat = thing.detach().cpu()
        return np.asarray(flat.numpy() if flat.dtype != sys.modules["torch"].bfloat16 else flat.float().numpy())
    if home in ("jax", "jaxlib") and isinstance(thing, sys.modules["jax"].Array):
        return None if str(thing.dtype).startswith("key") else np.asarray(thing)
    return None


def stand_in_of(thing: Any, modules: Mapping[str, types.ModuleType], lift: Callable[[np.ndarray], Any]) -> Any:
    """What stands for a tensor, an array, a type or a function of another library; None for what is none of these.

    Args:
        modules: the stand-ins of the world that it is to live in.
        lift: makes numbers those of that world.
    """
    kind = thing if isinstance(thing, type) else type(thing)
    if kind.__module__.partition(".")[0] not in ("torch", "jax", "jaxlib") and not _is_function(thing):
        return None
    numbers = numbers_in(thing)
    if numbers is None:
        return _named(thing, modules)
    library = "torch" if kind.__module__.startswith("torch") else "jax"
    if library not in modules:
        return thing.clone().detach().requires_grad_(thing.requires_grad) if library == "torch" else thing
    made = modules[library].Tensor if library == "torch" else modules[library].Array
    stand_in = made.of(lift(numbers.astype(np.float64) if numbers.dtype.kind == "f" else np.array(numbers)))
    if library == "torch":
        stand_in.requires_grad = thing.requires_grad
    return stand_in


def _is_function(thing: Any) -> bool:
    home = getattr(thing, "__module__", None)
    return isinstance(home, str) and home.partition(".")[0] in ("torch", "jax") and callable(thing)


def _named(thing: Any, modules: Mapping[str, types.ModuleType]) -> Any:
    """A function, a type or a type of numbers of the library, by its name in one of the library's modules."""
    if str(type(thing)) == "<class 'torch.dtype'>":
        return getattr(modules["torch"], str(thing).partition(".")[2]) if "torch" in modules else thing
    name = getattr(thing, "__name__", None)
    for home in _HOMES:
        if name and getattr(sys.modules.get(home), name, None) is thing:
            return getattr(modules[home], name) if home in modules else thing
    return None


_HOMES = (
    "torch", "torch.nn.functional", "torch.nn", "torch.autograd", "torch.linalg", "jax", "jax.numpy", "jax.nn",
    "jax.lax", "jax.random", "jax.numpy.linalg", "jax.scipy.special",
)  # fmt: skip


@contextlib.contextmanager
def in_double_precision(library: str) -> Iterator[None]:
    """PyTorch or JAX itself makes floats of double precision, unless the program says otherwise."""
    module = importlib.import_module(library)
    if library == "jax":
        with module.enable_x64(True):
            yield
        return
    before = module.get_default_dtype()
    module.set_default_dtype(module.float64)
    try:
        yield
    finally:
        module.set_default_dtype(before)


def with_numbers(thing: Any, new: np.ndarray) -> Any:
    """The array with other numbers: a tensor is written into, an array of JAX's is made again."""
    if type(thing).__module__.partition(".")[0] == "torch":
        torch = sys.modules["torch"]
        with torch.no_grad():
            thing.copy_(torch.as_tensor(np.array(new)).reshape(thing.shape))
        return thing
    return sys.modules["jax"].numpy.asarray(new, thing.dtype)
