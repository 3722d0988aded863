import numpy as np


def pool2x2(x):
    n, h, w = x.shape
    out = np.zeros((n, h // 2, w // 2))
    where = {}
    for k in range(n):
        for r in range(h // 2):
            for c in range(w // 2):
                patch = x[k, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2]
                i, j = np.unravel_index(np.argmax(patch), patch.shape)
                out[k, r, c] = patch[i, j]
                where[k, r, c] = (k, 2 * r + i, 2 * c + j)
    return out, where


def unpool2x2(dout, where, shape):
    dx = np.zeros(shape)
    for index, source in where.items():
        dx[source] += dout[index]
    return dx


def example():
    np.random.seed(12)
    return {"image": np.random.randn(6, 6), "label": 1, "filters": np.random.randn(2, 3, 3), "weights": np.random.randn(8, 3),
            "biases": np.random.randn(3)}


def backprop(image, label, filters, weights, biases):
    h = image.shape[0] - 2
    conv = np.zeros((len(filters), h, h))
    for k, filt in enumerate(filters):
        for i in range(h):
            for j in range(h):
                conv[k, i, j] = np.sum(image[i:i + 3, j:j + 3] * filt)
    pooled, where = pool2x2(conv)
    flat = pooled.flatten()
    totals = np.dot(flat, weights) + biases
    exps = np.exp(totals)
    out = exps / np.sum(exps, axis=0)
    loss = -np.log(out[label])

    # only the entry of the label has a gradient
    gradient = np.zeros(3)
    gradient[label] = -1 / out[label]
    for i, g in enumerate(gradient):
        if g == 0:
            continue
        S = np.sum(exps)
        d_out_d_t = -exps[i] * exps / (S ** 2)
        d_out_d_t[i] = exps[i] * (S - exps[i]) / (S ** 2)
        d_L_d_t = g * d_out_d_t
        d_L_d_w = flat[np.newaxis].T @ d_L_d_t[np.newaxis]
        d_L_d_inputs = weights @ d_L_d_t
    d_conv = unpool2x2(d_L_d_inputs.reshape(pooled.shape), where, conv.shape)
    d_filters = np.zeros(filters.shape)
    for k in range(len(filters)):
        for i in range(h):
            for j in range(h):
                d_filters[k] += d_conv[k, i, j] * image[i:i + 3, j:j + 3]
    return loss, {"filters": d_filters, "weights": d_L_d_w, "biases": d_L_d_t}
