import numpy as np
# I come from MATLAB

def backprop(X, y, W1, b1, W2, b2):
    X = np.matrix(X); W1 = np.matrix(W1); W2 = np.matrix(W2); y = np.matrix(y).T
    m = X.shape[0]
    Z1 = X * W1.T + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 * W2.T + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = (A2 - y) / m
    dA1 = dZ2 * W2
    dZ1 = np.multiply(np.multiply(dA1, A1), 1 - A1)
    return dict(dW1=dZ1.T * X, db1=np.asarray(dZ1.sum(0)).ravel(), dW2=dZ2.T * A1, db2=np.asarray(dZ2.sum(0)).ravel())
