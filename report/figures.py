"""Pictures for a person to look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from backproof.outputs import PICTURE, pending

ROWS, COLUMNS = 2, 10  # of samples, for each class

# On paper, in pixels: a sample is drawn at four times its 28 pixels, so that every pixel of it is the same square.
SAMPLE, GAP, MARGIN, HEADING = 112, 8, 32, 64
WIDTH = MARGIN + COLUMNS * (SAMPLE + GAP) - GAP + MARGIN
HEIGHT = HEADING + ROWS * (SAMPLE + GAP) - GAP + MARGIN // 2  # of one class
DPI = 150


def samples_figure(X: np.ndarray, y: np.ndarray, class_names: tuple[str, str]) -> Figure:
    """The first 20 samples of each class, or all where there are fewer, under the name and label of their class.

    ``X`` (n, 784) holds images of 28 by 28 pixels, from 0, drawn white, to 1, drawn black; ``y`` (n,) is 0 or 1.
    """
    figure = Figure(figsize=(WIDTH / DPI, 2 * HEIGHT / DPI), dpi=DPI)
    figure.subfigures(2, 1)
    for label, block in enumerate(figure.subfigs):
        baseline = 1 - 0.7 * HEADING / HEIGHT
        block.text(MARGIN / WIDTH, baseline, class_names[label], size=15, weight="bold")
        block.text(1 - MARGIN / WIDTH, baseline, f"label {label}", size=15, color="0.4", ha="right")
        grid = block.add_gridspec(
            ROWS,
            COLUMNS,
            left=MARGIN / WIDTH,
            right=1 - MARGIN / WIDTH,
            bottom=MARGIN / 2 / HEIGHT,
            top=1 - HEADING / HEIGHT,
            wspace=GAP / SAMPLE,
            hspace=GAP / SAMPLE,
        )
        for place, image in enumerate(X[y == label][: ROWS * COLUMNS]):
            axes = block.add_subplot(grid[divmod(place, COLUMNS)])
            axes.imshow(image.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
            axes.set_axis_off()
    return figure


def save_samples(X: np.ndarray, y: np.ndarray, class_names: tuple[str, str], path: Path) -> None:
    """Write ``samples_figure`` to a file, whole or not at all, in the format that its name ends in.

    Raises:
        OSError: the file cannot be written, or no picture's name ends so.
    """
    figure = samples_figure(X, y, class_names)
    ending = path.suffix[1:].lower() or "png"
    known = figure.canvas.get_supported_filetypes()
    if ending not in known:
        raise OSError(f"{path} cannot be written: a picture's name ends in one of {', '.join(known)}")
    with pending(path, PICTURE) as file:
        figure.savefig(file, format=ending, metadata={"Software" if ending == "png" else "Creator": "Backproof"})
