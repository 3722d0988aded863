"""What NumPy code computes, replay computes: values as NumPy's, derivatives as central differences have them.

Every snippet is the body of a function of ``x`` (3, 4), ``v`` (4,), ``s`` (a float) and whole numbers ``k`` (4,); its
``y`` is summed with weights, so that every entry counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.replay.operands import is_traced
from backproof.replay.run import Inputs, play, replay
from tests.snippets import K, S, V, X, program_of, weights

SNIPPETS = """
y = x + v
y = x - v * s
y = x / (2 + v * v)
y = 2 / (3 + x)
y = x ** 2 + x ** 3
y = np.abs(x) ** 1.5
y = 2.0 ** x
y = (x * x + 1) ** -0.5
y = -x + +x * 3
y = x // 1 + x % 0.5
y = np.exp(x) + np.log(x * x + 1) + np.sqrt(x * x + 0.1)
y = np.tanh(x) * np.sinh(x) / np.cosh(v)
y = np.sin(x) + np.cos(x) * np.tan(v)
y = np.arcsin(np.tanh(x)) + np.arccos(np.tanh(v)) + np.arctan(x)
y = np.arcsinh(x) + np.arccosh(2 + x * x) + np.arctanh(np.tanh(x) / 2)
y = np.log1p(x * x) + np.expm1(x) + np.log2(x * x + 1) + np.log10(x * x + 1) + np.exp2(x) + np.cbrt(x)
y = np.maximum(0, x) + np.minimum(x, v) + np.fmax(x, 0.1) + np.clip(x, -1, 1)
y = x.clip(-0.5, 0.5) + np.clip(x, None, 1) + np.clip(x, a_min=0, a_max=None)
y = np.logaddexp(x, v) + np.logaddexp(0, x) + np.hypot(x, v) + np.arctan2(x, v)
y = np.square(x) + np.reciprocal(3 + x) + np.sign(x) * x + np.absolute(v) + np.fabs(x)
y = np.heaviside(x, 0.5) * x + np.floor(x) * x
y = np.multiply(x, v, out=np.zeros((3, 4)))
y = np.divide(1.0, x, out=np.zeros_like(x), where=x > 0)
y = np.add.outer(v, v).sum(0) + np.multiply.outer(v, x[0]).sum(1)
y = np.add.reduce(x, axis=1) + np.maximum.reduce(x, axis=1) + np.multiply.reduce(x, axis=-1)
y = np.add.accumulate(x, axis=1)
y = np.logaddexp.reduce(x, axis=1)
y = x.sum() + x.sum(0).sum() + x.sum(axis=1, keepdims=True)
y = np.sum(x, axis=(0, 1)) + np.sum(x, where=x > 0) + np.sum([1.0, s, 2])
y = x.mean(0) + np.mean(x) + np.mean(x, axis=-1, keepdims=True)
y = x.var(0) + np.var(x, axis=1, keepdims=True) + np.std(x, axis=0, ddof=1)
y = np.average(x, axis=0, weights=[1.0, 2.0, 3.0]) + np.median(x, axis=0) + np.ptp(x, axis=0)
y = np.cumsum(x, axis=0) + np.cumsum(x).reshape(3, 4) + np.cumprod(x, axis=1) + np.diff(x, axis=1).sum()
y = np.prod(x, axis=1) + np.prod(v) + x[:, :0].prod()
y = np.max(x, axis=1, keepdims=True) + x.max() + np.min(x, 0) + np.amax(x, axis=0)
y = np.linalg.norm(x) + np.linalg.norm(v) + np.linalg.norm(x, axis=1, keepdims=True) + np.linalg.norm(v, 1)
y = np.trace(x[:, :3]) + np.sort(x, axis=1)
y = x @ v + (x @ x.T).sum(0)
y = np.dot(x, v) + np.dot(x, x.T)[0] + x.dot(v) + np.dot(v, v) + np.dot(s, v[:3])
y = np.matmul(x[None], x.T[None])[0] + np.inner(x, x) + np.outer(v[:3], x[:, 0]) + np.vdot(v, v)
y = np.tensordot(x, x, axes=([1], [1])) + np.tensordot(x, x.T, axes=1)
y = np.einsum('ij,kj->ik', x, x) + np.einsum('ij,j', x, v) + np.einsum('ii', x[:, :3]) + np.einsum('ij->i', x)
y = np.einsum('ij,ik,kj->i', x, x @ x.T, x) + np.einsum('...j,j->...', x, v)
y = np.kron(v, v)[:4] + (x[:, :, None] * x[:, None, :]).sum((0, 1))
y = x[1] + x[:, 1:3].sum() + x[::-1, ::2].sum() + x[-1, -1] + x[..., None].sum()
y = x[[0, 2, 2]] + x[np.arange(3), k[:3]][:, None] + x[x > 0].sum() + x[:, k]
y = np.where(x > 0, x, 0.01 * x) + np.where(v > 0)[0].sum() * x
y = np.select([x > 1, x > 0], [x * x, x], default=-x) + np.piecewise(x, [x > 0, x <= 0], [lambda z: z * z, 0])
y = np.zeros((3, 4)); y[1] = x[0]; y[:, 2] += v[:3]; y[0, 0] = s; y[y > 1] *= 2
y = np.zeros_like(x); np.add.at(y, (np.array([0, 0, 2]), np.array([1, 1, 3])), v[:3]); y += x
y = x.copy(); y[range(3), k[:3]] -= 1; y /= 3; y **= 2; y @= np.eye(4)
a = x.T; a[0] *= 3; y = x * 2
a = x.reshape(4, 3); a += 1; b = x.ravel(); b[0] = s; y = x * 1.0
y = np.concatenate([x, x * 2], axis=0) + np.vstack([v] * 6) + np.hstack([x, x])[:, :4].sum()
y = np.stack([v, v * 2, v]) + np.column_stack([v, v, v]).T + np.r_[v, v][:4] + np.c_[v, v].sum() + np.append(x, x).sum()
y = np.pad(x, 1)[1:-1, 1:-1] + np.pad(x, ((0, 0), (1, 1)), 'edge')[:, 2:] + np.roll(x, 1, axis=1) + np.flip(x, 1)
y = np.tile(v, (3, 1)) + np.repeat(v[:3], 4).reshape(3, 4) + np.squeeze(x[None]) + np.expand_dims(v, 0)
y = sum(np.split(x, 2, axis=1)).sum() + np.array_split(x, 2)[0].sum() + np.swapaxes(x, 0, 1).sum() + x.T.T
y = np.diag(v)[:3] + np.triu(x) + np.tril(x, -1) + np.diagonal(x).sum() + np.diag(x).sum() + np.rot90(x).T[::-1]
y = np.broadcast_to(v, (3, 4)) * x + np.atleast_2d(v) + np.moveaxis(x[None], 0, -1)[..., 0] + np.take(x, [0], axis=0)
y = np.take_along_axis(x, np.argsort(x, axis=1), axis=1) + np.delete(x, 0, axis=1).sum() + x.take([1, 2]).sum()
y = np.lib.stride_tricks.sliding_window_view(v, 2).sum(1) + np.lib.stride_tricks.as_strided(v, (3, 2), (8, 8)).sum(1)
y = np.meshgrid(v, v[:3])[0] * x + np.copy(x) + np.ravel(x).reshape(3, -1) + x.flatten().reshape(x.shape)
y = np.array([[s, 2 * s], [v[0], 1.0]]) + np.asarray([v[0] * 2, 3]) + np.full((2, 2), s) + np.array(s)
y = np.ones_like(x) * s + np.full_like(x, s) + np.eye(3, 4) * x + np.linspace(0, 1, 4) * v + np.arange(4.0) * x
y = np.eye(4)[k] @ v + np.identity(4)[k, k].sum() + np.bincount(k) @ v + (k == 2) @ v + k @ v
y = x.astype(np.float64) + x.astype(float) + (x > 0).astype(float) * x + np.float64(s) + np.float32(2) * np.float64(s) + float(s)
y = math.exp(s) + math.log(s) + math.tanh(s) + math.sqrt(s) + math.pow(s, 2) + math.sin(s) + math.log(s, 2) + math.fabs(-s)
y = sum(v) + sum([s, s]) + max(s, 0) + min(v) + max(v[0], v[1]) + abs(-s) + pow(s, 2)
y = [math.exp(float(q)) for q in v]; y = np.array(y) / sum(y)
y = np.array([row.sum() for row in x]); y = y + np.array([x[i, j] * v[j] for i in range(3) for j in range(4)]).sum()
m = x.shape[0]; y = (1 / m) * x.sum(0) + (0.1 / m) * v + s / 3; y = y * (1 / 7); y /= 3
c = np.sqrt(2 / np.pi); y = 0.5 * x * (1 + np.tanh(c * (x + 0.044715 * x ** 3)))
y = np.vectorize(lambda z: z * z if z > 0 else -z)(x) + np.apply_along_axis(lambda r: r * r.sum(), 1, x)
y = x * (x > 0) + (x >= 0) * v + ~(x < 0) * s + np.logical_and(x > 0, x < 1) * x + (x != 0) * 1.0
y = functools.reduce(lambda p, q: p * q, list(v)) + sum(map(lambda q: q * q, v)) + sum(p * q for p, q in zip(v, x[0]))
d = {'a': x, 'b': [v, s]}; d['a'] = d['a'] * 2; d['b'][1] += 1; y = d['a'] + d['b'][0] * d['b'][1]
y = x.max(axis=1)[:, None] - np.exp(x - x.max(axis=1, keepdims=True)); y = y / y.sum(axis=1, keepdims=True)
y = np.nan_to_num(x) + np.round(0.5, 1) * v + np.isfinite(x) * x + np.real(x) + np.positive(x) + np.ascontiguousarray(x)
import copy; a = copy.deepcopy({'w': x}); a['w'][0] = 0; y = x + a['w']
y = np.random.default_rng(0).normal(size=4) * v + np.random.RandomState(1).rand(3, 4) * x
np.random.seed(3); y = np.random.randn(3, 4) * x + np.random.rand() * s + np.random.permutation(4) @ v
rng = np.random.default_rng(5); m = (rng.random((3, 4)) < 0.8) / 0.8; y = x * m + rng.permutation(v)
q = np.exp(-np.inf) * s; z = np.where([True, False, True, True], v, -np.inf); y = np.exp(z - z.max()) / np.exp(z - z.max()).sum() + q
y = isinstance(x, np.ndarray) * x + isinstance(s, float) * s + (x.dtype == np.float64) * v + x.ndim * x.size * s
y = np.trapezoid(v) * 1.0 if False else np.sum(v[1:] + v[:-1]) / 2
y = f"{s:.2f} {v[0]}" and "%.3f" % s and x * 1.0
y = x; y = y.reshape(-1)[::2]; y = y[::-1][1:4].tolist(); y = np.array(y) * 2
y = np.unique(np.array([s, s, v[0]])) + x.item(0) + x.flat[3] + v.tolist()[1] + x.size / 5
w = x[1:, 1:]; w += w[::-1]; u = x[0]; u[:] = u[::-1] * s; y = x * x
y = x[np.newaxis, :, np.newaxis].squeeze().T @ np.ones(3) + np.ones((4, 3)) @ x @ v
from scipy.special import expit, softmax, logsumexp, log_softmax, xlogy, erf, logit; y = expit(x) + softmax(x, axis=1) + logsumexp(x, axis=1, keepdims=True) + log_softmax(x, axis=0) + xlogy(x, x * x) + erf(x) + logit(expit(x))
y = np.ma.array if False else np.nanmax(x, axis=0) + np.nansum(x) + np.count_nonzero(x) * s + x.argmax() * s
y = np.vecdot(x, v) + np.matvec(x, v) + np.vecmat(v[:3], x).sum() + np.linalg.vecdot(x, x) if hasattr(np, 'matvec') else x.sum()
y = np.logaddexp2(x, v) + np.deg2rad(x) + np.rad2deg(v) + np.degrees(s) + np.linalg.matrix_power(x[:, :3], 2).sum() + np.fix(x) * x
y = np.linalg.multi_dot([x, x.T, x]) + np.float_power(np.abs(x), 1.3) if hasattr(np, 'float_power') else x
y = np.linalg.inv(x[:, :3] + 3 * np.eye(3)) @ v[:3] + np.linalg.solve(x[:, :3] + 3 * np.eye(3), v[:3]) + np.linalg.det(x[:, :3])
""".strip().splitlines()

PREFIX = "import functools, math\nimport numpy as np\n\n\ndef f(x, v, s, k):\n"


def weighted(y: Any) -> Any:
    y = y if hasattr(y, "ndim") and y.ndim else np.asarray([y]) if not is_traced(y) else y.reshape(1)
    return (y.reshape(-1) * weights(y.size)).sum()


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_is_followed(tmp_path: Path, snippet: str) -> None:
    it = program_of(tmp_path, PREFIX, snippet)

    def in_floats(x: np.ndarray, v: np.ndarray, s: float) -> float:
        call = lambda space, inputs: space["f"](x.copy(), v.copy(), np.float64(s), K.copy())  # noqa: E731
        return float(weighted(play(it, call).result))

    def exactly(space: Any, inputs: Inputs) -> Any:
        handed = inputs.array(X), inputs.array(V), inputs.number(float(S))
        starts = [h.ids.copy() for h in handed]
        return starts, space["f"](*handed, K.copy())

    run = replay(it, exactly)
    (starts, y), tape = run.result, run.tape
    loss = weighted(y)
    value = in_floats(X, V, float(S))
    assert abs(float(tape.hi[loss.id]) - value) <= 1e-11 * max(1, abs(value))
    assert tape.radius[loss.id] <= 1e-22 * max(1, abs(value))
    adjoints = tape.adjoints(loss.id)
    h = 1e-6
    for place, (start, ids) in enumerate(zip((X, V, S), starts, strict=True)):
        true = adjoints.of(ids)
        assert np.all(true.radius <= 1e-18 * np.maximum(1, np.abs(true.hi)))
        for index in np.ndindex(start.shape):
            moved = [[X.copy(), V.copy(), S.copy()] for _ in range(2)]
            moved[0][place][index] += h
            moved[1][place][index] -= h
            slope = (in_floats(*moved[0]) - in_floats(*moved[1])) / (2 * h)  # type: ignore[arg-type]
            assert abs(slope - float(true.hi[index])) <= 2e-6 * max(1, abs(slope)), (place, index)
