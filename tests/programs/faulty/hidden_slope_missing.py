import numpy as np
from numpy.random import RandomState


class MLP():

    def __init__(self, w_ih, w_ho):
        self.wih = w_ih
        self.who = w_ho
        self.activation_function = lambda x: 1 / (1 + np.exp(-x))

    def train(self, inputs_list, targets_list):
        inputs = np.array(inputs_list, ndmin=2).T
        targets = np.array(targets_list, ndmin=2).T
        hidden_inputs = np.dot(self.wih, inputs)
        hidden_outputs = self.activation_function(hidden_inputs)
        final_inputs = np.dot(self.who, hidden_outputs)
        final_outputs = self.activation_function(final_inputs)

        output_errors = targets - final_outputs
        hidden_errors = np.dot(self.who.T, output_errors * final_outputs * (1.0 - final_outputs))
        g_who = -np.dot((output_errors * final_outputs * (1.0 - final_outputs)), np.transpose(hidden_outputs))
        g_wih = -np.dot(hidden_errors, np.transpose(inputs))
        return 0.5 * np.sum(output_errors ** 2), g_wih, g_who


def example():
    r = RandomState(6)
    return {"pixels": list(r.rand(4)), "answer": [0.01, 0.99], "w_ih": r.normal(0, 1, (3, 4)), "w_ho": r.normal(0, 1, (2, 3))}


def backprop(pixels, answer, w_ih, w_ho):
    loss, g_ih, g_ho = MLP(w_ih, w_ho).train(pixels, answer)
    return loss, {"w_ih": g_ih, "w_ho": g_ho}
