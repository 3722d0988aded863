"""Blocks of a finished training: can rounding alone explain where each block ended?

An engine keeps its parameters every so many steps. A block is run again from the parameters that the engine had at its
start; wherever they are at its end, they must lie within what rounding at every step can do.

The re-run is itself a program in float64: its parameters are the *centre*, and beside it runs a *radius*, how far any
correct program in the engine's type can be from it by then. For a function f of one step, with hats for what is
computed, the program's ``P`` within R of the centre's ``C``, and B(u) a bound of the rounding errors of f,

    |f^(P) - f^(C)| <= |f^(P) - f(P)| + |f(P) - f(C)| + |f(C) - f^(C)| <= B(u) + L R + B(2^-53) <= B(u + 2^-53) + L R

with B taken at the largest |C| + R, and L R the exact propagation of the radius. The last step holds since every B in
``proof.forms`` and Higham's gamma grow at least linearly with u. The bounds of the nonlinear lines are those of every
form there; radii are computed in float64 and rounded up once a step (UP).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from backproof.arithmetic import FLOAT64, Arithmetic, ProofError, arithmetic_of
from engines.interface import Parameters
from proof.disc import UP, Disc
from proof.forms import CLIPS, LINES
from proof.judgement import NOT_OBSERVABLE, ROUNDING, WRONG

CLIP = 1.01 * max(CLIPS)


class Block(NamedTuple):
    """A block of a training, to be audited.

    Attributes:
        start, end: where the engine's parameters were before it and after it.
        X, y: its samples (n, d) and labels (n,), in the order in which they were visited.
        first_step: its first step of SGD, counted from 0 at the start of training.
        losses: (n,), each sample's before its step, as the engine gave them; None where it did not.
    """

    start: Parameters
    end: Parameters
    X: np.ndarray
    y: np.ndarray
    first_step: int = 0
    losses: np.ndarray | None = None


@dataclass(frozen=True)
class AuditedBlock:
    """What came of the audit of a block.

    Attributes:
        first_step: its first step of SGD, counted from 0 at the start of training.
        steps: how many it has.
        outside: how many parameters ended where rounding cannot have taken them, or are not finite.
        unbounded: of how many others nothing can be said, since the bound of what rounding can do overflowed.
        radius: the median over the parameters that moved of radius / movement: a mistake below it cannot be seen.
        blind: the share of them whose radius is at least their movement.
        losses_outside: how many samples' losses no formula gives at the weights of their step, or are not finite.
    """

    first_step: int
    steps: int
    outside: int
    unbounded: int
    radius: float
    blind: float
    losses_outside: int = 0

    @property
    def word(self) -> str:
        """``wrong``; ``not observable`` where a mistake could hide in every parameter, or in one without a bound;
        else ``rounding``.
        """
        if self.outside or self.losses_outside:
            return WRONG
        return NOT_OBSERVABLE if self.unbounded or self.blind == 1 else ROUNDING


def choose_blocks(total: int, per_epoch: int, count: int | None, seed: int) -> list[int]:
    """Which of a training's blocks to audit: all if count is None, else so many drawn by seed.

    Always among them are the first and the last block of the first and of the last epoch.
    """
    always = {0, per_epoch - 1, total - per_epoch, total - 1} if total else set()
    if count is None or count >= total:
        return list(range(total))
    others = np.setdiff1d(np.arange(total), sorted(always))
    drawn = np.random.default_rng(seed).permutation(others)[: max(count - len(always), 0)]
    return sorted(always | {int(block) for block in drawn})


def audit_blocks(blocks: Sequence[Block], *, learning_rate: float, batch_size: int, dtype: str) -> list[AuditedBlock]:
    """Run blocks again, each from its own start, and hold each end against what is reached.

    Args:
        blocks: of one network, and all of the same number of samples.
        dtype: the engine's, "float64" or "float32".

    Raises:
        ProofError: a start holds a number that is not finite, or shapes do not fit.
    """
    for block in blocks:
        if not all(np.isfinite(p).all() for p in block.start):
            raise ProofError("the audit starts from parameters that are not finite")
        for began, ended in zip(block.start, block.end, strict=True):
            if ended.shape != began.shape:
                raise ProofError(f"the parameters changed their shape from {began.shape} to {ended.shape}")
    parameters, losses = rerun(blocks, learning_rate=learning_rate, batch_size=batch_size, dtype=dtype)
    steps = -(-len(blocks[0].y) // batch_size)
    return [_held_against(block, [disc[i] for disc in parameters], losses[i], steps) for i, block in enumerate(blocks)]


def _held_against(block: Block, reached: Sequence[Disc], losses: Disc, steps: int) -> AuditedBlock:
    """The end of a block against where its parameters can be, and its losses against what they can be."""
    outside, unbounded, ratios = 0, 0, []
    for disc, ended, began in zip(reached, block.end, block.start, strict=True):
        bounded = np.isfinite(disc.size)
        with np.errstate(invalid="ignore"):
            moved = np.abs(disc.centre - began)
        outside += disc.outside(ended)
        unbounded += int(np.count_nonzero(np.isfinite(ended) & ~bounded))
        moving = bounded & (moved > 0)
        ratios += [disc.radius[moving] / moved[moving], np.full(np.count_nonzero(~bounded), np.inf)]
    ratio = np.concatenate(ratios)
    return AuditedBlock(
        first_step=block.first_step,
        steps=steps,
        outside=outside,
        unbounded=unbounded,
        radius=float(np.median(ratio)) if ratio.size else 0.0,
        blind=float(np.mean(ratio >= 1)) if ratio.size else 0.0,
        losses_outside=0 if block.losses is None else losses.outside(block.losses),
    )


def rerun(
    blocks: Sequence[Block], *, learning_rate: float, batch_size: int, dtype: str
) -> tuple[tuple[Disc, ...], Disc]:
    """Where W1, b1, W2 and b2 can be after SGD over these blocks from exactly their starts, in this type, and what the
    losses of their samples can be on the way.

    Each disc has the parameter's shape, or (n,), with an axis of blocks before it.
    """
    program = arithmetic_of(dtype)
    # The roundings of the program and of the centre, counted together.
    arithmetic = replace(
        program,
        unit_roundoff=program.unit_roundoff + FLOAT64.unit_roundoff,
        tiny=program.tiny + FLOAT64.tiny,
    )
    centres = (np.stack(starts).astype(np.float64) for starts in zip(*(block.start for block in blocks), strict=True))
    discs = tuple(Disc(centre, np.zeros(centre.shape)) for centre in centres)
    X = np.stack([block.X for block in blocks]).astype(np.float64)
    y = np.stack([block.y for block in blocks])
    losses = []
    with np.errstate(all="ignore"):  # what overflows becomes an infinite radius or NaN: no bound, and never inside
        for first in range(0, y.shape[1], batch_size):
            batch = slice(first, first + batch_size)
            discs, loss = _step(discs, X[:, batch], y[:, batch], learning_rate, arithmetic)
            losses.append(loss)
    centre, radius = (np.concatenate([getattr(loss, part) for loss in losses], 1) for part in ("centre", "radius"))
    return discs, Disc(centre, radius)


def _step(
    parameters: Sequence[Disc], X: np.ndarray, y: np.ndarray, rate: float, arithmetic: Arithmetic
) -> tuple[tuple[Disc, ...], Disc]:
    """One step of SGD on centres and radii, and the losses before it, for X (blocks, n, d) and y (blocks, n)."""
    W1, b1, W2, b2 = parameters
    samples, one = Disc(X, np.zeros(())), (y == 1)[..., None]
    Z1 = _affine(samples, W1, b1, arithmetic)
    A1, slope = _nonlinear("A1", Z1, one, arithmetic), _nonlinear("dZ1", Z1, one, arithmetic)
    Z2 = _affine(A1, W2, b2, arithmetic)
    n = y.shape[1]
    dZ2 = _nonlinear("dZ2", Z2, one, arithmetic)
    if n > 1:
        dZ2 = _rounded(Disc(dZ2.centre / n, dZ2.radius / n), 2, arithmetic)
    dZ1 = _product(_product(dZ2, W2, arithmetic), slope, arithmetic)
    gradient = (
        _transposed_product(dZ1, samples, arithmetic),
        _total(dZ1, arithmetic),
        _transposed_product(dZ2, A1, arithmetic),
        _total(dZ2, arithmetic),
    )
    moved = tuple(_updated(p, dp, rate, arithmetic) for p, dp in zip(parameters, gradient, strict=True))
    return moved, _losses(Z2, one, arithmetic)


def _affine(inputs: Disc, W: Disc, b: Disc, arithmetic: Arithmetic) -> Disc:
    """inputs @ W.T + b: the propagated radius, and gamma(m) of the sum of the sizes (Higham, section 3.1)."""
    terms = (inputs.size != 0).sum(-1).max(-1)[:, None, None] + 1
    size = inputs.size @ W.size.mT + b.size[:, None]
    spread = np.abs(inputs.centre) @ W.radius.mT + b.radius[:, None]
    if inputs.radius.any():
        spread += inputs.radius @ W.size.mT
    radius = spread + arithmetic.gamma(terms) * size + 2 * terms * arithmetic.tiny
    return Disc(inputs.centre @ W.centre.mT + b.centre[:, None], radius * UP)


def _nonlinear(line: str, z: Disc, one: np.ndarray, arithmetic: Arithmetic) -> Disc:
    """A1 or the slope in dZ1 at Z1, or n dZ2 or the loss at Z2, by any form that has a bound of its own.

    Every one of them, f, has |f'| <= f: |d log p / dz| = q, |d log (pq) / dz| = |q - p|, and the loss,
    -log(1 - t) >= t, has the slope t. So over a radius r it changes by at most f (exp(r) - 1). The centre's p and q are
    good to far better than the factor of UP in ``sizes``.
    """
    p, q = _sigmoid(z.centre), _sigmoid(-z.centre)
    growth = np.exp(z.radius) * (1 + 2.0**-30)
    p_size, q_size = np.minimum(p * growth, 1), np.minimum(q * growth, 1)
    at = SimpleNamespace(
        z=z.centre,
        size=z.size,
        one=one,
        p_size=p_size,
        q_size=q_size,
        t_size=np.where(one, q_size, p_size),
    )
    if line == "loss":
        centre = np.logaddexp(0, np.where(one, -z.centre, z.centre))
    else:
        centre = {"A1": p, "dZ1": p * q, "dZ2": np.where(one, -q, p)}[line]
    value = Disc(centre, np.abs(centre) * np.expm1(z.radius))
    bounds = [form.radius(at, value, arithmetic) for form in LINES[line].forms if form.radius]  # type: ignore[arg-type]
    rounding = np.max(bounds, axis=0) + 2 * arithmetic.tiny
    return Disc(centre, (value.radius + rounding) * UP)


def _losses(Z2: Disc, one: np.ndarray, arithmetic: Arithmetic) -> Disc:
    """The loss of every sample, (blocks, n), by any form.

    Formulas that change the right label's probability p by up to c before its logarithm change the loss by at most c/p.
    """
    loss = _nonlinear("loss", Z2, one, arithmetic)
    right = _sigmoid(np.where(one, Z2.centre, -Z2.centre))
    radius = loss.radius + CLIP * np.exp(Z2.radius) / right
    return Disc(loss.centre[..., 0], radius[..., 0] * UP)


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _product(a: Disc, b: Disc, arithmetic: Arithmetic) -> Disc:
    centre = a.centre * b.centre
    radius = a.size * b.radius + a.radius * np.abs(b.centre)
    return _rounded(Disc(centre, radius * UP), 1, arithmetic)


def _rounded(disc: Disc, roundings: int, arithmetic: Arithmetic) -> Disc:
    bound = arithmetic.gamma(roundings) * disc.size + 2 * roundings * arithmetic.tiny
    return Disc(disc.centre, (disc.radius + bound) * UP)


def _transposed_product(a: Disc, b: Disc, arithmetic: Arithmetic) -> Disc:
    """a.T @ b over the samples of a batch."""
    radius = _over_samples(a.radius, b.size)
    if b.radius.any():
        radius += _over_samples(np.abs(a.centre), b.radius)
    size = _over_samples(a.size, b.size)
    n = a.centre.shape[1]
    rounding = size * arithmetic.gamma(n)
    rounding += 2 * n * arithmetic.tiny
    np.copyto(rounding, 0.0, where=size == 0)
    radius += rounding
    radius *= UP
    return Disc(_over_samples(a.centre, b.centre), radius)


def _over_samples(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a.T @ b for each block; of one sample entry by entry, which is quicker."""
    return a.mT * b if a.shape[1] == 1 else a.mT @ b


def _total(a: Disc, arithmetic: Arithmetic) -> Disc:
    """The sum over the samples of a batch."""
    radius = a.radius.sum(1) + arithmetic.gamma(a.centre.shape[1] - 1) * a.size.sum(1)
    return Disc(a.centre.sum(1), radius * UP)


def _updated(p: Disc, dp: Disc, rate: float, arithmetic: Arithmetic) -> Disc:
    """p - rate * dp: two roundings of the product's size, since 1/n may come here too, and one of the difference's."""
    centre = p.centre - rate * dp.centre
    radius = dp.size * (arithmetic.gamma(3) * rate)
    radius += rate * dp.radius
    radius += p.radius
    rounding = np.abs(centre)
    rounding += radius
    rounding *= arithmetic.gamma(1)
    rounding += 4 * arithmetic.tiny
    # A parameter that does not move is not rounded either, but a subnormal one may be flushed to zero.
    np.copyto(rounding, 4 * arithmetic.tiny, where=dp.size == 0)
    radius += rounding
    radius *= UP
    return Disc(centre, radius)
