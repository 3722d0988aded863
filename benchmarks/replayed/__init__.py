"""Networks with a backward pass by hand, of the sizes that people train; one file each, replayed as it stands.

Each defines ``loss(parameters, X, target)``, which also takes complex numbers, so that complex steps can be tried, and
``backprop(parameters, X, target)``, which returns the loss and its gradients.
"""
