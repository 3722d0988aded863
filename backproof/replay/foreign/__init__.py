"""Other libraries' words for what NumPy does: PyTorch's tensors and JAX's arrays, as thin layers over the tables."""
