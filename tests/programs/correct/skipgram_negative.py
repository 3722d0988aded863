import numpy as np


def example():
    rng = np.random.default_rng(100)
    vocab, dim = 7, 3
    pairs = [(0, 1), (0, 2), (3, 1), (5, 6)]
    negatives = [[4, 5], [6, 6], [0, 2], [1, 3]]
    return {"pairs": pairs, "negatives": negatives, "center_vectors": rng.uniform(-1, 1, (vocab, dim)), "context_vectors": rng.uniform(-1, 1, (vocab, dim))}


def log_sigmoid(x):
    return -np.log(1 + np.exp(-x))


def backprop(pairs, negatives, center_vectors, context_vectors):
    grad_center = np.zeros(center_vectors.shape)
    grad_context = np.zeros(context_vectors.shape)
    loss = 0.0
    for (center, context), noise in zip(pairs, negatives):
        v_c = center_vectors[center]
        u_o = context_vectors[context]
        u_k = context_vectors[noise]
        pos, neg = u_o @ v_c, u_k @ v_c
        loss -= log_sigmoid(pos) + log_sigmoid(-neg).sum()

        coef_pos = 1 / (1 + np.exp(-pos)) - 1
        coef_neg = 1 / (1 + np.exp(-neg))
        grad_center[center] += coef_pos * u_o + coef_neg @ u_k
        grad_context[context] += coef_pos * v_c
        np.add.at(grad_context, noise, coef_neg[:, None] * v_c)
    return loss / len(pairs), {"center_vectors": grad_center / len(pairs), "context_vectors": grad_context / len(pairs)}
