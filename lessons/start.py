"""What every lesson begins with: the project's folder is found, its packages are there, and plots can be read."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def wanted() -> list[str]:
    """The packages that all lessons need; the sixth needs two more."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] + project["optional-dependencies"]["lessons"]
    return [name.group() for name in map(re.compile(r"[\w-]+").match, listed) if name]


def need(*packages: str, install: str = "") -> None:
    """Stop with one sentence if a package is missing.

    Args:
        install: what installs them; their names if this is empty.

    Raises:
        ModuleNotFoundError: it says which packages are missing, and the command that installs them.
    """
    missing = [package for package in packages if not _installed(package)]
    if missing:
        said = f"{', '.join(missing)} not installed: put this into a cell and run it, then go on here:"
        raise ModuleNotFoundError(f"{said} %pip install {install or ' '.join(missing)}")


def _installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


sys.path.insert(0, str(PROJECT))  # wherever the lesson goes from here
need(*wanted(), install=f'--editable "{PROJECT}[lessons]"')

import engines  # noqa: F401 - before NumPy: the lessons compute on one thread

# isort: split
import matplotlib.pyplot as plt

plt.rcParams.update({"font.size": 12, "axes.spines.top": False, "axes.spines.right": False, "figure.dpi": 80})
