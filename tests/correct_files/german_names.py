import numpy as np

def sig(x): return 1/(1+np.exp(-x))

def backprop(X, y, W1, b1, W2, b2):
    anzahl = y.shape[0]
    verdeckt = sig(X @ W1.T + b1)
    ausgabe = sig(verdeckt @ W2.T + b2)
    fehler = (ausgabe - y.reshape(anzahl, 1)) / anzahl
    zurueck = fehler @ W2 * verdeckt * (1 - verdeckt)
    return {"dW1": zurueck.T @ X, "db1": zurueck.sum(0), "dW2": fehler.T @ verdeckt, "db2": fehler.sum(0)}
