import numpy as np


class NeuralNet:
    def __init__(self, weights1, weights2):
        self.weights1 = weights1
        self.weights2 = weights2

    def softmax(self, x):
        exps = np.exp(x - np.max(x))
        return exps / np.sum(exps, axis=0)

    def feedforward(self, x):
        self.input = x
        self.layer1 = np.tanh(np.dot(x, self.weights1))
        self.output = self.softmax(np.dot(self.layer1, self.weights2))
        return self.output

    def backpropagate(self, y):
        error = (self.output - y) / y.shape[0]
        d_weights2 = np.dot(self.layer1.T, error)
        d_weights1 = np.dot(self.input.T, np.dot(error, self.weights2.T) * (1 - self.layer1 ** 2))
        return d_weights1, d_weights2


def example():
    np.random.seed(0)
    y = np.eye(3)[[0, 2, 1, 1]]
    return {"x": np.random.randn(4, 5), "y": y, "weights1": np.random.randn(5, 4) * 0.5, "weights2": np.random.randn(4, 3) * 0.5}


def backprop(x, y, weights1, weights2):
    nn = NeuralNet(weights1, weights2)
    out = nn.feedforward(x)
    loss = np.sum(-y * np.log(out)) / y.shape[0]
    return loss, nn.backpropagate(y)
