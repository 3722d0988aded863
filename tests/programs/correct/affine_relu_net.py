import numpy as np


def affine_forward(x, w, b):
    """
    x: (N, d_1, ..., d_k), w: (D, M), b: (M,)
    Returns a tuple of out (N, M) and cache (x, w, b)
    """
    N = x.shape[0]
    out = np.matmul(x.reshape(N, -1), w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.ones(dout.shape[0]).dot(dout)
    return dx, dw, db


def relu_forward(x):
    out = x * (x > 0)
    return out, x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0)


def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (fc_cache, relu_cache)


def affine_relu_backward(dout, cache):
    fc_cache, relu_cache = cache
    da = relu_backward(dout, relu_cache)
    return affine_backward(da, fc_cache)


def softmax_loss(x, y):
    logits = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(logits), axis=1, keepdims=True)
    log_probs = logits - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


class FullyConnectedNet(object):
    def __init__(self, params, reg=0.0):
        self.params = params
        self.reg = reg
        self.num_layers = len(params) // 2

    def loss(self, X, y):
        caches, grads = {}, {}
        h = X
        for i in range(1, self.num_layers):
            h, caches[i] = affine_relu_forward(h, self.params['W%d' % i], self.params['b%d' % i])
        i = self.num_layers
        scores, caches[i] = affine_forward(h, self.params['W%d' % i], self.params['b%d' % i])

        loss, dscores = softmax_loss(scores, y)
        for i in range(1, self.num_layers + 1):
            loss += 0.5 * self.reg * np.sum(self.params['W%d' % i] ** 2)

        i = self.num_layers
        dh, grads['W%d' % i], grads['b%d' % i] = affine_backward(dscores, caches[i])
        for i in reversed(range(1, self.num_layers)):
            dh, grads['W%d' % i], grads['b%d' % i] = affine_relu_backward(dh, caches[i])
        for i in range(1, self.num_layers + 1):
            grads['W%d' % i] += self.reg * self.params['W%d' % i]
        return loss, grads


def example():
    np.random.seed(231)
    dims = [2 * 3, 5, 4, 3]
    params = {}
    for i in range(3):
        params['W%d' % (i + 1)] = np.random.randn(dims[i], dims[i + 1]) * .7
        params['b%d' % (i + 1)] = np.random.randn(dims[i + 1]) * .3
    return {'X': np.random.randn(4, 2, 3), 'y': np.array([1, 0, 2, 1]), 'params': params, 'reg': 0.2}


def backprop(X, y, params, reg):
    model = FullyConnectedNet(params, reg=reg)
    return model.loss(X, y)
