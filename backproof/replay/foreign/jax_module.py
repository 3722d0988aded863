"""Stand-ins for ``jax``, ``jax.numpy`` and their like, on arrays that hold NumPy's arrays, or exact ones.

``jit`` and ``vmap`` are the plain function, once or for each; JAX itself is imported only for random numbers.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy

from backproof.replay.foreign.derivative import afresh, derivative
from backproof.replay.foreign.foreign import Foreign, Word, along, plain, real, spoken
from backproof.replay.foreign.jax_array import NN_WORDS, SPECIAL_WORDS, Array
from backproof.replay.foreign.trees import leaves_of, mapped
from backproof.replay.foreign.words import Words
from backproof.replay.standin import refused


def jax_modules(np: Any) -> dict[str, types.ModuleType]:
    """The stand-ins by their dotted names, over NumPy or over its stand-in."""
    kind: type[Array] = type("Array", (Array,), {"np": np, "__slots__": (), "__module__": "jax"})

    def of_table(module: str, words: Mapping[str, Word]) -> Words:
        known = {name: spoken(kind, name, words) for name in words}
        return Words(module, known, lambda name: refused(f"{module}.{name}"))

    def of_numpy(prefix: str) -> Callable[[str], Any]:
        return lambda name: spoken(kind, prefix + name)

    linalg = Words("jax.numpy.linalg", {}, of_numpy("linalg."))
    numbers = Words(
        "jax.numpy",
        {
            "ndarray": kind, "linalg": linalg, "pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan,
            "newaxis": None, "float32": np.float64, "float64": np.float64, "float16": np.float64,
            "bfloat16": np.float64, "int32": numpy.int32, "int64": numpy.int64, "uint8": numpy.uint8,
            "bool_": numpy.bool_, "finfo": numpy.finfo, "iinfo": numpy.iinfo,
        },
        of_numpy(""),
    )  # fmt: skip
    nn, special = of_table("jax.nn", NN_WORDS), of_table("jax.scipy.special", SPECIAL_WORDS)
    scipy = Words("jax.scipy", {"special": special}, lambda name: refused(f"jax.scipy.{name}"))
    random = Words("jax.random", {}, lambda name: _drawing(kind, name))
    lax = Words("jax.lax", {name: getattr(_Lax, name) for name in vars(_Lax) if name[0] != "_"}, of_numpy("lax."))
    lax.__dict__.update(_jax_lax(kind))
    top = Words(
        "jax",
        {
            "numpy": numbers, "nn": nn, "lax": lax, "random": random, "scipy": scipy, "Array": kind,
            "grad": _grad, "value_and_grad": _value_and_grad, "vmap": _vmap, "jit": _as_it_is, "checkpoint": _as_it_is,
            "custom_vjp": CustomVJP, "config": _Config(), "device_put": lambda x, *how, **more: x,
            "block_until_ready": lambda x: x,
            "tree": types.SimpleNamespace(map=mapped, leaves=leaves_of), "tree_map": mapped,
            "tree_util": types.SimpleNamespace(tree_map=mapped, tree_leaves=leaves_of),
        },
        lambda name: refused(f"jax.{name}"),
    )  # fmt: skip
    return {part.__name__: part for part in (top, numbers, linalg, nn, lax, random, scipy, special)}


class _Config:
    """``jax.config``: floats have double precision here, whatever it says."""

    def update(self, *setting: Any) -> None:
        """Nothing depends on it."""


def _as_it_is(function: Any = None, **how: Any) -> Any:
    return function if function is not None else _as_it_is


JAX_WORDS = (
    "Array", "grad", "value_and_grad", "vmap", "jit", "checkpoint", "custom_vjp", "device_put", "block_until_ready",
    "tree.map", "tree.leaves", "tree_util.tree_map", "tree_util.tree_leaves", "random (keys and numbers)",
)  # fmt: skip


def _vmap(function: Callable[..., Any], in_axes: Any = 0, out_axes: Any = 0, **how: Any) -> Callable[..., Any]:
    """For each entry along an axis, one after another."""

    def every(*arguments: Any, **named: Any) -> Any:
        axes = in_axes if isinstance(in_axes, list | tuple) else (in_axes,) * len(arguments)
        mapped_ones = [(a, axis) for a, axis in zip(arguments, axes, strict=True) if axis is not None]
        many = leaves_of(mapped_ones[0][0])[0].shape[mapped_ones[0][1] if isinstance(mapped_ones[0][1], int) else 0]

        def at(k: int) -> list[Any]:
            return [
                a if axis is None else mapped(lambda leaf, axis=axis: _taken(leaf, k, axis), a)
                for a, axis in zip(arguments, axes, strict=True)
            ]

        made = [function(*at(k), **named) for k in range(many)]
        return mapped(lambda *parts: _stacked(parts, out_axes if isinstance(out_axes, int) else 0), *made)

    return every


def _taken(leaf: Any, k: int, axis: int) -> Any:
    return leaf[along(leaf, axis, k)]


def _stacked(parts: Any, axis: int = 0) -> Any:
    kind = next((type(part) for part in parts if isinstance(part, Foreign)), None)
    return numpy.stack(parts, axis) if kind is None else spoken(kind, "stack")(list(parts), axis=axis)


def _value_and_grad(
    function: Callable[..., Any], argnums: Any = 0, has_aux: bool = False, **how: Any
) -> Callable[..., Any]:
    positions = argnums if isinstance(argnums, tuple | list) else (argnums,)

    def of(*arguments: Any, **named: Any) -> Any:
        fresh = list(arguments)
        for position in positions:
            fresh[position] = mapped(lambda x: afresh(x) if isinstance(x, Foreign) else x, fresh[position])
        returned = function(*fresh, **named)
        loss = returned[0] if has_aux else returned
        slope = derivative(loss.np, plain(loss))
        found = [mapped(lambda x: x.of(slope(x.held)) if isinstance(x, Foreign) else x, fresh[p]) for p in positions]
        return returned, tuple(found) if isinstance(argnums, tuple | list) else found[0]

    return of


def _grad(function: Callable[..., Any], argnums: Any = 0, has_aux: bool = False, **how: Any) -> Callable[..., Any]:
    both = _value_and_grad(function, argnums, has_aux)

    def of(*arguments: Any, **named: Any) -> Any:
        returned, found = both(*arguments, **named)
        return (found, returned[1]) if has_aux else found

    return of


class CustomVJP:
    """``jax.custom_vjp``: the function itself; what is said of its derivative stays the program's own."""

    def __init__(self, function: Callable[..., Any], nondiff_argnums: Any = ()) -> None:
        self.function, self.nondiff_argnums = function, nondiff_argnums
        self.forward: Callable[..., Any] | None = None
        self.backward: Callable[..., Any] | None = None
        self.__name__ = getattr(function, "__name__", "function")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.function(*arguments, **named)

    def defvjp(self, forward: Callable[..., Any], backward: Callable[..., Any], **how: Any) -> None:
        """As JAX's."""
        self.forward, self.backward = forward, backward


class _Lax:
    """Loops and choices: Python's own."""

    @staticmethod
    def scan(
        function: Any, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, **how: Any
    ) -> Any:
        many = int(length if xs is None else leaves_of(xs)[0].shape[0])  # type: ignore[arg-type]
        carry, made = init, []
        for k in reversed(range(many)) if reverse else range(many):
            carry, out = function(carry, None if xs is None else mapped(lambda leaf, k=k: leaf[k], xs))
            made.append(out)
        made = made[::-1] if reverse else made
        return carry, mapped(lambda *parts: _stacked(parts), *made) if made else None

    @staticmethod
    def fori_loop(lower: int, upper: int, body: Any, init: Any, **how: Any) -> Any:
        for k in range(int(lower), int(upper)):
            init = body(k, init)
        return init

    @staticmethod
    def while_loop(condition: Any, body: Any, init: Any) -> Any:
        while condition(init):
            init = body(init)
        return init

    @staticmethod
    def cond(holds: Any, yes: Any, no: Any, *operands: Any) -> Any:
        return yes(*operands) if holds else no(*operands)

    @staticmethod
    def stop_gradient(x: Any) -> Any:
        return x


_LAX_NAMES = {
    **{name: name for name in ("exp", "log", "tanh", "sqrt", "square", "abs", "sign", "dot", "add", "log1p", "expm1")},
    "max": "maximum", "min": "minimum", "sub": "subtract", "mul": "multiply", "div": "divide", "select": "where",
}  # fmt: skip


LAX_WORDS = (*(name for name in vars(_Lax) if name[0] != "_"), *_LAX_NAMES, "rsqrt", "logistic")


def _jax_lax(kind: type[Array]) -> dict[str, Any]:
    made = {name: spoken(kind, theirs) for name, theirs in _LAX_NAMES.items()}
    made["rsqrt"] = lambda x: 1 / spoken(kind, "sqrt")(x)
    made["logistic"] = spoken(kind, "sigmoid", NN_WORDS)
    return made


# Random numbers: JAX's own.


def _drawing(kind: type[Array], name: str) -> Any:
    def drawn(*arguments: Any, **options: Any) -> Any:
        try:
            import jax
        except ImportError as error:
            raise ModuleNotFoundError("random numbers of JAX's need JAX: pip install jax", name="jax") from error
        options.pop("dtype", None)
        words = (numpy.float32 if each is numpy.float64 else each for each in arguments)  # its type, as it runs
        arguments, options = real(tuple(words)), real(options)
        with jax.enable_x64(False):
            made = getattr(jax.random, name)(*arguments, **options)
        if name in ("key", "PRNGKey", "split", "fold_in", "clone"):
            return made
        held = numpy.asarray(made)
        return kind.of(kind.np.array(held.astype(numpy.float64) if held.dtype.kind == "f" else held))

    return drawn
