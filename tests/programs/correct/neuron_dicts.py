from math import exp
from random import Random


def example():
    rnd = Random(1)
    hidden = [{'weights': [rnd.uniform(-1, 1) for _ in range(2 + 1)]} for _ in range(3)]
    output = [{'weights': [rnd.uniform(-1, 1) for _ in range(3 + 1)]} for _ in range(2)]
    dataset = [[2.78, 2.55, 0], [1.46, -2.36, 1], [-1.38, 1.85, 1]]
    return {'network': [hidden, output], 'dataset': dataset, 'n_outputs': 2}


def activate(weights, inputs):
    activation = weights[-1]
    for i in range(len(weights) - 1):
        activation += weights[i] * inputs[i]
    return activation


def transfer(activation):
    return 1.0 / (1.0 + exp(-activation))


def transfer_derivative(output):
    return output * (1.0 - output)


def forward_propagate(network, row):
    inputs = row
    for layer in network:
        new_inputs = []
        for neuron in layer:
            neuron['output'] = transfer(activate(neuron['weights'], inputs))
            new_inputs.append(neuron['output'])
        inputs = new_inputs
    return inputs


def backward_propagate_error(network, expected):
    for i in reversed(range(len(network))):
        layer = network[i]
        errors = []
        if i != len(network) - 1:
            for j in range(len(layer)):
                error = 0.0
                for neuron in network[i + 1]:
                    error += neuron['weights'][j] * neuron['delta']
                errors.append(error)
        else:
            for j in range(len(layer)):
                errors.append(layer[j]['output'] - expected[j])
        for j in range(len(layer)):
            layer[j]['delta'] = errors[j] * transfer_derivative(layer[j]['output'])


def backprop(network, dataset, n_outputs):
    gradients = [[{'weights': [0.0 for _ in neuron['weights']]} for neuron in layer] for layer in network]
    sum_error = 0.0
    for row in dataset:
        outputs = forward_propagate(network, row[:-1])
        expected = [0 for _ in range(n_outputs)]
        expected[row[-1]] = 1
        sum_error += sum([(expected[i] - outputs[i]) ** 2 for i in range(len(expected))]) / 2
        backward_propagate_error(network, expected)
        for i in range(len(network)):
            inputs = row[:-1]
            if i != 0:
                inputs = [neuron['output'] for neuron in network[i - 1]]
            for neuron, g in zip(network[i], gradients[i]):
                for j in range(len(inputs)):
                    g['weights'][j] += neuron['delta'] * inputs[j]
                g['weights'][-1] += neuron['delta']
    return sum_error, gradients
