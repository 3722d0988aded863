import numpy as np


class Softmax:
    def forward(self, inputs):
        exp_values = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues):
        self.dinputs = np.empty_like(dvalues)
        for index, (single_output, single_dvalues) in enumerate(zip(self.output, dvalues)):
            single_output = single_output.reshape(-1, 1)
            jacobian = np.diagflat(single_output) + np.dot(single_output, single_output.T)
            self.dinputs[index] = np.dot(jacobian, single_dvalues)


class LayerDense:
    def __init__(self, weights, biases):
        self.weights = weights
        self.biases = biases

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


def example():
    np.random.seed(0)
    return dict(X=np.random.randn(3, 2), y=np.array([2, 0, 1]), weights=0.5 * np.random.randn(2, 3), biases=np.zeros((1, 3)))


def backprop(X, y, weights, biases):
    dense, activation = LayerDense(weights, biases), Softmax()
    dense.forward(X)
    activation.forward(dense.output)
    confidences = activation.output[range(len(y)), y]
    loss = np.mean(-np.log(confidences))

    y_true = np.eye(3)[y]
    dvalues = -y_true / activation.output
    dvalues = dvalues / len(y)
    activation.backward(dvalues)
    dense.backward(activation.dinputs)
    return loss, {"weights": dense.dweights, "biases": dense.dbiases}
