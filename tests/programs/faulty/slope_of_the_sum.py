import numpy as np

#forward: x -> tanh -> tanh -> linear


def sech2(out):
    return 1 - out ** 2


def example():
    rs = np.random.RandomState(77)
    return [rs.randn(6, 2), rs.randn(6, 1), rs.randn(2, 3), rs.randn(3, 3), rs.randn(3, 1)]


def backprop(inp, tgt, A, B, C):
    p = np.dot(inp, A)
    q = np.tanh(p)
    r = np.dot(q, B)
    s = np.tanh(r)
    t = np.dot(s, C)
    diff = t - tgt
    err = np.mean(diff ** 2)
    g_t = 2 * diff / len(tgt)
    g_C = np.dot(s.T, g_t)
    g_s = np.dot(g_t, C.T)
    g_r = g_s * sech2(r)
    g_B = np.dot(q.T, g_r)
    g_q = np.dot(g_r, B.T)
    g_p = g_q * sech2(q)
    g_A = np.dot(inp.T, g_p)
    return err, (g_A, g_B, g_C)
