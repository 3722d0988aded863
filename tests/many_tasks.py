"""Tasks for workers that the tests start."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path


def noted(argument: bytes) -> bytes:
    """Says in a file that it ran, and takes its time."""
    about = json.loads(argument)
    with Path(about["log"]).open("a") as log:
        log.write(f"{about['name']} {os.getpid()}\n")
    time.sleep(about["seconds"])
    return about["name"].encode()


def fails(argument: bytes) -> bytes:
    """As a mistake of ours would."""
    raise RuntimeError(f"no {argument.decode()}")


def double(argument: bytes) -> bytes:
    """Quick."""
    return argument * 2


def with_shared(argument: bytes, *shared: bytes) -> bytes:
    """Takes its time, and says what it was given."""
    time.sleep(0.3)
    return b" ".join([argument, *shared])
