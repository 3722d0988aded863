"""As the textbook has it, line by line."""
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backprop(X, y, W1, b1, W2, b2):
    n = X.shape[0]
    Z1 = X @ W1.T + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2.T + b2
    A2 = sigmoid(Z2)
    dZ2 = (A2 - y.reshape(-1, 1)) / n
    dW2 = dZ2.T @ A1
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = dZ1.T @ X
    db1 = dZ1.sum(axis=0)
    return dW1, db1, dW2, db2
