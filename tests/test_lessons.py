"""The lessons: made from their sources alone, run from top to bottom, and true in every number that they state."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from engines import ENGINES
from lessons.make_notebooks import HERE, SOURCES, START, WRITE, learners, solved
from lessons.start import need, wanted

NEEDS_ENGINES = ("06",)
SECONDS = 300  # that a cell may run

# A number that was measured: with a decimal point, an exponent, a percent sign, a thousands separator, or 20 or more.
NUMBER = re.compile(r"(?<![\w.`-])-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?: ?%)?(?![\w.]*\w)")
NOT_PROSE = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|<[^>]*>", re.DOTALL)
CITED = re.compile(r"\b(?:1[89]|20)\d\d\b|\b[Ll]essons? \d+|^#+ .*$", re.MULTILINE)


def numbers(prose: str) -> set[str]:
    """The measured numbers of a text: not those in code, formulas, headings, links and years."""
    plain = CITED.sub(" ", NOT_PROSE.sub(" ", prose))
    found = {number.rstrip(",") for number in NUMBER.findall(plain)}
    return {n for n in found if re.search(r"[.,e%]", n) or abs(float(n)) >= 20}


def printed(notebook: NotebookNode) -> str:
    """Everything that the cells of a notebook wrote."""
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            texts.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(texts)


def without(number: str) -> str:
    return number.replace(",", "").replace(" ", "").lstrip("-")


def unprinted(notebook: NotebookNode) -> set[str]:
    """The numbers in prose that no cell printed."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    shown = {without(n) for n in re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?: ?%)?", printed(notebook))}
    shown |= {n.rstrip("%") for n in shown}
    return {n for n in numbers(prose) if without(n) not in shown}


def written(folder: str, source: Path) -> NotebookNode:
    return nbformat.read(HERE / folder / f"{source.stem}.ipynb", as_version=4)


def cells(notebook: NotebookNode) -> list[tuple[str, str, str]]:
    return [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]


def by_number(source: Path) -> str:
    return source.stem[:2]


def imported_by(path: Path) -> set[str]:
    """The names of packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def test_every_lesson_has_both_notebooks_and_a_row_in_the_index() -> None:
    rows = re.findall(r"^\| (\d+) \|", (HERE / "README.md").read_text(), re.MULTILINE)
    assert [by_number(source) for source in SOURCES] == [f"{row:0>2}" for row in rows]
    for folder in ("notebooks", "solved"):
        assert {path.stem for path in (HERE / folder).glob("*.ipynb")} == {source.stem for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=by_number)
def test_both_notebooks_are_what_the_source_makes(source: Path) -> None:
    assert cells(written("notebooks", source)) == cells(learners(source))
    assert cells(written("solved", source)) == cells(solved(source))
    assert not any(cell.get("outputs") for cell in written("notebooks", source).cells)


@pytest.mark.parametrize("source", SOURCES, ids=by_number)
def test_every_number_in_the_prose_was_computed(source: Path) -> None:
    assert unprinted(written("solved", source)) == set()


def test_a_number_that_nobody_computed_is_found() -> None:
    said = nbformat.v4.new_markdown_cell(
        "Of 12,000 images 99.5 % are right, `7.5` in code, $8.5$, 3 lines, in 1998; 1e-9."
    )
    did = nbformat.v4.new_code_cell("...", outputs=[nbformat.v4.new_output("stream", text="12,000 and 99.5%")])
    assert unprinted(nbformat.v4.new_notebook(cells=[said, did])) == {"1e-9"}


@pytest.mark.parametrize("source", SOURCES, ids=by_number)
def test_only_one_lesson_needs_the_engines(source: Path) -> None:
    assert not imported_by(source) & {"torch", "jax"} or by_number(source) in NEEDS_ENGINES


def test_every_lesson_begins_with_the_same_one_line() -> None:
    for source in SOURCES:
        first = next(cell.source for cell in solved(source).cells if cell.cell_type == "code")
        assert first == START
    assert len(START.splitlines()) == 1


def opened(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """What these lines of a notebook do in this folder, with nothing on the path but what they put there."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor", "-c", "\n".join(lines)]
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True)


@pytest.mark.parametrize("folder", [".", "lessons", "lessons/notebooks", "lessons/solved"])
def test_the_first_line_finds_the_project(folder: str) -> None:
    found = opened(HERE.parent / folder, START, "import lessons.museum", "print(lessons.museum.__file__)")
    assert Path(found.stdout.strip()).resolve() == HERE / "museum.py", found.stderr


def test_outside_of_the_project_the_first_line_says_what_to_do(tmp_path: Path) -> None:
    said = opened(tmp_path, START)
    assert said.returncode != 0
    assert "Open this notebook in a copy of the whole project." in said.stdout + said.stderr


def test_a_missing_package_is_named_with_what_installs_it(tmp_path: Path) -> None:
    """In a copy of the project that wants a package which nobody has."""
    (tmp_path / "lessons").mkdir()
    shutil.copy(HERE / "start.py", tmp_path / "lessons")
    project = (HERE.parent / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(project.replace('"tabulate>=', '"no-such-package>='))
    said = opened(tmp_path / "lessons", START)
    command = f'%pip install --editable "{tmp_path}[lessons]"'
    assert f"no-such-package not installed: put this into a cell and run it, then go on here: {command}" in said.stdout
    with pytest.raises(ModuleNotFoundError, match=r"%pip install no-such-package$"):
        need("numpy", "no-such-package")


def test_alone_a_lesson_runs_after_the_lines_of_the_index(tmp_path: Path) -> None:
    [lines] = re.findall(r"```text\n(.*?)```", (HERE / "README.md").read_text(), re.DOTALL)
    project, alone = tmp_path / "project", tmp_path / "alone"
    for name in ("lessons/start.py", "pyproject.toml", "engines"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        copied = shutil.copytree if (HERE.parent / name).is_dir() else shutil.copy
        copied(HERE.parent / name, project / name)
    alone.mkdir()
    git = ("git", "-C", str(project), "-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "all")):
        subprocess.run([*git, *words], check=True, capture_output=True)
    kept = [line for line in lines.replace("ADDRESS", project.as_uri()).splitlines() if "%pip" not in line]
    assert len(kept) == len(lines.splitlines()) - 1
    done = opened(alone, *kept, START, "print(lessons.start.PROJECT)")
    assert done.stdout.strip().endswith(str(alone / "backproof")), done.stdout + done.stderr


@pytest.mark.parametrize("source", SOURCES, ids=by_number)
def test_every_lesson_has_lines_to_write(source: Path) -> None:
    text = source.read_text()
    places = WRITE.findall(text)
    assert places
    assert len(places) == text.count("# write: ") == text.count("# end\n")
    assert learners(source) != solved(source)
    for rhythm in ("Predict", "Write", "Check", "Break", "Explain"):
        assert re.search(rf"^# #+ .*\b{rhythm}", text, re.MULTILINE), rhythm


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=by_number)
def test_a_lesson_runs_and_stops_exactly_where_something_is_to_be_written(source: Path) -> None:
    """In one kernel: every place is met unwritten first, must stop the lesson with its sentence, and is then solved."""
    notebook = solved(source)
    sentences = [found["what"] for found in WRITE.finditer(source.read_text())]
    unwritten: dict[int, list[tuple[NotebookNode, str]]] = {}
    for place, sentence in enumerate(sentences):
        stubs = learners(source, place)
        (number,) = (n for n, cell in enumerate(stubs.cells) if cell.source != notebook.cells[n].source)
        unwritten.setdefault(number, []).append((stubs.cells[number], sentence))
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}
    )
    # Noted down beforehand, since the client puts every cell that it executes into its notebook.
    code = [(number, cell) for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    with client.setup_kernel():
        for position, (number, cell) in enumerate(code):
            for stub, sentence in unwritten.get(number, ()):
                first = said_first(client, [stub, *(later for _, later in code[position + 1 :])], number)
                assert f"NotImplementedError: {sentence}" in first, first
            client.execute_cell(cell, number)


def said_first(client: NotebookClient, following: list[NotebookNode], number: int) -> str:
    """What the first of these cells says that fails, or whose answer is that something is not written yet."""
    for cell in following:
        again, failure = nbformat.from_dict(cell), ""
        try:
            client.execute_cell(again, number)
        except CellExecutionError as error:
            failure = f"{error.ename}: {error.evalue}"
        said = " ".join((printed(nbformat.v4.new_notebook(cells=[again])) + failure).split())
        if failure or "NotImplementedError" in said:
            return said
    return "nothing"


def test_what_the_index_installs_is_all_that_the_lessons_need() -> None:
    assert re.search(
        r'pip install --editable "\.\[lessons\]" jupyterlab$', (HERE / "README.md").read_text(), re.MULTILINE
    )
    files = [path for room in ("lessons", "data", "engines", "proof") for path in (HERE.parent / room).rglob("*.py")]
    ours = {path.stem for path in HERE.parent.iterdir()} | set(sys.stdlib_module_names)
    imported = set().union(*map(imported_by, files)) - ours - {"jupytext", "nbclient", "nbformat", *ENGINES}
    assert "matplotlib" in imported
    homes = importlib.metadata.packages_distributions()
    assert {package.lower() for module in imported for package in homes[module]} <= {name.lower() for name in wanted()}
