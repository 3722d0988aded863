"""Every run of a sweep as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import msgspec

from comparison.sweep.reached import Reached, Run
from comparison.sweep.task import version

SETTINGS = ("engine", "library", "hidden", "learning_rate", "batch_size", "seed")
MEASURES = Reached.__struct_fields__


def as_json(runs: Sequence[Run]) -> bytes:
    """All runs, with what they reached after every epoch; a number that is not finite is null."""
    everything = {"backproof": version(), "runs": runs}
    return msgspec.json.format(msgspec.json.encode(everything), indent=1) + b"\n"


def as_csv(runs: Sequence[Run], epochs: Sequence[int]) -> bytes:
    """A row for each run and asked number of epochs; one that failed has a row that says why."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*SETTINGS, *MEASURES, "failure"])
    for run in runs:
        settings = [getattr(run.asked, name) for name in SETTINGS]
        for count in epochs if run.reached else ():
            writer.writerow([*settings, *(getattr(run.reached[count], name) for name in MEASURES), ""])
        if run.failure:
            writer.writerow([*settings, *("" for _ in MEASURES), run.failure])
    return text.getvalue().encode()
