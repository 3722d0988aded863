"""The command ``python compare.py sweep``; packages are imported when it runs, so that help comes at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backproof.ending import say
from comparison import options

Hidden = Annotated[str, typer.Option(help="Hidden units, with commas between them.")]
LearningRates = Annotated[str, typer.Option(help="Learning rates, with commas between them.")]
Epochs = Annotated[str, typer.Option(help="After how many epochs to measure; the most are trained once.")]
Seeds = Annotated[str, typer.Option(help="Each fixes a shuffle and initial weights.")]
BatchSizes = Annotated[str, typer.Option(help="Batch sizes, with commas between them.")]
Engines = Annotated[
    str,
    typer.Option(
        help="Some of numpy,torch,jax,autograd,numba,tinygrad,sklearn,tensorflow or file.py:Class, or all that are "
        "installed: all."
    ),
]
Out = Annotated[Path, typer.Option(help="The folder for what is written; what is done is kept in it.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Trainings at once; by default one a processor.")]
Scheduler = Annotated[str | None, typer.Option(help="The address of a Dask cluster to run them on.")]


def sweep(
    hidden: Hidden = "1,2,3,4,6,8,12",
    learning_rate: LearningRates = "0.01",
    epochs: Epochs = "1,2,5,10,20",
    seeds: Seeds = "0,1,2",
    batch_size: BatchSizes = "1",
    engines: Engines = "numpy",
    train_samples: options.TrainSamples = None,
    classes: options.Classes = options.DEFAULT_CLASSES,
    data: options.Data = None,
    out: Out = Path("sweep"),
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Train with many settings: accuracy, loss and seconds of each, over several seeds, as a table and a picture."""
    from backproof.many.folder import prepared, write
    from backproof.many.kept import Kept
    from backproof.many.progress import progress
    from comparison.progress import tell
    from comparison.sweep.asked import grid
    from comparison.sweep.files import as_csv, as_json
    from comparison.sweep.plot import svg
    from comparison.sweep.run import Place, those_that_load, trainings
    from comparison.sweep.run import sweep as run_all
    from comparison.sweep.table import render

    names, skip_missing = options.chosen_engines(engines)
    asked = grid(names, hidden, learning_rate, batch_size, epochs, seeds)
    dataset = options.dataset_of(classes, data, asked.seeds[0], train_samples)
    asked = asked._replace(engines=tuple(those_that_load(asked.engines, skip_missing, tell)))
    with Kept(prepared(out)) as kept, progress("trained", tell) as watch:
        place = Place(workers, scheduler, data)
        runs = run_all(trainings(asked, dataset, train_samples), kept, place, tell, watch)
    write(out / "runs.json", as_json(runs))
    write(out / "runs.csv", as_csv(runs, asked.epochs))
    write(out / "sweep.svg", svg(runs, asked.epochs))
    say(f"{render(runs, asked.epochs)}\n\n{out / 'sweep.svg'}\n{out / 'runs.csv'}\n{out / 'runs.json'}")
    if failed := sum(bool(run.failure) for run in runs):
        tell(f"{failed} of {len(runs)} trainings failed; the same command tries them again")
        raise typer.Exit(1)
