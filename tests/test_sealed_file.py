from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proof.sealed_file import BrokenSealError, digest, read, write

ARRAYS = {"a": np.arange(100.0).reshape(20, 5), "b": np.array([True, False]), "c": np.zeros((0, 3), np.int64)}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write(tmp_path / "new" / "file.npz", ARRAYS)
    arrays = read(tmp_path / "new" / "file.npz")
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert (arrays[name] == array).all()


def test_any_altered_byte_is_noticed_or_harmless(tmp_path: Path) -> None:
    path = tmp_path / "file.npz"
    write(path, ARRAYS)
    whole = path.read_bytes()
    for position in range(0, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        with contextlib.suppress(BrokenSealError):
            assert digest(read(path)) == digest(ARRAYS)  # a byte that ZIP does not use


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "file.npz"
    write(path, ARRAYS)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(BrokenSealError, match="damaged"):
        read(path)


def test_other_contents_under_the_old_seal_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.npz"
    altered: dict[str, Any] = ARRAYS | {"sha256": np.array(digest(ARRAYS)), "b": np.array([True, True])}
    np.savez(path, **altered)
    with pytest.raises(BrokenSealError, match="contents"):
        read(path)


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    path = tmp_path / "file.npz"
    np.savez(path, sha256=np.array("0"), a=np.array([{}, None], object))
    with pytest.raises(BrokenSealError, match="damaged"):
        read(path)


def test_no_half_written_file_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.npz"
    write(path, ARRAYS)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write(path, {"a": np.zeros(3)})
    assert [p.name for p in tmp_path.iterdir()] == ["file.npz"]
    assert digest(read(path)) == digest(ARRAYS)


def test_the_digest_sees_names_dtypes_and_shapes() -> None:
    a = np.zeros(4)
    variants: list[dict[str, np.ndarray]] = [
        {"a": a},
        {"b": a},
        {"a": a.reshape(2, 2)},
        {"a": a.astype(np.float32)},
        {"a": a + 1},
    ]
    assert len({digest(v) for v in variants}) == len(variants)
