"""Weights and pixels in single precision to save memory; I forgot about the labels."""
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    X = X.astype("float32"); W1 = W1.astype("float32"); W2 = W2.astype("float32")
    b1 = b1.astype("float32"); b2 = b2.astype("float32")
    Z1 = X.dot(W1.T) + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1.dot(W2.T) + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = (A2 - y.reshape(-1, 1)) / len(y)
    dW2 = dZ2.T.dot(A1)
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2.dot(W2)
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = dZ1.T.dot(X)
    db1 = dZ1.sum(axis=0)
    return dW1, db1, dW2, db2
