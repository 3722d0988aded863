"""What the README shows is what the commands say."""

from __future__ import annotations

import re
from pathlib import Path

from typer.main import get_command

import compare as command
from check.command import check_file
from check.examples import write_examples

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in text.split("\n\n") if paragraph.strip()]


def test_the_answer_is_real(tmp_path: Path) -> None:
    write_examples(tmp_path)
    answer, status = check_file(tmp_path / "broken_backprop.py")
    assert status == 1
    [shown] = re.findall(r"\$ python compare.py check broken_backprop.py\n(.*?)```", README, re.DOTALL)
    headline, table, culprit, rest, _ = paragraphs(shown)
    assert answer.replace(f"{tmp_path}/", "").startswith(headline)
    assert culprit in answer
    assert rest in answer
    rows = [line.split()[:2] for line in table.splitlines()]  # errors in ulps depend on the machine
    assert rows == [line.split()[:2] for line in paragraphs(answer)[1].splitlines()]


def test_every_command_and_option_exists() -> None:
    commands = get_command(command.app).commands
    for name in re.findall(r"`python compare.py ([a-z]+)", README):
        assert name in commands
    options = {option for c in commands.values() for parameter in c.params for option in parameter.opts}
    options |= {option for parameter in get_command(command.app).params for option in parameter.opts}
    options |= {"--help"}
    assert set(re.findall(r"`[^`\n]*?(--[a-z][a-z-]*)", README)) <= options


def test_every_target_and_link_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"^(?:\$ )?make ([a-z-]+)", README, re.MULTILINE)) <= set(targets)
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).exists(), link
