"""The rules of the house: who may know whom, and what is imported only when it is asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"backproof", "engines", "data", "proof", "check", "report", "compare", "lessons", "benchmarks", "tests"}
LIBRARIES = {"numpy_engine": "numpy", "torch_engine": "torch", "torch_scan": "torch", "jax_engine": "jax"}


def imports(path: Path) -> set[str]:
    """The full names of all modules that a file imports, anywhere in it; ``from a import b`` gives a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports by a relative name"
            assert node.module is not None
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def files(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, package
    return found


def third_party(path: Path) -> set[str]:
    return packages(path) - set(sys.stdlib_module_names) - OURS


@pytest.mark.parametrize("name", LIBRARIES)
def test_an_engine_knows_the_interface_and_its_own_library(name: str) -> None:
    path = ROOT / "engines" / f"{name}.py"
    ours = {module for module in imports(path) if module.partition(".")[0] in OURS}
    allowed = ("engines.interface", "engines.torch_scan") if name == "torch_engine" else ("engines.interface",)
    assert all(module.startswith(allowed) for module in ours)
    assert third_party(path) <= {"numpy", LIBRARIES[name]}


def test_the_other_files_of_engines_know_numpy_alone() -> None:
    for path in files("engines"):
        if path.stem not in LIBRARIES:
            assert third_party(path) <= {"numpy"}, path.name
            assert packages(path) & OURS <= {"engines"}, path.name


def test_the_library_imports_nothing_outside_itself_but_its_libraries() -> None:
    needed = {"numpy", "flint", "msgspec", "scipy"}  # scipy.special is followed where it is installed
    for path in files("backproof"):
        assert packages(path) & OURS <= {"backproof"}, path.name
        assert third_party(path) <= needed, path.name


@pytest.mark.parametrize(
    ("room", "knows"),
    [
        ("sandbox", {"sandbox"}),
        ("replay", {"replay", "balls", "arithmetic"}),
        ("diagnosis", {"diagnosis", "replay", "balls", "arithmetic", "sandbox"}),
        ("answer", {"answer", "diagnosis", "replay", "outputs"}),
    ],
)
def test_the_rooms_of_the_library_know_only_those_below_them(room: str, knows: set[str]) -> None:
    for path in files(f"backproof/{room}"):
        inside = {m.split(".")[1] for m in imports(path) if m.startswith("backproof.")}
        assert inside <= knows, path.name


def test_no_file_of_the_library_is_long() -> None:
    for path in files("backproof"):
        assert len(path.read_text().splitlines()) <= 300, path.name


def test_data_knows_nobody() -> None:
    for path in files("data"):
        assert packages(path) & OURS <= {"data"}, path.name
        assert third_party(path) <= {"numpy", "pooch", "platformdirs", "tqdm"}, path.name


@pytest.mark.parametrize("package", ["proof", "check"])
def test_proof_and_check_know_the_interface_and_no_engine(package: str) -> None:
    known = {
        "proof": {"backproof", "engines", "proof"},
        "check": {"backproof", "engines", "proof", "check", "data", "report"},
    }[package]
    for path in files(package):
        assert packages(path) & OURS <= known, path.name
        assert not packages(path) & {"torch", "jax"}, path.name
        assert not {f"engines.{engine}" for engine in LIBRARIES} & imports(path), path.name


def test_report_knows_results_and_no_engine() -> None:
    for path in files("report"):
        assert packages(path) & OURS <= {"backproof", "report", "check", "engines", "proof"}, path.name
        assert not packages(path) & {"torch", "jax"}, path.name
        assert not {f"engines.{engine}" for engine in LIBRARIES} & imports(path), path.name


def test_the_command_knows_no_engine_and_no_arithmetic() -> None:
    path = ROOT / "compare.py"
    assert not packages(path) & {"torch", "jax", "numpy", "flint"}
    assert not {f"engines.{engine}" for engine in LIBRARIES} & imports(path)


def test_no_file_hides_a_library_and_none_is_a_drawer() -> None:
    for package in ("engines", "data", "proof", "check", "report"):
        for path in files(package):
            assert path.stem not in {"numpy", "torch", "jax", "utils", "core", "base"}, path


def loaded_after(program: str) -> set[str]:
    """Which of the heavy libraries a fresh Python has imported after a program."""
    heavy = ("numpy", "torch", "jax", "flint", "matplotlib")
    program += f"\nimport sys; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return set(ast.literal_eval(run.stdout.splitlines()[-1]))


def test_importing_everything_but_an_engine_imports_no_framework() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in ("engines", "data", "proof", "check", "report")
        for path in files(package)
        if path.stem not in LIBRARIES or package != "engines"
    ]
    assert not loaded_after(f"import {', '.join(modules)}") & {"torch", "jax"}


def test_help_comes_at_once() -> None:
    program = """
import compare, sys
sys.argv = ["compare.py", "--help"]
try:
    compare.main()
except SystemExit as end:
    assert not end.code
"""
    assert loaded_after(program) == set()


def test_one_thread_is_asked_for_before_numpy_is_imported() -> None:
    program = """
import engines, os
assert all(os.environ[name] == "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"))
"""
    loaded_after(program)
    first = next(
        node
        for node in ast.parse((ROOT / "engines" / "__init__.py").read_text()).body
        if isinstance(node, (ast.ImportFrom, ast.For))
    )
    assert isinstance(first, ast.For)  # that sets the variables
