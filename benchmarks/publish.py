"""``python -m benchmarks.publish FILE.json``: a benchmark's results as the project shows them.

Writes ``benchmarks/results.json``, the page of tables ``benchmarks/results.md`` and the plots ``benchmarks/speed.svg``
and ``benchmarks/growth.svg``, and prints the table of docs/speed.md, where a test looks for it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import growth, speed_and_accuracy, tables
from benchmarks.results import BenchmarkResults, read

FOLDER = Path(__file__).parent
TITLE = "# What a step, a gradient check and the whole job cost\n\nMade by `make bench`, in one run.\n\n"


def page(results: BenchmarkResults) -> str:
    """All tables, as Markdown."""
    return TITLE + tables.render(results, markdown=True)


def brief(results: BenchmarkResults) -> str:
    """The table of docs/speed.md."""
    default = [m for m in results["measurements"] if m["table"] == "default"]
    return tables.default(default, markdown=True, columns=tables.BRIEF)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publish", description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="what make bench JSON=FILE wrote")
    try:
        results = read(parser.parse_args().results)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    (FOLDER / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (FOLDER / "results.md").write_text(page(results))
    speed_and_accuracy.save(results["measurements"], FOLDER / "speed.svg")
    if results["replays"]:
        growth.save(results["replays"]["scaling"], FOLDER / "growth.svg")
    print(brief(results))


if __name__ == "__main__":
    main()
