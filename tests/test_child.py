"""The child program imports little, and neither side imports a framework."""

import subprocess
import sys
from pathlib import Path

from learner_files import CORRECT, assert_correct, run

ROOT = Path(__file__).parents[1]


def test_no_framework_in_the_child(tmp_path: Path) -> None:
    outcome = run(tmp_path, "import sys\nprint(*sorted({name.split('.')[0] for name in sys.modules}))\n" + CORRECT)
    assert_correct(outcome)
    modules = set(outcome.output.split())
    assert not {"torch", "jax", "matplotlib", "proof", "report", "engines", "comparison"} & modules
    assert "numpy" in modules


def test_no_framework_in_the_parent() -> None:
    says = "import sys, backproof.diagnosis.apart\nassert not {'torch', 'jax', 'flint'} & set(sys.modules), sys.modules"
    subprocess.run([sys.executable, "-c", says], check=True, cwd=ROOT)


def test_the_file_inherits_nothing_that_it_could_falsify(tmp_path: Path) -> None:
    writes = "import os\nfor fd in range(3, 20):\n    try:\n        print(fd, os.readlink(f'/proc/self/fd/{fd}'))\n"
    outcome = run(tmp_path, f"{writes}    except OSError:\n        pass\n{CORRECT}")
    assert "ending.json" not in outcome.output
