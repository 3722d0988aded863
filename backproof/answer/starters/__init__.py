"""Files to start from: for each kind of program one to fill in, and one with a mistake to find."""

from __future__ import annotations

from pathlib import Path

from backproof.answer.starters import class_of_layers, course, softmax

KINDS = {"softmax": softmax, "class": class_of_layers, "course": course}


def write(kind: str, folder: Path) -> list[Path]:
    """Write the two files of a kind; one that is there already is left as it is.

    Raises:
        OSError: there is no such kind, one of the files is there already, or the folder cannot be written to.
    """
    if kind not in KINDS:
        raise OSError(f"there is no example {kind!r}: choose from {', '.join(KINDS)}")
    texts = {folder / f"my_{kind}.py": KINDS[kind].TO_FILL, folder / f"broken_{kind}.py": KINDS[kind].BROKEN}
    for path in texts:
        if path.exists():
            raise OSError(f"{path} is there already, and is left as it is")
    for path, text in texts.items():
        path.write_text(text)
    return list(texts)
