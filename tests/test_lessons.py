"""The lessons: made from their sources alone, run from top to bottom, and true in every number that they state."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from lessons.make_notebooks import HERE, SOURCES, WRITE, learners, solved

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
    imported = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert not imported & {"torch", "jax"} or by_number(source) in NEEDS_ENGINES


def first_cell(source: Path) -> str:
    """What a lesson does before anything else, with its list of packages."""
    return next(cell.source for cell in solved(source).cells if cell.cell_type == "code")


def opened(cell: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", cell], cwd=folder, capture_output=True, text=True)


def test_all_lessons_begin_alike() -> None:
    assert len({first_cell(source).partition("needed = {")[0] for source in SOURCES}) == 1
    assert len({first_cell(source).partition("missing = [")[2] for source in SOURCES}) == 1


def test_a_lesson_alone_says_what_to_do(tmp_path: Path) -> None:
    cell = first_cell(SOURCES[0])
    alone = opened(cell, tmp_path)
    assert alone.returncode == 1
    assert "RuntimeError: This notebook stands outside of Backproof: set BACKPROOF, above, to" in alone.stderr
    nowhere = opened(cell.replace('BACKPROOF = ""', f"BACKPROOF = {str(tmp_path / 'nowhere')!r}"), tmp_path)
    assert nowhere.returncode == 1
    assert f"RuntimeError: Backproof could not be fetched from {tmp_path / 'nowhere'}: is there a" in nowhere.stderr


def test_a_lesson_alone_fetches_the_project_once(tmp_path: Path) -> None:
    project, alone = tmp_path / "project", tmp_path / "alone"
    (project / "engines").mkdir(parents=True)
    alone.mkdir()
    (project / "compare.py").touch()
    (project / "engines" / "__init__.py").touch()
    git = ("git", "-C", str(project), "-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "all")):
        subprocess.run([*git, *words], check=True, capture_output=True)
    cell = first_cell(SOURCES[0]).replace('BACKPROOF = ""', f"BACKPROOF = {project.as_uri()!r}") + "\nprint(checkout)"
    first, again = opened(cell, alone), opened(cell, alone)
    assert first.stdout.splitlines()[-1] == again.stdout.splitlines()[-1] == str(alone / "backproof"), first.stderr
    assert "fetching" in first.stdout
    assert "fetching" not in again.stdout


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


def test_the_index_installs_what_the_lessons_need() -> None:
    installs = re.search(r"pip install (.+ jupyterlab)$", (HERE / "README.md").read_text(), re.MULTILINE)
    needed = {
        package
        for source in SOURCES
        for package in re.findall(r"^# setup: (.*)$", source.read_text(), re.MULTILINE)[0].split(", ")
    }
    assert len(needed) > 5
    assert installs
    assert needed - {"torch", "jax"} <= set(installs[1].split())
