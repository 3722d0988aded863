"""The rules of the house: who may know whom, and what is imported only when it is asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Which rooms each room may know; itself always. The tree is read with all its sub-folders, and no folder is exempt.
ROOMS = {
    "backproof/sandbox": set(),
    "backproof/replay": set(),
    "backproof/diagnosis": {"backproof/replay", "backproof/sandbox"},
    "backproof/answer": {"backproof/diagnosis", "backproof/replay", "backproof/sandbox"},
    "backproof/many": set(),
    "backproof/grading": {"backproof/answer", "backproof/diagnosis", "backproof/many", "backproof/sandbox"},
    "backproof": {"backproof/answer", "backproof/grading", "backproof/replay"},
    "engines": set(),
    "data": set(),
    "proof": {"backproof", "engines"},
    "comparison": {"backproof", "backproof/many", "proof", "engines", "data"},
    "comparison/atlas": {"backproof", "comparison", "engines", "proof"},
    "comparison/sweep": {"backproof", "backproof/many", "comparison", "data", "engines", "report"},
    "report": {"backproof", "comparison", "proof", "engines"},
    "benchmarks": {
        "backproof",
        "backproof/diagnosis",
        "backproof/grading",
        "backproof/many",
        "backproof/replay",
        "backproof/sandbox",
        "comparison",
        "data",
        "engines",
        "lessons",
        "proof",
        "report",
    },
    "lessons": {"backproof", "backproof/diagnosis", "backproof/replay", "data", "engines", "proof"},
    "compare": {
        "backproof",
        "backproof/answer",
        "benchmarks",
        "comparison",
        "comparison/atlas",
        "comparison/sweep",
        "data",
        "engines",
        "proof",
        "report",
    },
}
OURS = {room.partition("/")[0] for room in ROOMS} | {"tests"}
# Files that lie in a room without being of it: what stands directly in backproof/ is known to all rooms inside of it.
SHARED = {
    f"backproof.{name}" for name in ("balls", "arithmetic", "error_free", "outputs", "ending", "interrupts", "look")
}
# The sentence of an error of any room is told at the door.
AT_THE_DOOR = {
    "comparison/sentences.py": {"backproof/diagnosis", "comparison/atlas", "report"},
    "comparison/options.py": {"report"},
}
LIBRARIES = {
    "numpy_engine": "numpy",
    "torch_engine": "torch",
    "torch_scan": "torch",
    "jax_engine": "jax",
    "autograd_engine": "autograd",
    "numba_engine": "numba",
    "tinygrad_engine": "tinygrad",
    "sklearn_engine": "sklearn",
    "tensorflow_engine": "tensorflow",
}
FRAMEWORKS = set(LIBRARIES.values()) - {"numpy"}


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
    # scipy.special is followed where it is installed; PyTorch and JAX give their random numbers to programs that ask.
    needed = {"numpy", "flint", "msgspec", "scipy", "typer", "rich", "jinja2", "markupsafe"}
    # The exports of course systems are in YAML; Dask runs many, where it is installed.
    only = {"torch_made": {"torch"}, "jax_module": {"jax"}, "exports": {"yaml"}}
    for path in files("backproof"):
        assert packages(path) & OURS <= {"backproof"}, path.name
        assert third_party(path) <= needed | only.get(path.stem, set()), path.name


def room_of(module: str) -> str:
    """The room that a module lies in: the innermost."""
    parts = module.split(".")
    inner = "/".join(parts[:2])
    return inner if inner in ROOMS else parts[0]


def of_room(room: str) -> list[Path]:
    """All its files, those of the rooms inside of it apart."""
    if (ROOT / f"{room}.py").is_file():
        return [ROOT / f"{room}.py"]
    inner = [ROOT / other for other in ROOMS if other.startswith(f"{room}/")]
    return [path for path in files(room) if not any(path.is_relative_to(folder) for folder in inner)]


def test_every_folder_of_python_is_a_room() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/**/*.py") if ".venv" not in path.parts}
    assert {name for name in found if not name.startswith(".")} - {"tests"} <= {
        room.partition("/")[0] for room in ROOMS
    }


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_those_below_it_alone(room: str) -> None:
    for path in of_room(room):
        place = path.relative_to(ROOT).as_posix()
        allowed = {room} | ROOMS[room] | AT_THE_DOOR.get(place, set())
        ours = {m for m in imports(path) if m.partition(".")[0] in OURS}
        shared = {m for m in ours for file in SHARED if m == file or m.startswith(f"{file}.")}
        known = {room_of(m) for m in ours - shared if m != "backproof"}
        assert known <= allowed, (place, known - allowed)


def test_no_two_rooms_know_each_other() -> None:
    def reached(room: str, seen: frozenset[str] = frozenset()) -> set[str]:
        assert room not in seen, f"{room} knows itself by a circle"
        return {room}.union(*(reached(below, seen | {room}) for below in ROOMS[room]))

    for room in ROOMS:
        reached(room)


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "lessons"])
def test_no_file_is_long(room: str) -> None:
    longer = {"proof/forms.py"}  # a table
    for path in of_room(room):
        if path.relative_to(ROOT).as_posix() not in longer:
            assert len(path.read_text().splitlines()) <= (200 if room == "compare" else 300), path.name


@pytest.mark.parametrize("room", ["backproof", "report"])
def test_no_template_is_long(room: str) -> None:
    found = [path for ending in ("j2", "css", "js") for path in (ROOT / room).rglob(f"*.{ending}")]
    assert found
    for path in found:
        assert len(path.read_text().splitlines()) <= 300, path.name


def test_data_knows_its_libraries_alone() -> None:
    for path in files("data"):
        assert third_party(path) <= {"numpy", "pooch", "platformdirs", "tqdm"}, path.name


# The atlas asks engines on formulas of its own: each adapter knows its library and array language.
ADAPTERS = {f"{library}_adapter": library for library in ("torch", "jax", "autograd", "tinygrad", "tensorflow")}


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_adapter_knows_array_language_and_its_own_library(name: str) -> None:
    path = ROOT / "comparison" / "atlas" / "adapters" / f"{name}.py"
    ours = {module for module in imports(path) if module.partition(".")[0] in OURS}
    assert all(module.startswith(("comparison.atlas.adapters", "comparison.atlas.language")) for module in ours)
    assert third_party(path) <= {"numpy", ADAPTERS[name]}


@pytest.mark.parametrize("room", ["proof", "comparison", "report"])
def test_who_compares_and_judges_knows_no_engine(room: str) -> None:
    for path in files(room):
        if path.stem in ADAPTERS:
            continue
        assert not packages(path) & FRAMEWORKS, path.name
        assert not {f"engines.{engine}" for engine in LIBRARIES} & imports(path), path.name


def test_the_command_knows_no_engine_and_no_arithmetic() -> None:
    path = ROOT / "compare.py"
    assert not packages(path) & (FRAMEWORKS | {"numpy", "flint"})
    assert not {f"engines.{engine}" for engine in LIBRARIES} & imports(path)


def test_no_file_hides_a_library_and_none_is_a_drawer() -> None:
    for room in ROOMS:
        for path in of_room(room):
            assert path.stem not in FRAMEWORKS | {"numpy", "utils", "core", "base"}, path


def loaded_after(program: str) -> set[str]:
    """Which of the heavy libraries a fresh Python has imported after a program."""
    heavy = (*FRAMEWORKS, "numpy", "flint", "matplotlib")
    program += f"\nimport sys; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return set(ast.literal_eval(run.stdout.splitlines()[-1]))


def test_importing_everything_but_an_engine_imports_no_framework() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in ("engines", "data", "proof", "comparison", "report")
        for path in files(package)
        if path.stem not in LIBRARIES | ADAPTERS
    ]
    assert not loaded_after(f"import {', '.join(modules)}") & FRAMEWORKS


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
