import numpy as np

def sigma(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))

def sigma_prime(z):
    return sigma(z) * (1 - sigma(z))

def backprop(X, y, W1, b1, W2, b2):
    z1 = X @ W1.T + b1
    a1 = sigma(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigma(z2)
    delta2 = (a2 - y[:, np.newaxis]) / len(X)
    delta1 = delta2 @ W2 * sigma_prime(z1)
    nabla_W2 = delta2.T @ a1
    nabla_b2 = delta2.sum(0)
    nabla_W1 = delta1.T @ X
    nabla_b1 = delta1.sum(0)
    return nabla_W1, nabla_b1, nabla_W2, nabla_b2
