"""``python -m benchmarks.mutants``: every single edit of the backward parts of correct programs, diagnosed.

Each mutant is first classed by exact replay alone: equivalent, changed, or a program that cannot run. Of the changed
ones the table says how many are called wrong, which line is named and what is proven; of the equivalent ones, how many
are accused. Those that fail are written to a file, one JSON object a line, to be read.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tqdm import tqdm

from backproof.outputs import DATA, pending
from benchmarks.mutants.classes import Class
from benchmarks.mutants.run import Outcome, all_mutants, failed, run
from benchmarks.mutants.tables import render, render_others


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, chosen by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--failures", type=Path, metavar="FILE", help="write those that fail to this file")
    arguments = parser.parse_args()
    every = list(all_mutants())
    chosen = random.Random(arguments.seed).sample(every, min(arguments.sample or len(every), len(every)))
    try:
        with ExitStack() as stack:
            file = stack.enter_context(pending(arguments.failures, DATA)) if arguments.failures else None
            found = list(tqdm(run(chosen, os.cpu_count() or 1), total=len(chosen), disable=None))
            for one in sorted((one for one in found if failed(one)), key=lambda one: one.mutant.path):
                if file:
                    file.write(json.dumps(_as_data(one)).encode() + b"\n")
    except OSError as error:
        parser.error(str(error))
    print(render(found, len(every)))
    print(f"\n{render_others(found)}\n")
    seconds = [one.said.seconds for one in found if one.said and one.kind is Class.CHANGED]
    print(f"seconds a wrong one: {median(seconds):.2f} in the median, {max(seconds):.1f} at most")


def _as_data(one: Outcome) -> dict[str, object]:
    mutant, said = one.mutant, one.said
    assert said is not None
    return {
        "program": mutant.path.name,
        "line": mutant.line,
        "kind": mutant.kind,
        "old": mutant.old,
        "new": mutant.new,
        "class": one.kind.value,
        "verdict": said.verdict,
        "where": said.line.value,
        "proven": said.proven,
        "said": said.named,
        "text": mutant.text,
    }


if __name__ == "__main__":
    main()
