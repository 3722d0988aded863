import numpy as np


def im2col(x, fh, fw, stride=1, pad=0):
    N, C, H, W = x.shape
    oh, ow = (H + 2 * pad - fh) // stride + 1, (W + 2 * pad - fw) // stride + 1
    img = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], "constant")
    col = np.zeros((N, C, fh, fw, oh, ow))
    for i in range(fh):
        for j in range(fw):
            col[:, :, i, j] = img[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * oh * ow, -1)


def col2im(col, shape, fh, fw, stride=1, pad=0):
    N, C, H, W = shape
    oh, ow = (H + 2 * pad - fh) // stride + 1, (W + 2 * pad - fw) // stride + 1
    col = col.reshape(N, oh, ow, C, fh, fw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2 * pad + stride - 1, W + 2 * pad + stride - 1))
    for i in range(fh):
        for j in range(fw):
            img[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride] += col[:, :, i, j]
    return img[:, :, pad : H + pad, pad : W + pad]


class Convolution:
    def __init__(self, params, stride, pad):
        self.W, self.b = params["W"], params["b"]
        self.stride, self.pad = stride, pad

    def forward(self, x):
        FN, C, FH, FW = self.W.shape
        N, _, H, W = x.shape
        oh, ow = 1 + (H + 2 * self.pad - FH) // self.stride, 1 + (W + 2 * self.pad - FW) // self.stride
        self.x, self.col, self.col_W = x, im2col(x, FH, FW, self.stride, self.pad), self.W.reshape(FN, -1).T
        out = np.dot(self.col, self.col_W) + self.b
        return out.reshape(N, oh, ow, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        FN, C, FH, FW = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout).transpose(1, 0).reshape(FN, C, FH, FW)
        return col2im(np.dot(dout, self.col_W.T), self.x.shape, FH, FW, self.stride, self.pad)


def example():
    rng = np.random.default_rng(11)
    return {"x": rng.normal(size=(2, 2, 5, 5)), "t": np.array([1, 0]),
            "params": {"W": rng.normal(size=(3, 2, 3, 3)), "b": rng.normal(size=3)}}


def backprop(x, t, params):
    conv = Convolution(params, stride=2, pad=1)
    a = conv.forward(x)
    h = a * (a > 0)
    scores = h.mean(axis=(2, 3))
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    y = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.sum(np.log(y[np.arange(len(t)), t])) / len(t)
    d = y.copy()
    d[np.arange(len(t)), t] -= 1
    d /= len(t)
    da = np.ones_like(a) * d[:, :, None, None] / (a.shape[2] * a.shape[3])
    dx = conv.backward(da * (a > 0))
    return loss, {"params": {"W": conv.dW, "b": conv.db}, "x": dx}
