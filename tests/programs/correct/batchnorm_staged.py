import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    N, D = x.shape
    # step 1: mean
    mu = 1. / N * np.sum(x, axis=0)
    # step 2: subtract it
    xmu = x - mu
    # step 3: square
    sq = xmu ** 2
    # step 4: variance
    var = 1. / N * np.sum(sq, axis=0)
    # step 5: root, guarded
    sqrtvar = np.sqrt(var + eps)
    # step 6: invert
    ivar = 1. / sqrtvar
    # step 7: normalise
    xhat = xmu * ivar
    # step 8, 9: scale and shift
    gammax = gamma * xhat
    out = gammax + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    # step 9
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    # step 8
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    # step 7
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    # step 6
    dsqrtvar = -1. / (sqrtvar ** 2) * divar
    # step 5
    dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
    # step 4
    dsq = 1. / N * np.ones((N, D)) * dvar
    # step 3
    dxmu2 = 2 * xmu * dsq
    # step 2
    dx1 = (dxmu1 + dxmu2)
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    # step 1
    dx2 = 1. / N * np.ones((N, D)) * dmu
    dx = dx1 + dx2
    return dx, dgamma, dbeta


def example():
    np.random.seed(7)
    return dict(x=np.random.randn(5, 3), w=np.random.randn(3, 4), gamma=1 + np.random.randn(4) / 5,
                beta=np.random.randn(4), v=np.random.randn(4, 2), t=np.random.randn(5, 2))


def backprop(x, w, gamma, beta, v, t, eps=1e-5):
    a = x.dot(w)
    bn, cache = batchnorm_forward(a, gamma, beta, eps)
    h = np.tanh(bn)
    y = h.dot(v)
    loss = .5 * np.sum((y - t) ** 2)
    dy = y - t
    dv = h.T.dot(dy)
    dbn = dy.dot(v.T) * (1 - h ** 2)
    da, dgamma, dbeta = batchnorm_backward(dbn, cache)
    dw = x.T.dot(da)
    return loss, {"dw": dw, "dgamma": dgamma, "dbeta": dbeta, "dv": dv}
