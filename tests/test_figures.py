"""The sample picture shows the right images under the right name, and is written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from report import figures
from report.figures import GAP, HEADING, HEIGHT, MARGIN, SAMPLE, WIDTH, samples_figure, save_samples

NAMES = ("Dress", "Ankle boot")
OLD = b"\x89PNG, made by Backproof"


@pytest.fixture
def samples() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((60, 784)), np.tile([0.0, 1.0, 1.0, 0.0], 15)


def test_twenty_samples_of_each_class_in_their_order(samples: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = samples
    figure = samples_figure(X, y, NAMES)
    for label, block in enumerate(figure.subfigs):
        shown = [np.asarray(axes.images[0].get_array()) for axes in block.axes]
        assert np.array_equal(np.stack(shown), X[y == label][:20].reshape(20, 28, 28))
        assert [text.get_text() for text in block.texts] == [NAMES[label], f"label {label}"]


def test_the_file_shows_each_pixel_as_a_square_of_its_grey(
    samples: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    X, y = samples
    save_samples(X, y, NAMES, tmp_path / "samples.png")
    picture = imread(tmp_path / "samples.png")[:, :, 0]
    assert picture.shape == (2 * HEIGHT, WIDTH)
    for label in (0, 1):
        for k, image in enumerate(X[y == label][:20]):
            top, left = label * HEIGHT + HEADING + k // 10 * (SAMPLE + GAP), MARGIN + k % 10 * (SAMPLE + GAP)
            squares = picture[top : top + SAMPLE, left : left + SAMPLE].reshape(28, 4, 28, 4).transpose(0, 2, 1, 3)
            assert (np.ptp(squares, axis=(2, 3)) == 0).all()
            assert (abs(1 - squares[:, :, 0, 0] - image.reshape(28, 28)) <= 1 / 128).all()


@pytest.mark.parametrize(("zeros", "ones"), [(3, 1), (25, 0)])
def test_fewer_samples_than_places(zeros: int, ones: int) -> None:
    figure = samples_figure(np.zeros((zeros + ones, 784)), np.repeat([0.0, 1.0], [zeros, ones]), NAMES)
    assert [len(block.axes) for block in figure.subfigs] == [min(zeros, 20), min(ones, 20)]
    assert [block.texts[0].get_text() for block in figure.subfigs] == list(NAMES)


def test_the_name_of_the_file_decides_the_format(samples: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    save_samples(*samples, NAMES, tmp_path / "samples.pdf")
    save_samples(*samples, NAMES, tmp_path / "samples")
    assert (tmp_path / "samples.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "samples").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(OSError, match=r"samples\.docx cannot be written: a picture's name ends in one of .*png"):
        save_samples(*samples, NAMES, tmp_path / "samples.docx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["samples", "samples.pdf"]


def test_paths_that_cannot_be_written(samples: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "nowhere" / "samples.png", tmp_path / "folder"):
        with pytest.raises(OSError, match="cannot be written"):
            save_samples(*samples, NAMES, path)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_an_interrupted_picture_leaves_the_old_one(
    samples: tuple[np.ndarray, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Figure, file: BinaryIO, **_options: str) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    target = tmp_path / "samples.png"
    target.write_bytes(OLD)
    monkeypatch.setattr(figures.Figure, "savefig", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_samples(*samples, NAMES, target)
    assert target.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [target]
