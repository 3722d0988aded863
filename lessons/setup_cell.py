# The first cell of every notebook; make_notebooks writes it there, with what the lesson needs.
# Where the project can be fetched from, if this notebook stands alone, as in Colab: the address of its repository.
# Empty: only a checkout is used.
BACKPROOF = ""

import importlib.util
import subprocess
import sys
from pathlib import Path

places = (Path.cwd(), *Path.cwd().parents, Path.cwd() / "backproof")
checkout = next(
    (folder for folder in places if (folder / "compare.py").exists() and (folder / "engines").is_dir()), None
)
if checkout is None and not BACKPROOF:
    raise RuntimeError(
        "This notebook stands outside of Backproof: set BACKPROOF, above, to the address of the project's repository, "
        "or open the notebook from a checkout of it."
    )
if checkout is None:
    checkout = Path.cwd() / "backproof"
    print(f"fetching Backproof from {BACKPROOF} into {checkout}")
    try:
        subprocess.run(["git", "clone", "--depth", "1", BACKPROOF, str(checkout)], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise RuntimeError(f"Backproof could not be fetched from {BACKPROOF}: is there a network?") from error
sys.path.insert(0, str(checkout))
needed: dict[str, str] = {}  # package by module: each lesson has its own
missing = [package for module, package in needed.items() if importlib.util.find_spec(module) is None]
if missing:
    print("installing", *missing)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *missing], check=True)
