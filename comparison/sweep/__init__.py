"""One network trained with many settings: how good it gets with how many hidden units, epochs and the rest."""
