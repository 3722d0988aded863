"""A function that brings its own derivative, ``torch.autograd.Function`` or ``jax.custom_vjp``, as a backward pass.

Its loss is the sum of what it returns, times numbers that are handed to its backward part as the gradient of the
output; so every entry of the output counts.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from backproof.replay.foreign.living import numbers_in
from backproof.replay.foreign.torch_module import Context
from backproof.replay.living import LivingProgram
from backproof.replay.twins import Twins

Both = Callable[[Sequence[Any], Sequence[Any]], tuple[Any, Any]]  # inputs, gradients of the outputs: outputs, gradients


def brings_its_derivative(thing: Any) -> bool:
    """Whether this is such a function: the class, or the decorated function."""
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is not None and isinstance(thing, type):
        return issubclass(thing, torch.autograd.Function)
    return jax is not None and isinstance(thing, jax.custom_vjp)


class CustomProgram(LivingProgram):
    """The forward and the backward part of such a function, one after the other.

    Args:
        custom: the class, or the decorated function.
        inputs: of one small call.

    Raises:
        TypeError: the inputs do not fit, or it has no backward part.
        NotFollowed: the source of its backward part cannot be read.
    """

    def __init__(self, custom: Any, inputs: Sequence[Any]) -> None:
        self.custom = custom
        self.is_class = isinstance(custom, type)
        backward = custom.backward if self.is_class else getattr(custom, "bwd", None)
        if backward is None:
            raise TypeError(f"{custom.__name__} has no backward part: give it one with defvjp")
        taken = list(inspect.signature(custom.forward if self.is_class else custom.fwd).parameters)
        self.names = taken[1:] if self.is_class and "setup_context" not in vars(custom) else taken
        if len(inputs) != len(self.names):
            raise TypeError(f"{custom.__name__} takes {', '.join(self.names)}, but {len(inputs)} inputs are given")
        self.upstream = list(inspect.signature(backward).parameters)[1]
        outputs = custom.apply(*inputs) if self.is_class else custom(*inputs)
        made = tuple(map(_weights, outputs)) if isinstance(outputs, tuple | list) else (_weights(outputs),)
        given: Mapping[str, Any] = {**dict(zip(self.names, inputs, strict=True)), self.upstream: made}
        super().__init__(backward, lambda: given)

    def made(self, twins: Twins) -> Any:
        """The function to call: twins of both parts."""
        both = _torch_parts(twins.of(self.custom)) if self.is_class else _jax_parts(*map(twins.of, self._parts))

        def backprop(**given: Any) -> Any:
            upstream = given[self.upstream]
            outputs, slopes = both([given[name] for name in self.names], upstream)
            every = outputs if isinstance(outputs, tuple | list) else (outputs,)
            loss = sum((output * slope).sum() for output, slope in zip(every, upstream, strict=True))
            slopes = slopes if isinstance(slopes, tuple | list) else (slopes,)
            return loss, {name: s for name, s in zip(self.names, slopes, strict=True) if s is not None}

        kind = inspect.Parameter.KEYWORD_ONLY
        parameters = [inspect.Parameter(name, kind) for name in (*self.names, self.upstream)]
        backprop.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return backprop

    @property
    def _parts(self) -> tuple[Any, Any]:
        return self.custom.fwd, self.custom.bwd


def _torch_parts(kind: Any) -> Both:
    def both(inputs: Sequence[Any], upstream: Sequence[Any]) -> tuple[Any, Any]:
        context = Context()
        if "setup_context" in vars(kind):
            outputs = kind.forward(*inputs)
            kind.setup_context(context, tuple(inputs), outputs)
        else:
            outputs = kind.forward(context, *inputs)
        return outputs, kind.backward(context, *upstream)

    return both


def _jax_parts(forward: Any, backward: Any) -> Both:
    def both(inputs: Sequence[Any], upstream: Sequence[Any]) -> tuple[Any, Any]:
        outputs, kept = forward(*inputs)
        return outputs, backward(kept, tuple(upstream) if isinstance(outputs, tuple | list) else upstream[0])

    return both


def _weights(output: Any) -> Any:
    """Numbers of both signs in the shape of an output, in its library."""
    numbers = numbers_in(output)
    shape = np.shape(output if numbers is None else numbers)
    made = np.cos(np.arange(1.0, 1 + np.prod(shape, dtype=int))).reshape(shape)
    if numbers is None:
        return made
    if type(output).__module__.partition(".")[0] == "torch":
        return sys.modules["torch"].as_tensor(made).to(output.dtype)
    return sys.modules["jax"].numpy.asarray(made, output.dtype)
