"""The images are those that were published, every engine is given the same numbers, and bad data is refused."""

from __future__ import annotations

import gzip
import hashlib
import math
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pooch
import pytest

from data import DataError, Dataset, fashion_mnist, load
from data.fashion_mnist import FULL_SET, PAIR_FILE, TEST_IMAGES, TRAIN_IMAGES, TRAIN_LABELS, IdxFile

ROOT = Path(__file__).parents[1]
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
published = pytest.mark.skipif(not DEBIAN.is_dir(), reason=f"Debian's dataset-fashion-mnist is not at {DEBIAN}")

SPLIT_OF_SEED_0 = "2abf1e30307e3635d791e3b4fc7650399c982ab96ef51eca87dcd373955314b4"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


def rows(images: np.ndarray, labels: np.ndarray) -> Counter[tuple[bytes, float]]:
    """Every sample as often as it occurs, whatever the order."""
    return Counter((image.tobytes(), label) for image, label in zip(images, labels.tolist(), strict=True))


def refused(call: Callable[[], object], pattern: str) -> None:
    """The call raises DataError with one sentence that matches the pattern."""
    with pytest.raises(DataError) as error:
        call()
    assert re.search(pattern, str(error.value))
    assert "\n" not in str(error.value)


# What load() returns.


def test_dtypes_shapes_and_names(dataset: Dataset) -> None:
    arrays = (dataset.X_train, dataset.y_train, dataset.X_test, dataset.y_test)
    assert [a.dtype for a in arrays] == [np.float64] * 4
    assert [a.shape for a in arrays] == [(12_000, 784), (12_000,), (2_000, 784), (2_000,)]
    assert dataset.class_names == ("Dress", "Ankle boot")


def test_no_sample_is_lost_or_mislabelled_in_the_shuffle(dataset: Dataset) -> None:
    with np.load(PAIR_FILE, allow_pickle=False) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    X, y = np.concatenate([dataset.X_train, dataset.X_test]), np.concatenate([dataset.y_train, dataset.y_test])
    assert rows(np.rint(X * 255).astype(np.uint8), y) == rows(images, np.where(labels == 9, 1.0, 0.0))


def test_labels_are_0_and_1_and_the_classes_balanced(dataset: Dataset) -> None:
    y = np.concatenate([dataset.y_train, dataset.y_test])
    assert Counter(y.tolist()) == {0.0: 7_000, 1.0: 7_000}
    for part in (dataset.y_train, dataset.y_test, dataset.y_train[:1_000]):
        # Five standard deviations of a fair draw: a part in published order, or one class first, is far outside.
        assert abs(part.mean() - 0.5) <= 5 * 0.5 / math.sqrt(len(part))


def test_pixels_are_the_nearest_float32_to_a_255th(dataset: Dataset) -> None:
    pixels = np.unique(dataset.X_train)
    assert pixels.size == 256
    for k, pixel in enumerate(pixels):
        half_ulp = Fraction(float(np.spacing(np.float32(pixel)))) / 2
        assert pixel == np.float32(pixel)
        assert abs(Fraction(float(pixel)) - Fraction(k, 255)) <= half_ulp


def test_both_dtypes_hold_the_same_real_numbers(dataset: Dataset) -> None:
    for array in (dataset.X_train, dataset.y_train, dataset.X_test, dataset.y_test):
        assert np.array_equal(array.astype(np.float32).astype(np.float64), array)


def test_fingerprints_of_seed_0(dataset: Dataset) -> None:
    assert dataset.fingerprints.images == "32d7e9c17193491f39a8bdf3570cb24433e08bec8eb91dae73d30af705e7b1e3"
    assert dataset.fingerprints.labels == "cc8045a3ca3a1373bb366f7f11e2b3f284fa6b28d39ca4dae65d25b5316b1f21"
    assert dataset.fingerprints.split == SPLIT_OF_SEED_0


def test_the_split_fingerprint_is_of_the_bytes_handed_out(dataset: Dataset) -> None:
    parts = (dataset.X_train, dataset.y_train, dataset.X_test, dataset.y_test)
    assert hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest() == SPLIT_OF_SEED_0


def test_the_seed_fixes_membership_and_order(dataset: Dataset) -> None:
    other = load(seed=1)
    assert other.fingerprints[:2] == dataset.fingerprints[:2]
    assert other.fingerprints.split != SPLIT_OF_SEED_0
    assert load(seed=1).fingerprints == other.fingerprints
    assert rows(other.X_test, other.y_test) != rows(dataset.X_test, dataset.y_test)


def test_the_first_class_is_label_0(dataset: Dataset) -> None:
    swapped = load(("ankle boot", "dress"))
    assert swapped.class_names == ("Ankle boot", "Dress")
    assert np.array_equal(swapped.X_train, dataset.X_train)
    assert np.array_equal(swapped.y_train, 1 - dataset.y_train)
    assert np.array_equal(swapped.y_test, 1 - dataset.y_test)


@pytest.mark.parametrize("kept", [1, 100, 12_000])
def test_train_samples_keeps_the_first(dataset: Dataset, kept: int) -> None:
    fewer = load(train_samples=kept)
    assert np.array_equal(fewer.X_train, dataset.X_train[:kept])
    assert np.array_equal(fewer.y_train, dataset.y_train[:kept])
    assert np.array_equal(fewer.X_test, dataset.X_test)
    assert (fewer.fingerprints.split == SPLIT_OF_SEED_0) is (kept == 12_000)


@pytest.mark.parametrize("kept", [0, -1, 12_001])
def test_train_samples_out_of_range(kept: int) -> None:
    refused(partial(load, train_samples=kept), f"training samples is {kept}, .* from 1 to 12000")


def test_negative_seed() -> None:
    refused(partial(load, seed=-1), "the seed is -1")


def test_importing_data_imports_numpy_alone() -> None:
    forbidden = "{'pooch', 'requests', 'matplotlib', 'torch', 'jax', 'engines', 'flint'}"
    program = f"import data, data.fashion_mnist, sys; sys.exit(' '.join({forbidden} & set(sys.modules)) or 0)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


# Classes by name or number.


@pytest.mark.parametrize("asked", ["Ankle boot", "ANKLE BOOT", " ankle boot ", "9", 9, np.int64(9)])
def test_a_class_by_name_or_number(asked: str | int) -> None:
    assert fashion_mnist.class_numbers(("t-shirt/TOP", asked)) == (0, 9)


@pytest.mark.parametrize("asked", ["boot", "", "10", 10, -1, 3.0, True])
def test_unknown_class(asked: str | int) -> None:
    refused(lambda: load(("Dress", asked)), "there is no class .*; the classes are 0 T-shirt/top, .* 9 Ankle boot$")


def test_the_same_class_twice() -> None:
    refused(lambda: load(("dress", 3)), "two different classes are needed, but both are Dress")


@pytest.mark.parametrize("classes", [(), ("Dress",), ("Dress", "Coat", "Bag")])
def test_not_two_classes(classes: tuple[str, ...]) -> None:
    refused(lambda: load(classes), f"two classes are needed, but {len(classes)} were given")


# The file that ships.


@pytest.fixture
def pair_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the file that ships, which load() reads in its place."""
    copy = tmp_path / "pair.npz"
    copy.write_bytes(PAIR_FILE.read_bytes())
    monkeypatch.setattr(fashion_mnist, "PAIR_FILE", copy)
    return copy


def change_arrays(path: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    change(arrays)
    np.savez(path, **arrays)


def test_pair_file_that_is_missing(pair_file: Path) -> None:
    pair_file.unlink()
    refused(load, r"pair\.npz cannot be read \(No such file or directory\); `make data` rebuilds it")


@pytest.mark.parametrize("length", [0, 3, 100, 3_000_000, -1])
def test_pair_file_that_is_truncated(pair_file: Path, length: int) -> None:
    pair_file.write_bytes(pair_file.read_bytes()[:length])
    refused(load, r"pair\.npz is damaged; `make data` rebuilds it")


@pytest.mark.parametrize("place", [0, 30, 3_000_000, -60])
def test_pair_file_with_one_byte_changed(pair_file: Path, place: int) -> None:
    content = bytearray(pair_file.read_bytes())
    content[place] ^= 0xFF
    pair_file.write_bytes(content)
    refused(load, r"pair\.npz is damaged; `make data` rebuilds it")


def test_pair_file_that_is_no_archive(pair_file: Path) -> None:
    with pair_file.open("wb") as file:
        np.save(file, np.zeros(3))
    refused(load, r"pair\.npz is damaged")


def test_pair_file_with_a_pickle_inside_runs_none_of_it(pair_file: Path) -> None:
    ran = pair_file.with_name("ran")

    class Program:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (ran,)

    np.savez(pair_file, images=np.array([Program()]), labels=np.zeros(1, np.uint8))
    refused(load, r"pair\.npz is damaged")
    assert not ran.exists()


def one_pixel(arrays: dict[str, np.ndarray]) -> None:
    arrays["images"][5, 300] ^= 1


def one_label(arrays: dict[str, np.ndarray]) -> None:
    arrays["labels"][5] = 4


def other_dtype(arrays: dict[str, np.ndarray]) -> None:
    arrays["images"] = arrays["images"].view(np.int8)


def other_shape(arrays: dict[str, np.ndarray]) -> None:
    arrays["images"] = arrays["images"].reshape(784, -1)


def no_shape(arrays: dict[str, np.ndarray]) -> None:
    arrays["labels"] = arrays["labels"][0]


@pytest.mark.parametrize("change", [one_pixel, one_label, other_dtype, other_shape, no_shape])
def test_pair_file_with_altered_arrays(pair_file: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    change_arrays(pair_file, dict.copy)
    load()
    change_arrays(pair_file, change)
    refused(load, r"does not hold the published images \(checksum\)")


@published
def test_the_pair_that_ships_is_the_one_published(dataset: Dataset) -> None:
    from_folder = load(folder=DEBIAN)
    assert from_folder.fingerprints == dataset.fingerprints
    shipped, read = fashion_mnist.published_pair(3, 9), fashion_mnist.published_pair(3, 9, DEBIAN)
    assert [a.dtype for a in shipped] == [a.dtype for a in read] == [np.uint8, np.uint8]
    assert np.array_equal(shipped[0], read[0])
    assert np.array_equal(shipped[1], read[1])


@published
@pytest.mark.parametrize("file", [file for part in FULL_SET for file in part], ids=lambda file: file.name)
def test_the_sha256_in_the_code_are_of_the_files_with_the_published_md5(file: IdxFile) -> None:
    """Debian took name and time out of the publisher's gzip headers; put back, they give the published MD5."""
    time = 1504176606 if file.name.startswith("train") else 1504176627  # 31 August 2017
    compressed = (DEBIAN / f"{file.name}.gz").read_bytes()
    header = bytes.fromhex("1f8b0808") + time.to_bytes(4, "little") + b"\x00\x03" + file.name.encode() + b"\x00"
    assert hashlib.md5(header + compressed[10:]).hexdigest() == file.md5
    array = gzip.decompress(compressed)[4 + 4 * file.dimensions :]
    assert hashlib.sha256(array).hexdigest() == file.sha256


# The full set, made small or made up.


def idx(array: np.ndarray) -> bytes:
    return bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def write_set(folder: Path, labels: tuple[np.ndarray, np.ndarray], seed: int = 0) -> Path:
    """Four IDX files of random images with these labels, for training and test."""
    rng = np.random.default_rng(seed)
    for (image_file, label_file), of_part in zip(FULL_SET, labels, strict=True):
        images = rng.integers(0, 256, (len(of_part), 28, 28), np.uint8)
        (folder / image_file.name).write_bytes(idx(images))
        (folder / label_file.name).write_bytes(idx(of_part.astype(np.uint8)))
    return folder


def compress(folder: Path) -> None:
    for part in FULL_SET:
        for file in part:
            plain = folder / file.name
            (folder / f"{file.name}.gz").write_bytes(gzip.compress(plain.read_bytes(), 1))
            plain.unlink()


def declare_published(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the files in this folder count as the published ones."""

    def declared(file: IdxFile) -> IdxFile:
        compressed = folder / f"{file.name}.gz"
        md5 = hashlib.md5(compressed.read_bytes()).hexdigest() if compressed.exists() else file.md5
        content = gzip.decompress(compressed.read_bytes()) if compressed.exists() else (folder / file.name).read_bytes()
        return file._replace(sha256=hashlib.sha256(content[4 + 4 * file.dimensions :]).hexdigest(), md5=md5)

    monkeypatch.setattr(fashion_mnist, "FULL_SET", tuple(tuple(map(declared, part)) for part in FULL_SET))


@pytest.fixture
def small_set(tmp_path: Path) -> Path:
    """Ten training and ten test images, one of each class."""
    return write_set(tmp_path, (np.arange(10), np.arange(10)))


@pytest.fixture
def whole_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As many Pullovers, Dresses and Coats as were published, of made-up pixels, which count as published."""
    folder = write_set(tmp_path, (np.tile([2, 3, 4], 6_000), np.tile([4, 2, 3], 1_000)))
    declare_published(monkeypatch, folder)
    return folder


@pytest.mark.parametrize("form", [pytest.param(Path.exists, id="plain"), pytest.param(compress, id="gz")])
def test_any_two_classes_from_a_folder(whole_set: Path, form: Callable[[Path], None]) -> None:
    images = np.concatenate(
        [np.frombuffer((whole_set / part[0].name).read_bytes()[16:], np.uint8).reshape(-1, 784) for part in FULL_SET]
    )
    labels = np.concatenate([np.frombuffer((whole_set / part[1].name).read_bytes()[8:], np.uint8) for part in FULL_SET])
    chosen = labels != 3
    form(whole_set)
    dataset = load(("coat", 2), folder=str(whole_set))
    assert dataset.class_names == ("Coat", "Pullover")
    assert dataset.fingerprints.images == hashlib.sha256(images[chosen].tobytes()).hexdigest()
    assert dataset.fingerprints.labels == hashlib.sha256(labels[chosen].tobytes()).hexdigest()
    X, y = np.concatenate([dataset.X_train, dataset.X_test]), np.concatenate([dataset.y_train, dataset.y_test])
    assert len(dataset.y_test) == 2_000
    assert rows(np.rint(X * 255).astype(np.uint8), y) == rows(images[chosen], (labels[chosen] == 2).astype(float))


@published
def test_two_other_published_classes() -> None:
    dataset = load(("pullover", "coat"), DEBIAN)
    assert (dataset.X_train.shape, dataset.X_test.shape) == ((12_000, 784), (2_000, 784))
    assert dataset.y_train.sum() + dataset.y_test.sum() == 7_000
    assert dataset.fingerprints.split == "f7afe92abfd06ae9b1560a95729a31253d08585fd0189a14e12276af6585b51e"


def test_a_folder_is_used_for_the_default_pair_too(small_set: Path) -> None:
    refused(lambda: load(folder=small_set), "is not the file that was published")


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    refused(lambda: load(folder=tmp_path / "nowhere"), "there is no folder .*nowhere")


def test_a_file_in_place_of_a_folder(small_set: Path) -> None:
    refused(lambda: load(folder=small_set / TRAIN_IMAGES.name), "there is no folder .*train-images-idx3-ubyte")


def test_an_empty_folder(tmp_path: Path) -> None:
    refused(lambda: load(folder=tmp_path), "holds neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz")


def test_a_folder_in_place_of_a_file(small_set: Path) -> None:
    (small_set / TRAIN_LABELS.name).unlink()
    (small_set / TRAIN_LABELS.name).mkdir()
    refused(lambda: load(folder=small_set), r"train-labels-idx1-ubyte in .* cannot be read \(Is a directory\)")


IMAGES, LABELS = np.zeros((10, 28, 28), np.uint8), np.zeros(10, np.uint8)


@pytest.mark.parametrize(
    ("file", "content", "pattern"),
    [
        (TRAIN_IMAGES, idx(LABELS), "not an IDX file of images: it begins with 00 00 08 01"),
        (TRAIN_LABELS, idx(IMAGES), "not an IDX file of labels: it begins with 00 00 08 03"),
        (TRAIN_LABELS, b"\0\0\x0d\x01" + idx(LABELS)[4:], "begins with 00 00 0d 01"),
        (TRAIN_LABELS, b"", "not an IDX file of labels: it begins with nothing"),
        (TRAIN_LABELS, idx(LABELS)[:6], "is 6 bytes long, but its header asks for 8"),
        (TRAIN_LABELS, idx(LABELS)[:-1], "is 17 bytes long, but its header asks for 18"),
        (TRAIN_LABELS, idx(LABELS) + b"\0", "is 19 bytes long, but its header asks for 18"),
        (TEST_IMAGES, idx(IMAGES)[:-1], "t10k-images-idx3-ubyte .* is 7855 bytes long"),
        (TEST_IMAGES, idx(IMAGES[:, 1:]), "not 28 by 28 pixels"),
        (TRAIN_LABELS, idx(LABELS[1:]), "10 images in train-images-idx3-ubyte, but 9 labels"),
        (TRAIN_LABELS, idx(LABELS[:0]), "10 images in train-images-idx3-ubyte, but 0 labels"),
        (TRAIN_LABELS, idx(LABELS + np.uint8(10)), "holds the label 10, but labels are 0 to 9"),
        (TRAIN_LABELS, idx(LABELS), r"train-labels-idx1-ubyte .* is not the file that was published \(checksum\)"),
        (TEST_IMAGES, idx(IMAGES), r"t10k-images-idx3-ubyte .* is not the file that was published \(checksum\)"),
    ],
)
def test_an_idx_file_of_the_wrong_kind_length_or_content(
    small_set: Path, monkeypatch: pytest.MonkeyPatch, file: IdxFile, content: bytes, pattern: str
) -> None:
    declare_published(monkeypatch, small_set)
    fashion_mnist.read_full_set(small_set)
    (small_set / file.name).write_bytes(content)
    refused(lambda: load(folder=small_set), pattern)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda gz: gz[:-20], id="truncated"),
        pytest.param(lambda gz: gz[:500] + bytes(20) + gz[520:], id="altered"),
        pytest.param(lambda gz: gz[:10] + b"\xff" * 20 + gz[30:], id="not deflated"),
        pytest.param(lambda gz: b"PK" + gz[2:], id="not gzip"),
        pytest.param(lambda gz: gz[:0], id="empty"),
    ],
)
def test_a_gz_file_that_is_damaged(small_set: Path, damage: Callable[[bytes], bytes]) -> None:
    compress(small_set)
    path = small_set / f"{TRAIN_IMAGES.name}.gz"
    path.write_bytes(damage(path.read_bytes()))
    refused(
        lambda: load(folder=small_set), r"train-images-idx3-ubyte(\.gz is truncated or damaged| .*begins with nothing$)"
    )


# The download.


@pytest.fixture
def publisher(whole_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """A web server on this machine in the publisher's place, and an empty cache."""
    compress(whole_set)
    declare_published(monkeypatch, whole_set)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(whole_set)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(fashion_mnist, "PUBLISHER", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / "cache" / project)
    monkeypatch.setenv("NO_PROXY", "*")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_other_classes_are_downloaded_once(publisher: ThreadingHTTPServer, whole_set: Path) -> None:
    downloaded = load(("dress", "coat"))
    assert downloaded.fingerprints == load(("dress", "coat"), whole_set).fingerprints
    publisher.shutdown()
    publisher.server_close()
    assert load(("dress", "coat")).fingerprints == downloaded.fingerprints


@pytest.mark.usefixtures("publisher")
def test_a_download_of_other_bytes(whole_set: Path, tmp_path: Path) -> None:
    (whole_set / f"{TEST_IMAGES.name}.gz").write_bytes(b"something else")
    refused(
        lambda: load(("dress", "coat")), r"t10k-images-idx3-ubyte.gz from http://.* \(MD5\); give a folder .*--data"
    )
    assert not (tmp_path / "cache" / "backproof" / f"{TEST_IMAGES.name}.gz").exists()


@pytest.mark.usefixtures("publisher")
def test_a_download_that_is_not_there(whole_set: Path) -> None:
    (whole_set / f"{TEST_IMAGES.name}.gz").unlink()
    refused(
        lambda: load(("dress", "coat")), r"could not be fetched from http://.* \(HTTPError\); give a folder .*--data"
    )


def test_a_publisher_out_of_reach(publisher: ThreadingHTTPServer) -> None:
    publisher.shutdown()
    publisher.server_close()
    refused(lambda: load(("dress", "coat")), r"could not be fetched .* \(ConnectionError\); give a folder .*--data DIR")


def test_the_default_pair_needs_no_download(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion_mnist, "download", lambda: pytest.fail("the default pair was downloaded"))
    assert load().fingerprints == dataset.fingerprints


# Rebuilding the file that ships.


@published
def test_the_command_rebuilds_the_file_that_ships(
    pair_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pair_file.unlink()
    monkeypatch.setattr(sys, "argv", ["data.fashion_mnist", str(DEBIAN)])
    fashion_mnist.main()
    first = pair_file.read_bytes()
    rebuilt, shipped = fashion_mnist.read_pair_file(pair_file), fashion_mnist.read_pair_file(PAIR_FILE)
    assert np.array_equal(rebuilt[0], shipped[0])
    assert np.array_equal(rebuilt[1], shipped[1])
    assert hashlib.sha256(rebuilt[0].tobytes()).hexdigest() in capsys.readouterr().out

    fashion_mnist.main()
    assert pair_file.read_bytes() == first
    assert list(pair_file.parent.iterdir()) == [pair_file]


def test_the_command_with_a_wrong_folder_says_so_in_one_line() -> None:
    before = PAIR_FILE.read_bytes()
    command = [sys.executable, "-m", "data.fashion_mnist", "nowhere"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", "there is no folder nowhere\n")
    assert PAIR_FILE.read_bytes() == before


def test_images_that_are_not_the_published_ones_are_not_written(whole_set: Path, tmp_path: Path) -> None:
    target = tmp_path / "pair.npz"
    target.write_bytes(b"before")
    refused(lambda: fashion_mnist.write_pair_file(target, whole_set), "are not the published ones")
    assert target.read_bytes() == b"before"


def test_an_interrupted_rebuild_leaves_the_old_file(pair_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(file: BinaryIO, **_: np.ndarray) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    pair, before = fashion_mnist.read_pair_file(pair_file), pair_file.read_bytes()
    monkeypatch.setattr(fashion_mnist, "_pair_of_full_set", lambda *_: pair)
    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fashion_mnist.write_pair_file(pair_file, None)
    assert pair_file.read_bytes() == before
    assert list(pair_file.parent.iterdir()) == [pair_file]
