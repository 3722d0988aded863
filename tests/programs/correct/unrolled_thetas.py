import numpy as np

input_layer_size, hidden_layer_size, num_labels = 3, 4, 3


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoidGradient(z):
    return sigmoid(z) * (1 - sigmoid(z))


def debugInitializeWeights(fan_out, fan_in):
    W = np.arange(1, fan_out * (1 + fan_in) + 1)
    return np.sin(W).reshape(fan_out, 1 + fan_in, order='F')


def nnCostFunction(nn_params, X, y, lambda_):
    cut = hidden_layer_size * (input_layer_size + 1)
    Theta1 = nn_params[:cut].reshape(hidden_layer_size, input_layer_size + 1)
    Theta2 = nn_params[cut:].reshape(num_labels, hidden_layer_size + 1)
    m = X.shape[0]

    a1 = np.c_[np.ones(m), X]
    z2 = a1.dot(Theta1.T)
    a2 = np.c_[np.ones(m), sigmoid(z2)]
    z3 = a2.dot(Theta2.T)
    h = sigmoid(z3)

    Y = np.eye(num_labels)[y - 1]
    J = np.sum(-Y * np.log(h) - (1 - Y) * np.log(1 - h)) / m
    J += lambda_ / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))

    delta3 = h - Y
    delta2 = delta3.dot(Theta2)[:, 1:] * sigmoidGradient(z2)
    Theta1_grad = delta2.T.dot(a1) / m
    Theta2_grad = delta3.T.dot(a2) / m
    Theta1_grad += lambda_ / m * np.c_[np.zeros(hidden_layer_size), Theta1[:, 1:]]
    Theta2_grad += lambda_ / m * np.c_[np.zeros(num_labels), Theta2[:, 1:]]
    grad = np.r_[Theta1_grad.ravel(), Theta2_grad.ravel()]
    return J, grad


def example():
    Theta1 = debugInitializeWeights(hidden_layer_size, input_layer_size)
    Theta2 = debugInitializeWeights(num_labels, hidden_layer_size)
    X = debugInitializeWeights(5, input_layer_size - 1)
    return {"X": X, "y": 1 + np.arange(1, 6) % num_labels, "lambda_": 3, "nn_params": np.concatenate([Theta1.ravel(), Theta2.ravel()])}


def backprop(nn_params, X, y, lambda_):
    return nnCostFunction(nn_params, X, y, lambda_)
