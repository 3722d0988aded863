import numpy as np

STRIDE = 2


class ConvLayer:
    def __init__(self, filters):
        self.filters = filters
        self.k = filters.shape[1]

    def regions(self, image):
        h, w = image.shape
        for i in range((h - self.k) // STRIDE + 1):
            for j in range((w - self.k) // STRIDE + 1):
                yield image[i * STRIDE:i * STRIDE + self.k, j * STRIDE:j * STRIDE + self.k], i, j

    def forward(self, image):
        self.last_input = image
        h = (image.shape[0] - self.k) // STRIDE + 1
        out = np.zeros((h, h, len(self.filters)))
        for region, i, j in self.regions(image):
            out[i, j] = np.sum(region * self.filters, axis=(1, 2))
        return out

    def backward(self, d_out):
        d_filters = np.zeros(self.filters.shape)
        for i in range(d_out.shape[0]):
            for j in range(d_out.shape[1]):
                region = self.last_input[i:i + self.k, j:j + self.k]
                for f in range(len(self.filters)):
                    d_filters[f] += d_out[i, j, f] * region
        return d_filters


def example():
    np.random.seed(14)
    return np.random.randn(7, 7), 0.3, np.random.randn(2, 3, 3) / 9, np.random.randn(18)


def backprop(image, target, filters, weights):
    conv = ConvLayer(filters)
    maps = conv.forward(image)
    flat = 1 / (1 + np.exp(-maps.flatten()))
    y = flat @ weights
    loss = (y - target) ** 2
    d_y = 2 * (y - target)
    d_weights = d_y * flat
    d_flat = d_y * weights * flat * (1 - flat)
    return loss, (conv.backward(d_flat.reshape(maps.shape)), d_weights)
