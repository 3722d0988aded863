"""Gradescope: an autograder that is uploaded as it is, and the results that it shows.

What its folders are and how ``results.json`` is read: https://gradescope-autograders.readthedocs.io/en/latest/specs/
In its container: ``python -m backproof.grading.gradescope FOLDER``, where FOLDER is /autograder.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from backproof.answer.hints import GRADIENTS, PATCH
from backproof.diagnosis.apart import MEMORY, SECONDS
from backproof.grading.feedback import STATUS, as_text
from backproof.grading.grades import Grade, grade_of
from backproof.grading.handed_in.entries import CannotOpen, of_folder
from backproof.grading.handed_in.exports import Owner
from backproof.grading.handed_in.submission import submission_of
from backproof.grading.rubric import Rubric
from backproof.grading.trial import Program, tried

PACKAGE = Path(__file__).parents[1]
SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, when it builds the autograder.
set -euo pipefail
found() {
    for python in python3.14 python3.13 python3.12 python3.11 python3; do
        if "$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    return 1
}
if ! python=$(found); then
    apt-get update
    apt-get install -y python3.11 python3.11-venv || apt-get install -y python3 python3-venv
    python=$(found) || { echo "Backproof needs Python 3.11: choose a newer base image" >&2; exit 1; }
fi
"$python" -m venv /autograder/environment
/autograder/environment/bin/python -m pip install --quiet -r /autograder/source/requirements.txt
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission.
set -euo pipefail
cd /autograder/source
exec /autograder/environment/bin/python -m backproof.grading.gradescope /autograder
"""


class Settings(msgspec.Struct, frozen=True):
    """How an autograder grades."""

    rubric: Rubric = Rubric()
    hint: int = PATCH
    file: str | None = None
    seconds: float = SECONDS
    memory: int = MEMORY


def autograder(settings: Settings) -> bytes:
    """The zip that a teacher uploads: this very code, and how to grade."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text, mode in _files(settings):
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.external_attr = (0o100000 | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return content.getvalue()


def is_autograder(path: Path) -> bool:
    """Whether a file is such a zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {"run_autograder", "settings.json", "backproof/__init__.py"} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _files(settings: Settings) -> Iterator[tuple[str, bytes, int]]:
    yield "setup.sh", SETUP.encode(), 0o755
    yield "run_autograder", RUN.encode(), 0o755
    needed = [one for one in importlib.metadata.requires("backproof") or [] if "extra ==" not in one]
    yield "requirements.txt", ("\n".join(needed) + "\n").encode(), 0o644
    yield "settings.json", msgspec.json.format(msgspec.json.encode(settings)), 0o644
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield f"backproof/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes(), 0o644


def results(grade: Grade, hint: int) -> dict[str, Any]:
    """What Gradescope shows: a test for each gradient where the hint lets the student see them."""
    tests = [
        {
            "name": f"the gradient {line.gradient}",
            "score": line.points,
            "max_score": line.of,
            "status": "passed" if line.status == "right" else "failed",
            "output": STATUS[line.status],
        }
        for line in (grade.lines if hint >= GRADIENTS else ())
    ]
    return {
        "score": grade.points,
        "output": as_text(grade, hint),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(grade.seconds),
        "tests": tests,
    }


def graded(folder: Path, settings: Settings, student: str) -> Grade:
    """The grade of what lies in a folder."""
    one = submission_of(Owner(student), of_folder(folder), settings.file)
    if one.problem:
        return grade_of(one, None, "", settings.rubric)
    try:
        message = one.program(settings.seconds, settings.memory)
    except CannotOpen as error:
        return grade_of(one._replace(problem=str(error)), None, "", settings.rubric)
    return grade_of(one, tried(msgspec.msgpack.decode(message, type=Program)), "", settings.rubric)


def _student(root: Path) -> str:
    """Who handed it in, as far as Gradescope says."""
    try:
        users = json.loads((root / "submission_metadata.json").read_text(encoding="utf-8"))["users"]
        return ", ".join(str(user["name"]) for user in users)
    except (OSError, ValueError, LookupError, TypeError):
        return "Your program"


def main() -> None:
    """Grade the submission in Gradescope's container."""
    root = Path(sys.argv[1])
    settings = msgspec.json.decode((root / "source" / "settings.json").read_bytes(), type=Settings)
    grade = graded(root / "submission", settings, _student(root))
    (root / "results").mkdir(exist_ok=True)
    (root / "results" / "results.json").write_text(
        json.dumps(results(grade, settings.hint), indent=2), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
