"""Fashion-MNIST as its publisher published it: the pair of classes that ships, and the full set.

Han Xiao, Kashif Rasul and Roland Vollgraf, *Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
Algorithms*, 2017, arXiv:1708.07747. Run as a program, this file rebuilds the pair that ships:
``python -m data.fashion_mnist [FOLDER]``.
"""

from __future__ import annotations

import argparse
import gzip
import math
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data import DataError, sha256

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
SIDE = 28  # pixels

PAIR = (3, 9)  # Dress and Ankle boot
PAIR_SAMPLES = 14_000
PAIR_FILE = Path(__file__).with_name("dress_ankle_boot.npz")
PAIR_IMAGES_SHA256 = "32d7e9c17193491f39a8bdf3570cb24433e08bec8eb91dae73d30af705e7b1e3"
PAIR_LABELS_SHA256 = "cc8045a3ca3a1373bb366f7f11e2b3f284fa6b28d39ca4dae65d25b5316b1f21"

PUBLISHER = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"


class IdxFile(NamedTuple):
    """One of the four files of the full set."""

    name: str  # without .gz
    dimensions: int  # 3 for images, 1 for labels
    sha256: str  # of the pixels or labels in it, whoever compressed the file
    md5: str  # of the publisher's .gz file, from the table in the publisher's README


TRAIN_IMAGES = IdxFile(
    "train-images-idx3-ubyte",
    3,
    "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
)
TRAIN_LABELS = IdxFile(
    "train-labels-idx1-ubyte",
    1,
    "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
    "25c81989df183df01b3e8a0aad5dffbe",
)
TEST_IMAGES = IdxFile(
    "t10k-images-idx3-ubyte",
    3,
    "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
    "bef4ecab320f06d8554ea6380940ec79",
)
TEST_LABELS = IdxFile(
    "t10k-labels-idx1-ubyte",
    1,
    "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
FULL_SET = ((TRAIN_IMAGES, TRAIN_LABELS), (TEST_IMAGES, TEST_LABELS))


def class_numbers(classes: Sequence[str | int]) -> tuple[int, int]:
    """The published numbers, 0 to 9, of two different classes given by name (in any case) or number.

    Raises:
        DataError: not two classes, an unknown one, or the same one twice.
    """
    if len(classes) != 2:
        raise DataError(f"two classes are needed, but {len(classes)} were given")
    first, second = (_class_number(asked) for asked in classes)
    if first == second:
        raise DataError(f"two different classes are needed, but both are {CLASS_NAMES[first]}")
    return first, second


def _class_number(asked: str | int) -> int:
    word = str(asked).strip().lower()
    for number, name in enumerate(CLASS_NAMES):
        if word in (name.lower(), str(number)):
            return number
    known = ", ".join(f"{number} {name}" for number, name in enumerate(CLASS_NAMES))
    raise DataError(f"there is no class {asked!r}; the classes are {known}")


def published_pair(first: int, second: int, folder: str | Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The images (14000, 784) and labels (14000,) of two classes as published: uint8, training set before test set.

    Raises:
        DataError: data that is missing, damaged or not as published.
    """
    if folder is None and {first, second} == set(PAIR):
        return read_pair_file(PAIR_FILE)
    return _pair_of_full_set(first, second, folder)


def _pair_of_full_set(first: int, second: int, folder: str | Path | None) -> tuple[np.ndarray, np.ndarray]:
    images, labels = read_full_set(download() if folder is None else Path(folder))
    chosen = np.isin(labels, (first, second))
    return images[chosen], labels[chosen]


def read_pair_file(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The images (14000, 784) and labels (14000,) of the pair that ships, once their checksums are right.

    Raises:
        DataError: the file is missing, damaged or altered.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except OSError as problem:
        raise DataError(f"the file {path} cannot be read ({problem.strerror}); `make data` rebuilds it") from problem
    except Exception as problem:  # damaged bytes fail in zip, zlib, NumPy's header or its literals: no list is complete
        raise DataError(f"the file {path} is damaged; `make data` rebuilds it") from problem
    if not _is_the_pair(images, labels):
        raise DataError(f"the file {path} does not hold the published images (checksum); `make data` rebuilds it")
    return images, labels


def _is_the_pair(images: np.ndarray, labels: np.ndarray) -> bool:
    return (
        images.dtype == labels.dtype == np.uint8
        and (images.shape, labels.shape) == ((PAIR_SAMPLES, SIDE * SIDE), (PAIR_SAMPLES,))
        and (sha256(images), sha256(labels)) == (PAIR_IMAGES_SHA256, PAIR_LABELS_SHA256)
    )


def read_full_set(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """All 70,000 images (70000, 784) and labels (70000,) from the four IDX files, plain or ``.gz``, in a folder.

    Raises:
        DataError: a file is missing, unreadable, of the wrong kind or length, or not as published.
    """
    parts = [_read_part(folder, *files) for files in FULL_SET]
    return np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts])


def _read_part(folder: Path, image_file: IdxFile, label_file: IdxFile) -> tuple[np.ndarray, np.ndarray]:
    images, labels = read_idx(folder, image_file), read_idx(folder, label_file)
    if images.shape[1:] != (SIDE, SIDE):
        raise DataError(f"the images of {image_file.name} in {folder} are not {SIDE} by {SIDE} pixels")
    if len(images) != len(labels):
        raise DataError(f"{folder} holds {len(images)} images in {image_file.name}, but {len(labels)} labels for them")
    if (labels >= len(CLASS_NAMES)).any():
        raise DataError(f"{label_file.name} in {folder} holds the label {labels.max()}, but labels are 0 to 9")
    for file, array in ((image_file, images), (label_file, labels)):
        if sha256(array) != file.sha256:
            raise DataError(f"{file.name} in {folder} is not the file that was published (checksum)")
    return images.reshape(len(images), -1), labels


def read_idx(folder: Path, file: IdxFile) -> np.ndarray:
    """The uint8 array, of as many dimensions as the file has, from an IDX file, plain or ``.gz``.

    The format: two zero bytes, 8 for uint8, the number of dimensions, each dimension as four bytes with the highest
    first, then the array in C order (Yann LeCun, Corinna Cortes and Christopher Burges, *The MNIST Database*).

    Raises:
        DataError: the file is missing, unreadable, of the wrong kind or length.
    """
    content = _decompressed(folder, file.name)
    if content[:4] != bytes((0, 0, 8, file.dimensions)):
        kind = "images" if file.dimensions == 3 else "labels"
        start = content[:4].hex(" ") or "nothing"
        raise DataError(f"{file.name} in {folder} is not an IDX file of {kind}: it begins with {start}")
    header = 4 + 4 * file.dimensions
    shape = tuple(int.from_bytes(content[place : place + 4], "big") for place in range(4, header, 4))
    length = header + math.prod(shape)
    if len(content) != length:
        raise DataError(f"{file.name} in {folder} is {len(content)} bytes long, but its header asks for {length}")
    return np.frombuffer(content[header:], np.uint8).reshape(shape)


def _decompressed(folder: Path, name: str) -> bytes:
    plain, compressed = folder / name, folder / f"{name}.gz"
    try:
        if not folder.is_dir():
            raise DataError(f"there is no folder {folder}")
        if plain.exists():
            return plain.read_bytes()
        return gzip.decompress(compressed.read_bytes())
    except FileNotFoundError:
        raise DataError(f"{folder} holds neither {plain.name} nor {compressed.name}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise DataError(f"{compressed} is truncated or damaged") from problem
    except OSError as problem:
        raise DataError(f"{name} in {folder} cannot be read ({problem.strerror})") from problem


def download() -> Path:
    """The folder of the user's cache that holds the four files, fetched from the publisher's address where missing.

    Raises:
        DataError: a file cannot be fetched, or is not the one that was published.
    """
    import pooch

    names = {f"{file.name}.gz": f"md5:{file.md5}" for part in FULL_SET for file in part}
    cache = pooch.create(path=pooch.os_cache("backproof"), base_url=PUBLISHER, registry=names)
    way_out = "give a folder that holds its four files (compare.py --data DIR, make data FOLDER=DIR)"
    try:
        for name in names:
            cache.fetch(name)
    except OSError as problem:  # every error of the network, too
        reason = type(problem).__name__
        raise DataError(f"Fashion-MNIST could not be fetched from {PUBLISHER} ({reason}); {way_out}") from problem
    except ValueError as problem:
        raise DataError(f"{name} from {PUBLISHER} is not the file that was published (MD5); {way_out}") from problem
    return cache.abspath


def write_pair_file(path: Path, folder: Path | None) -> None:
    """Write the pair that ships, from the full set in a folder or else from the publisher's address.

    Raises:
        DataError: data that is missing, damaged or not as published.
        OSError: the file cannot be written.
    """
    images, labels = _pair_of_full_set(*PAIR, folder)
    if not _is_the_pair(images, labels):
        raise DataError("the Dress and Ankle boot images found are not the published ones (checksum)")
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            np.savez_compressed(file, images=images, labels=labels)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def main() -> None:
    """Rebuild the file of the pair that ships."""
    parser = argparse.ArgumentParser(
        prog="python -m data.fashion_mnist", description="Rebuild the Dress and Ankle boot images that ship."
    )
    parser.add_argument("folder", nargs="?", type=Path, help="the four IDX files; without it they are downloaded")
    try:
        write_pair_file(PAIR_FILE, parser.parse_args().folder)
    except (DataError, OSError) as problem:
        parser.exit(2, f"{problem}\n")
    print(f"{PAIR_FILE}\nimages  SHA-256 {PAIR_IMAGES_SHA256}\nlabels  SHA-256 {PAIR_LABELS_SHA256}")


if __name__ == "__main__":
    main()
