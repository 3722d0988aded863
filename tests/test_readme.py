"""What the README and its pages show is what the commands say, and leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

import compare as command
from backproof import __main__ as library
from backproof.answer.command import check
from backproof.answer.starters import write

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown(page: str, prompt: str) -> str:
    [found] = re.findall(rf"\$ {re.escape(prompt)}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    return found


def test_the_readme_fits_a_few_screens() -> None:
    assert len(README.splitlines()) < 150


def test_the_first_answer_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written = [f"wrote {path}" for path in write("softmax", Path())]
    assert README.count("\n".join(["$ backproof check --example softmax", *written, ""])) == 1
    answer, status = check(Path("broken_softmax.py"))
    assert status == 1
    assert shown("README.md", "backproof check broken_softmax.py").rstrip() == answer.plain.rstrip()


def test_the_table_of_the_engines_is_that_of_the_whole_output() -> None:
    whole = shown("docs/comparison.md", "make compare")
    for row in re.findall(r"^\| (\w+) +\|(.*)\|$", README, re.MULTILINE):
        line, cells = row[0], [cell.strip() for cell in row[1].split("|")]
        if line not in ("line", "page"):
            assert re.search(rf"^{line} +{' +'.join(map(re.escape, cells))} ", whole, re.MULTILINE), line


def options_of(app: object) -> set[str]:
    group = get_command(app)  # type: ignore[arg-type]
    every = [group, *group.commands.values()]
    every += [inner for one in group.commands.values() for inner in getattr(one, "commands", {}).values()]
    return {"--help"} | {option for each in every for parameter in each.params for option in parameter.opts}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_exists(page: Path) -> None:
    text = page.read_text()
    for name in re.findall(r"`python compare.py ([a-z]+)", text):
        assert name in get_command(command.app).commands
    known = options_of(command.app) | options_of(library.app)
    assert set(re.findall(r"`[^`\n]*?(--[a-z][a-z-]*)", text)) <= known | {"--constraint", "--editable", "--conform"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_and_link_exists(page: Path) -> None:
    text = page.read_text()
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"^(?:\$ )?make ([a-z-]+)", text, re.MULTILINE)) <= set(targets)
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / link).exists(), link


def test_every_page_is_reached_from_the_readme() -> None:
    linked = {(ROOT / link).resolve() for link in re.findall(r"\]\(([^)#]+)\)", README)}
    assert set(PAGES) - {ROOT / "README.md"} <= linked
