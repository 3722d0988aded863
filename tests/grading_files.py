"""What a class hands in, for the tests of grading: right, wrong, broken and hostile."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from learner_files import CORRECT

HALF = CORRECT.replace("dA1 * A1 * (1 - A1)", "dA1 * A1")  # spoils dW1 and db1
TWO = HALF.replace("db2 = dZ2.sum(0)", "db2 = 2 * dZ2.sum(0)")
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": ["# Mine"]},
            {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np"]},
            {"cell_type": "code", "source": HALF.splitlines(keepends=True)},
        ]
    }
)
FORKS = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n"
NETWORK = "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)\n"
PRINTS = "import os\nfor _ in range(10): os.write(1, b'x' * 2**20)\n"
MARKS = (
    "import os\nfor name in ('gone', '{outside}'):\n    try: open(name, 'w').write('here')\n    except OSError: pass\n"
)


def zipped(files: dict[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def bomb() -> bytes:
    """A zip of 100 KB that unpacks to 100 MB."""
    return zipped({f"{k}.py": b"#" * 10_000_000 for k in range(10)})


def lay(folder: Path, files: dict[str, bytes | str]) -> Path:
    """Write files, with their folders."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
