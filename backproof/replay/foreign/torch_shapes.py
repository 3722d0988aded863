"""PyTorch's words that move numbers, in terms of NumPy's: shapes, views, and reading and writing at places.

Names and arguments: the documentation of torch, https://docs.pytorch.org/docs/stable/torch.html.
"""

from __future__ import annotations

import math
from typing import Any

from backproof.replay.foreign.foreign import along, as_array
from backproof.replay.foreign.torch_words import says
from backproof.replay.operands import is_traced


def _sizes(sizes: tuple[Any, ...]) -> tuple[int, ...]:
    given = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes
    return tuple(int(size) for size in given)


@says("reshape", "view")
def _reshape(np: Any, x: Any, *sizes: Any, shape: Any = None) -> Any:
    return np.reshape(x, _sizes(sizes or (shape,)))


@says("reshape_as", "view_as")
def _reshape_as(np: Any, x: Any, y: Any) -> Any:
    return np.reshape(x, y.shape)


@says("t")
def _t(np: Any, x: Any) -> Any:
    return np.transpose(x)


@says("permute")
def _permute(np: Any, x: Any, *dims: Any) -> Any:
    return np.transpose(x, _sizes(dims))


@says("unsqueeze")
def _unsqueeze(np: Any, x: Any, dim: int) -> Any:
    return np.expand_dims(x, dim)


@says("squeeze")
def _squeeze(np: Any, x: Any, dim: Any = None) -> Any:
    if dim is None:
        return np.squeeze(x)
    axes = [d for d in (dim if isinstance(dim, tuple) else (dim,)) if x.shape[d] == 1]
    return np.squeeze(x, tuple(axes)) if axes else x


@says("flatten")
def _flatten(np: Any, x: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    if not x.ndim:
        return np.reshape(x, (1,))
    start, end = start_dim % x.ndim, end_dim % x.ndim
    return np.reshape(x, (*x.shape[:start], math.prod(x.shape[start : end + 1]), *x.shape[end + 1 :]))


@says("expand")
def _expand(np: Any, x: Any, *sizes: Any) -> Any:
    wanted = _sizes(sizes)
    old = (1,) * (len(wanted) - x.ndim) + tuple(x.shape)
    return np.broadcast_to(x, tuple(o if size == -1 else size for size, o in zip(wanted, old, strict=True)))


@says("expand_as")
def _expand_as(np: Any, x: Any, y: Any) -> Any:
    return np.broadcast_to(x, y.shape)


@says("repeat", "tile")
def _repeat(np: Any, x: Any, *sizes: Any) -> Any:
    return np.tile(x, _sizes(sizes))


@says("repeat_interleave")
def _repeat_interleave(np: Any, x: Any, repeats: Any, dim: int | None = None) -> Any:
    return np.repeat(x, repeats, axis=dim)


@says("cat", "concat", "concatenate")
def _cat(np: Any, tensors: Any, dim: int = 0, **options: Any) -> Any:
    return np.concatenate(list(tensors), axis=options.get("axis", dim))


@says("stack")
def _stack(np: Any, tensors: Any, dim: int = 0) -> Any:
    return np.stack(list(tensors), axis=dim)


@says("split")
def _split(np: Any, x: Any, sizes: Any, dim: int = 0) -> Any:
    if isinstance(sizes, list | tuple):
        cuts = [sum(sizes[: k + 1]) for k in range(len(sizes) - 1)]
    else:
        cuts = list(range(sizes, x.shape[dim], sizes))
    return tuple(np.split(x, cuts, axis=dim))


@says("chunk")
def _chunk(np: Any, x: Any, chunks: int, dim: int = 0) -> Any:
    return _split(np, x, -(-x.shape[dim] // chunks), dim)


@says("unbind")
def _unbind(np: Any, x: Any, dim: int = 0) -> Any:
    return tuple(np.moveaxis(x, dim, 0)[k] for k in range(x.shape[dim]))


@says("narrow")
def _narrow(np: Any, x: Any, dim: int, start: int, length: int) -> Any:
    return x[along(x, dim, slice(start, start + length))]


@says("select")
def _select(np: Any, x: Any, dim: int, index: int) -> Any:
    return x[along(x, dim, index)]


@says("unfold")
def _unfold(np: Any, x: Any, dimension: int, size: int, step: int) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=dimension)
    return windows[along(x, dimension, slice(None, None, step))]


@says("sum_to_size")
def _sum_to_size(np: Any, x: Any, *sizes: Any) -> Any:
    wanted = _sizes(sizes)
    x = np.sum(x, axis=tuple(range(x.ndim - len(wanted))))
    return np.sum(x, axis=tuple(k for k, size in enumerate(wanted) if size == 1), keepdims=True)


@says("flip")
def _flip(np: Any, x: Any, *dims: Any) -> Any:
    return np.flip(x, _sizes(dims))


@says("roll")
def _roll(np: Any, x: Any, shifts: Any, dims: Any = None) -> Any:
    return np.roll(x, shifts, dims)


@says("tril")
def _tril(np: Any, x: Any, diagonal: int = 0) -> Any:
    return np.tril(x, diagonal)


@says("triu")
def _triu(np: Any, x: Any, diagonal: int = 0) -> Any:
    return np.triu(x, diagonal)


@says("diag")
def _diag(np: Any, x: Any, diagonal: int = 0) -> Any:
    return np.diag(x, diagonal)


@says("diagonal")
def _diagonal(np: Any, x: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    return np.diagonal(x, offset, dim1, dim2)


@says("clone")
def _clone(np: Any, x: Any, memory_format: Any = None) -> Any:
    return np.copy(x)


@says("contiguous")
def _contiguous(np: Any, x: Any, memory_format: Any = None) -> Any:
    return np.ascontiguousarray(x) if x.ndim else x


@says("meshgrid")
def _meshgrid(np: Any, *tensors: Any, indexing: str = "ij") -> Any:
    return tuple(np.meshgrid(*tensors, indexing=indexing))


# Places.


def places(np: Any, shape: Any, dim: int, index: Any) -> tuple[Any, ...]:
    """Where ``gather`` and ``scatter`` read and write: everywhere in the index's shape, along one dimension at it."""
    index = as_array(index)
    grid = list(np.indices(index.shape)) if index.ndim else [index]
    grid[dim % len(shape)] = index
    return tuple(grid)


@says("gather", "take_along_dim")
def _gather(np: Any, x: Any, dim: Any, index: Any, sparse_grad: bool = False) -> Any:
    if not isinstance(dim, int):  # take_along_dim has them the other way round
        dim, index = index, dim
    return x[places(np, x.shape, dim, index)]


@says("index_select")
def _index_select(np: Any, x: Any, dim: int, index: Any) -> Any:
    return np.take(x, index, axis=dim)


@says("masked_select")
def _masked_select(np: Any, x: Any, mask: Any) -> Any:
    return x[np.broadcast_to(mask, x.shape)]


def _written(np: Any, x: Any, where: tuple[Any, ...], values: Any, add: bool) -> Any:
    made = np.copy(x) if not is_traced(values) or is_traced(x) else np.array(x, float)
    if add:
        np.add.at(made, where, values)
    else:
        made[where] = values
    return made


def _source(index: Any, source: Any) -> Any:
    shape = as_array(index).shape
    return source if not getattr(source, "ndim", 0) else source[tuple(slice(n) for n in shape)]


@says("scatter")
def _scatter(np: Any, x: Any, dim: int, index: Any, src: Any = None, value: Any = None, reduce: Any = None) -> Any:
    source = _source(index, value if src is None else src)
    return _written(np, x, places(np, x.shape, dim, index), source, reduce == "add")


@says("scatter_add")
def _scatter_add(np: Any, x: Any, dim: int, index: Any, src: Any) -> Any:
    return _written(np, x, places(np, x.shape, dim, index), _source(index, src), True)


@says("index_add")
def _index_add(np: Any, x: Any, dim: int, index: Any, source: Any, alpha: Any = 1) -> Any:
    return _written(np, x, along(x, dim, index), source if alpha == 1 else np.multiply(alpha, source), True)


@says("index_copy")
def _index_copy(np: Any, x: Any, dim: int, index: Any, source: Any) -> Any:
    return _written(np, x, along(x, dim, index), source, False)


@says("index_put")
def _index_put(np: Any, x: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    return _written(np, x, tuple(indices), values, accumulate)


@says("nonzero")
def _nonzero(np: Any, x: Any, as_tuple: bool = False) -> Any:
    found = np.nonzero(x)
    return found if as_tuple else np.stack(found, axis=1)
