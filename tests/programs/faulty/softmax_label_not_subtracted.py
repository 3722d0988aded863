import numpy as np

D, H, C = 4, 8, 3


def example():
    np.random.seed(100)
    W = 0.3 * np.random.randn(D, H)
    b = np.zeros((1, H))
    W2 = 0.3 * np.random.randn(H, C)
    b2 = np.zeros((1, C))
    X = np.random.randn(6, D)
    y = np.array([0, 0, 1, 1, 2, 2])
    return X, y, W, b, W2, b2


def backprop(X, y, W, b, W2, b2, reg=1e-2):
    num_examples = X.shape[0]
    hidden_layer = np.maximum(0, np.dot(X, W) + b)
    scores = np.dot(hidden_layer, W2) + b2
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    correct_logprobs = -np.log(probs[range(num_examples), y])
    data_loss = np.sum(correct_logprobs) / num_examples
    reg_loss = 0.5 * reg * np.sum(W * W) + 0.5 * reg * np.sum(W2 * W2)
    loss = data_loss + reg_loss

    dscores = probs
    dscores[:, y] -= 1
    dscores /= num_examples
    dW2 = np.dot(hidden_layer.T, dscores)
    db2 = np.sum(dscores, axis=0, keepdims=True)
    dhidden = np.dot(dscores, W2.T)
    dhidden[hidden_layer <= 0] = 0
    dW = np.dot(X.T, dhidden)
    db = np.sum(dhidden, axis=0, keepdims=True)
    dW2 += reg * W2
    dW += reg * W
    return loss, (dW, db, dW2, db2)
