"""PyTorch's words in replay: values and derivatives are those of PyTorch itself, in double precision.

Every snippet is the body of a function of ``x`` (3, 4), ``v`` (4,), ``s`` (no axes) and whole numbers ``k`` (4,); its
``y`` is summed with weights, so that every entry counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from backproof.replay.refusal import NotFollowed
from backproof.replay.run import play
from tests.snippets import K, S, V, X, assert_followed, program_of, text_of, weights

SNIPPETS = """
y = x + v * s - x / (3 + v) + 2 / (3 + x) - (1 - x) + s / 2
y = x ** 2 + x.abs() ** 1.5 + 2.0 ** x + x.pow(3) + torch.pow(x, 2) + (x * x + 1) ** -0.5
y = -x + +x * 3 + abs(x) + x % 0.5 + x.fmod(0.7) * x + x.remainder(0.7)
y = x.exp() + torch.log(x * x + 1) + (x * x + 0.1).sqrt() + torch.rsqrt(x * x + 1)
y = torch.tanh(x) * torch.sinh(x) / torch.cosh(v) + x.sin() + x.cos() + torch.tan(s)
y = torch.asin(torch.tanh(x)) + torch.acos(torch.tanh(v)) + torch.atan(x) + torch.atan2(x, v)
y = torch.asinh(x) + torch.acosh(2 + x * x) + torch.atanh(torch.tanh(x) / 2) + torch.erf(x) + torch.erfc(v)
y = torch.log1p(x * x) + torch.expm1(x) + torch.log2(x * x + 1) + torch.log10(x * x + 1) + torch.exp2(x)
y = torch.maximum(x, v) + torch.minimum(x, v) + torch.max(x, v) + torch.min(x, v * 2)
y = x.clamp(-1, 1) + torch.clamp(x, min=0) + x.clamp(max=0.5) + torch.clip(x, -0.3, 0.3) + x.clamp_min(0.1) + x.clamp_max(0.2)
y = torch.sigmoid(x) + x.sigmoid() * x.tanh() + torch.relu(x) + x.relu() + torch.logit(torch.sigmoid(v))
y = torch.logaddexp(x, v) + torch.hypot(x, v) + torch.square(x) + torch.reciprocal(3 + x) + torch.sign(x) * x
y = torch.add(x, v, alpha=2) + torch.sub(x, v, alpha=0.5) + torch.mul(x, v) + torch.div(x, 3 + v) + torch.neg(x) + x.sub(1).mul(2).div(3).add(4)
y = torch.where(x > 0, x, 0.1 * x) + torch.where(x > v, x, v) + (x > 0) * x + (x > 0).double() * v + x.masked_fill(x < 0, 0.0)
y = torch.lerp(x, x * x, 0.3) + torch.addcmul(x, x, v, value=0.5) + torch.addcdiv(x, v, 3 + x) + torch.addmm(torch.ones(3, 3), x, x.T) @ x
y = x.sum() + x.sum(0).sum() + x.sum(1, keepdim=True) + x.sum(dim=(0, 1)) + torch.sum(x, dim=1, keepdim=True) + x.sum(-1, True)
y = x.mean() + x.mean(0) + x.mean(1, keepdim=True) + torch.mean(x, dim=(0, 1)) + x.mean((0, 1), keepdim=True)
y = x.var() + x.var(0) + x.var(1, keepdim=True) + x.var(dim=0, unbiased=False) + x.var(0, keepdim=True, unbiased=True) + torch.var(x, 0, correction=0)
y = x.std() + x.std(0, keepdim=True) + torch.std(x, dim=1, keepdim=True, unbiased=False)
y = x.prod() + x.prod(0) + x.cumsum(0) + torch.cumsum(x, dim=1) + x.cumprod(1)
y = x.max() + x.min() + x.max(1, keepdim=True).values + x.max(dim=0)[0] + torch.max(x, 1, keepdim=True)[0] + x.amax(1, keepdim=True) + x.amin(0)
values, places = x.max(1); y = (values * places)[:, None] + x.argmax(0) * s + x.argmax() * s + torch.argmin(x, dim=1, keepdim=True) * x
y = torch.logsumexp(x, 1, keepdim=True) + x.logsumexp(0) + torch.logsumexp(x, dim=(0, 1))
y = torch.norm(x) + x.norm(dim=1, keepdim=True) + x.norm(p=1) + torch.linalg.norm(v) + torch.linalg.vector_norm(x, dim=0)
a, b = x.sort(1); y = a * b + torch.sort(x, dim=0, descending=True)[0] + torch.topk(x, 2, dim=1)[0].sum() + torch.argsort(v) * v
y = x @ v + x @ x.T @ torch.ones(3) + torch.matmul(x, v) + x.mm(x.t()).mv(x[:, 0]) + torch.mv(x, v)
y = x.matmul(v) + torch.dot(v, v) + v.dot(v) + torch.outer(v, v).sum() + v @ v + torch.ger(v, v)[0, :3]
y = torch.bmm(x[:, None, :], x[:, :, None]) + torch.einsum('ij,kj->ik', x, x)[:, :, None] + torch.tensordot(x, v, dims=1)[:, None, None]
y = x.view(4, 3).t() + x.reshape(-1)[:4] + x.view(-1, 2).sum(0).repeat(2) + x.reshape((4, 3)).T + x.view(12)[4:8]
y = x.unsqueeze(1).squeeze(1) + x.unsqueeze(-1).squeeze() + v.unsqueeze(0).expand(3, 4) + v.expand(3, -1) + v.expand_as(x) + v[None].repeat(3, 1)
y = x.permute(1, 0).T + x.transpose(0, 1).transpose(1, 0) + x.swapaxes(0, 1).mT + torch.transpose(x, 0, 1).T + x.flatten()[:4] + torch.flatten(x, 0)[4:8]
y = torch.cat([x, v[None]], dim=0)[1:] + torch.cat((x, x), 1)[:, 4:] + torch.stack([v, v * 2, v * 3]) + torch.stack((v, v, v), dim=1).T + torch.hstack((x, x))[:, :4]
a, b = x.split(2, dim=1); c, d = x.chunk(2, 1); e, f, g = x.unbind(0); y = torch.cat((b, a), 1) + torch.cat((d, c), 1) + e * f + g
y = x.flip(0) + torch.flip(x, [1]) + x.roll(1, 0) + torch.tril(x) + torch.triu(x, diagonal=1) + torch.diag(v)[:3] + torch.diagonal(x).sum()
y = x[0] + x[:, 1:3].sum() + x[[0, 2]].sum(0) + x[..., -1].sum() + x[x > 0].sum() + x[torch.tensor([0, 1, 2]), torch.tensor([1, 1, 0])].sum()
y = x[range(3), k[:3]][:, None] + x[torch.arange(3), k[:3]].sum() + v[k] + x[:, k] + v[k[:, None]].sum()
y = x.gather(1, k[:3, None]) + torch.gather(x, 0, k[None, :] % 3) + x.index_select(1, k) + torch.take_along_dim(x, k[None, :] % 3, 0)
y = torch.zeros(3, 4).scatter(1, k[:3, None], x[:, :1]) + torch.zeros(3, 4).scatter_add_(1, k[None, :].repeat(3, 1), x) + torch.zeros_like(x).scatter_(1, k[:3, None], 1.0) * x
w = torch.zeros(4, 4); w.index_add_(0, k, x.T @ x); y = w + torch.zeros(4, 4).index_copy(0, k, x.T @ x) + torch.zeros(4, 4).index_put((k,), x.T @ x, accumulate=True)
w = torch.zeros_like(x); w[0] = x[1]; w[1, k[:2]] = v[:2]; w[2] += v * 2; w[:, 0] *= s; y = w + x
w = x.clone(); w[range(3), k[:3]] -= 1; w /= 3; w += v; w *= 2; w -= s; y = w.clone()
w = x.clone(); w.add_(1).mul_(2).sub_(v).div_(3); w.clamp_(min=0); w.exp_(); y = w.clone()
w = x * 1; w.add_(v, alpha=-0.1); w[w < 0] = 0; y = w.copy_(w * 2) if False else w * 2
y = F.one_hot(k, num_classes=5).double() @ torch.ones(5, 1) * v[:, None] + F.one_hot(k).sum(0) * v + F.one_hot(k, 4).double() @ v
y = F.softmax(x, dim=1) + F.log_softmax(x, dim=0) + torch.softmax(x, 1) + x.softmax(-1) + x.log_softmax(dim=-1) + torch.log_softmax(x, 1)
y = F.cross_entropy(x, k[:3]) + F.cross_entropy(x, torch.softmax(x * 2, 1)) + F.cross_entropy(x, k[:3], reduction='sum') + F.cross_entropy(x, k[:3], reduction='none')
y = F.nll_loss(F.log_softmax(x, 1), k[:3]) + F.mse_loss(x, x * 0.5) + F.l1_loss(x, v.expand(3, 4)) + F.mse_loss(v, v * v, reduction='sum') + F.smooth_l1_loss(x, x * 0.2) + F.huber_loss(x, x * 0.2)
y = F.binary_cross_entropy(torch.sigmoid(x), (x > 0).double()) + F.binary_cross_entropy_with_logits(x, (x > 0.5).double()) + F.binary_cross_entropy_with_logits(x, torch.sigmoid(x), reduction='none')
y = F.relu(x) + F.leaky_relu(x, 0.1) + F.leaky_relu(x) + F.elu(x) + F.gelu(x) + F.gelu(x, approximate='tanh') + F.silu(x) + F.softplus(x) + F.sigmoid(x) + F.tanh(x) + F.logsigmoid(x)
y = F.linear(x, x, x[:, 0]) + F.embedding(k[:3], x.T)
y = F.layer_norm(x, (4,)) + F.layer_norm(x, (4,), v, v * 2, 1e-3) + F.batch_norm(x, None, None, v, v * 2, training=True) + F.normalize(x, dim=1)
y = F.pad(x, (1, 2)).sum(0)[1:5] + F.pad(x, (0, 0, 1, 0))[0] + F.pad(x, (1, 1), value=2.0)[0, :4]
im = x.reshape(1, 1, 3, 4); w = v.reshape(1, 1, 2, 2); y = F.conv2d(im, w) + F.conv2d(im, w, s.reshape(1), stride=1, padding=0) + F.max_pool2d(im, 2, stride=1) + F.avg_pool2d(im, 2, 1)
im = x.reshape(1, 1, 3, 4).repeat(2, 2, 1, 1); w = v.reshape(1, 1, 2, 2).repeat(3, 2, 1, 1); y = F.conv2d(im, w, padding=1, stride=2)
y = torch.tensor([1.0, 2.0, 3.0, 4.0]) * x + torch.ones(4) * v + torch.full((4,), 2.0) * v + torch.arange(4) * x + torch.arange(0, 1, 0.25) * v + torch.linspace(0, 1, 4) * v + torch.eye(4) @ v
y = torch.zeros(4).requires_grad_() + x + torch.ones_like(x) * s + torch.full_like(x, 0.5) + torch.empty(3, 4).fill_(2.0) * x + torch.zeros((3, 4), dtype=torch.float64) + x.new_zeros(3, 4)
y = x.to(torch.float64) * x.double() + x.long() * x + x.int() * s + x.bool() * v + x.type(torch.float64) + (x > 0).to(x.dtype) * x + (x > 0).type_as(x) * v
y = x * x.shape[0] + x.size(1) * v + len(x) * s + x.dim() * x + x.ndim * v + x.numel() * s + x.nelement() * s + x.size()[0] + x.shape.numel()
y = x * (x[0, 0].item() > 0) + float(x[0, 0] > 0) * x + int(k[0]) * x + (1 if torch.is_tensor(x) else 0) * v + isinstance(x, torch.Tensor) * v
y = (x == x.max(1, keepdim=True).values) * x + x.eq(v) * v + x.gt(0) * x + x.le(0.5) * v + torch.ge(x, 0) * v + (~(x > 0)) * v + ((x > 0) & (x < 1)) * x + ((x > 1) | (x < 0)) * v
y = torch.bincount(k, minlength=4) * v + torch.bincount(k, weights=None) * v + torch.count_nonzero(x) * s + (x > 0).sum() * s + (x > 0).any() * s + x.isnan().any() * s
z = x * 2; y = z * z + x.contiguous() + x.cpu()
y = torch.meshgrid(v, v, indexing='ij')[0] @ v + torch.kron(v, v).reshape(4, 4) @ v + torch.trace(x[:, :3]) + torch.repeat_interleave(v, 2)[::2]
y = torch.nn.functional.relu(x) + torch.relu(x) + torch.floor(x) * x + torch.ceil(v) * x + torch.trunc(x) * v
y = torch.std_mean(x, dim=1, keepdim=True)[1] + torch.var_mean(x, dim=0, unbiased=False)[0] + x.diff(dim=1).sum() + torch.diff(v).sum() + x.sum_to_size(1, 4)
y = x.view(3, 2, 2).permute(0, 2, 1).contiguous().view(3, 4) + x.unfold(1, 2, 2).reshape(3, 4) + x.narrow(1, 0, 2).sum() + x.select(0, 1) + x.movedim(0, 1).T
y = torch.zeros(4, 4).index_put_((k,), x[0] * 1.0, accumulate=True) + torch.triu(torch.ones(4, 4)) * v + torch.tril(torch.ones(4, 4)).masked_fill(torch.tril(torch.ones(4, 4)) == 0, 0.5) @ v
u = F.unfold(x.reshape(1, 1, 3, 4), 2); y = u.sum() + F.fold(u, (3, 4), 2).reshape(3, 4) + x
""".strip().splitlines()

PREFIX = "import torch\nimport torch.nn.functional as F\n\n\ndef f(x, v, s, k):\n"


def by_torch(snippet: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """PyTorch's own values and derivatives, in double precision."""
    space: dict[str, Any] = {}
    torch.set_default_dtype(torch.float64)
    try:
        exec(text_of(PREFIX, snippet), space)
        handed = [torch.tensor(part, requires_grad=True) for part in (X, V, S)]
        y = space["f"](*handed, torch.tensor(K))
        loss = (y.reshape(-1) * torch.tensor(weights(y.numel()))).sum()
        found = torch.autograd.grad(loss, handed, allow_unused=True)
    finally:
        torch.set_default_dtype(torch.float32)
    zeros = [np.zeros_like(part) for part in (X, V, S)]
    return y.detach().numpy(), [z if g is None else g.numpy() for z, g in zip(zeros, found, strict=True)]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_is_followed(tmp_path: Path, snippet: str) -> None:
    assert_followed(program_of(tmp_path, PREFIX, snippet), lambda space: space["torch"].Tensor, *by_torch(snippet))


def test_what_is_not_known_is_refused_by_name(tmp_path: Path) -> None:
    it = program_of(tmp_path, PREFIX, "y = torch.fft.fft(x)")
    with pytest.raises(NotFollowed, match=r"torch\.fft"):
        play(it, lambda space, inputs: space["f"](space["torch"].Tensor(X), None, None, None))
