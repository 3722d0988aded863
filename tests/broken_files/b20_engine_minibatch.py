# line: update
# An engine whose gradient is right, and whose loop moves the biases twice.
import numpy as np
from engines.interface import BinaryClassifier, Parameters

class Mine(BinaryClassifier):
    name = "mine"
    def from_numpy(self, array): return array
    def to_numpy(self, array): return np.array(array)
    def forward(self, p, X):
        Z1 = X @ p.W1.T + p.b1
        A1 = 1 / (1 + np.exp(-Z1))
        Z2 = A1 @ p.W2.T + p.b2
        return Z1, A1, Z2, 1 / (1 + np.exp(-Z2))
    def loss_and_gradient(self, p, X, y):
        Z1, A1, Z2, A2 = self.forward(p, X)
        dZ2 = (A2 - y[:, None]) / len(y)
        dZ1 = dZ2 @ p.W2 * A1 * (1 - A1)
        return np.logaddexp(0, (1 - 2 * y) * Z2[:, 0]), Parameters(dZ1.T @ X, dZ1.sum(0), dZ2.T @ A1, dZ2.sum(0))
    def run(self, p, X, y, rate, batch_size):
        losses = []
        for i in range(0, len(y), batch_size):
            loss, g = self.loss_and_gradient(p, X[i:i + batch_size], y[i:i + batch_size])
            p = Parameters(p.W1 - rate * g.W1, p.b1 - rate * g.b1, p.W2 - rate * g.W2, p.b2 - rate * g.b2)
            p = p._replace(b1=p.b1 - rate * g.b1, b2=p.b2 - rate * g.b2)
            losses.append(loss)
        return p, np.concatenate(losses)
