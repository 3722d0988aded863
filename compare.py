"""The command ``python compare.py``; packages are imported when a command needs them, so that help comes at once."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from backproof.answer.cli import check
from backproof.ending import ending_well, say
from comparison import options
from comparison.atlas.command import atlas
from comparison.sentences import for_the_user
from comparison.sweep.command import sweep

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def compare(
    context: typer.Context,
    epochs: options.Epochs = 20,
    hidden: options.Hidden = 12,
    learning_rate: options.LearningRate = 0.01,
    batch_size: options.BatchSize = 1,
    dtype: Annotated[str, typer.Option(help="float64 or float32.")] = "float64",
    seed: options.Seed = 0,
    engines: options.Engines = None,
    engine: Annotated[list[str] | None, typer.Option(help="An engine of your own beside them: file.py:Class.")] = None,
    train_samples: options.TrainSamples = None,
    classes: options.Classes = options.DEFAULT_CLASSES,
    data: options.Data = None,
    audit: options.Audit = "20",
    scheduler: Annotated[str | None, typer.Option(help="The address of a Dask cluster to run the audits on.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the results to this file.")] = None,
    report: Annotated[
        Path, typer.Option("--report", "--page", help="Write a page to look at, in one file.")
    ] = options.DEFAULT_PAGE,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no page.")] = False,
) -> None:
    """Train one network in several engines on real images and compare gradients, losses and accuracies."""
    if context.invoked_subcommand:
        return
    from backproof.outputs import DATA, pending
    from benchmarks import beside
    from comparison.experiment import compare_engines
    from comparison.progress import progress_bars
    from comparison.settings import Settings
    from report.page import render_page
    from report.results_file import dump, strict
    from report.tables import render

    settings = Settings(epochs, hidden, learning_rate, batch_size, dtype, seed)
    if json and not no_report and os.path.realpath(json) == os.path.realpath(report):
        raise typer.BadParameter(f"--json and --report are both {report}, and one would replace the other")
    with ExitStack() as stack:
        output = stack.enter_context(pending(json, DATA)) if json else None
        page = None if no_report else stack.enter_context(options.pending_page(report))
        dataset = options.dataset_of(classes, data, seed, train_samples)
        names, skip_missing = options.chosen_engines(engines)
        watch = stack.enter_context(progress_bars())
        results = compare_engines(
            [*names, *(engine or [])],
            dataset,
            settings,
            audit_blocks=options.block_count(audit),
            skip_missing=skip_missing,
            watch=watch,
            floor=beside.measure_floor,
            scheduler=scheduler,
        )
        results["kills"] = beside.kills()
        if output:
            dump(results, output)
        if page:
            page.write(render_page(strict(results)).encode())
    say((f"To look at: {report}\n\n" if page else "") + render(results))
    raise typer.Exit(0 if results["verdict"] == "agree" else 1)


app.command()(check)
app.add_typer(atlas, name="atlas")
app.command()(sweep)


@app.command()
def report(
    results: Annotated[Path, typer.Argument(help="What --json wrote.")],
    report: Annotated[Path, typer.Option("--report", "--page", help="The page to write.")] = options.DEFAULT_PAGE,
) -> None:
    """Make the page again from results."""
    from report.page import save_page
    from report.schema import read

    save_page(read(results), report)
    say(f"wrote {report}")


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="The picture to write.")] = Path("samples.png"),
    classes: options.Classes = options.DEFAULT_CLASSES,
    data: options.Data = None,
    seed: options.Seed = 0,
) -> None:
    """Write a picture of 20 labelled samples of each class."""
    from report.figures import save_samples

    dataset = options.dataset_of(classes, data, seed)
    save_samples(dataset.X_train, dataset.y_train, dataset.class_names, file)
    say(f"wrote {file}: the first 20 training samples of {' and of '.join(dataset.class_names)}")


@app.command()
def certify(
    epochs: options.Epochs = 20,
    hidden: options.Hidden = 12,
    learning_rate: options.LearningRate = 0.01,
    batch_size: options.BatchSize = 1,
    seed: options.Seed = 0,
    train_samples: options.TrainSamples = None,
    classes: options.Classes = options.DEFAULT_CLASSES,
    data: options.Data = None,
) -> None:
    """Compute the whole training in exact arithmetic and keep it: later comparisons show the true losses."""
    from comparison.progress import certificate_bar
    from comparison.settings import Settings
    from engines import initial_weights
    from proof.certify import certify
    from report.certificate import render

    settings = Settings(epochs, hidden, learning_rate, batch_size, seed=seed)
    dataset = options.dataset_of(classes, data, seed, train_samples)
    with certificate_bar() as progress:
        certificate = certify(
            initial_weights(dataset.X_train.shape[1], hidden, seed),
            dataset.X_train,
            dataset.y_train,
            dataset.X_test,
            epochs=epochs,
            learning_rate=settings.learning_rate,
            batch_size=batch_size,
            progress=progress,
        )
    say(render(certificate))


@app.command()
def explain(
    line: Annotated[str, typer.Argument(help="Z1, A1, Z2, A2, loss, dZ2, dW2, db2, dA1, dZ1, dW1 or db1.")],
) -> None:
    """Print a line's formula, the forms that correct programs give it, their bounds, and where they lose digits."""
    from report.explanation import explain

    text = explain(line)
    if text is None:
        raise typer.BadParameter(f"there is no line {line!r} in Algorithm 1")
    say(text)


@app.command()
def conform(
    engine: Annotated[str, typer.Argument(help="An engine's class in a file, my_engine.py:MyEngine, or its name.")],
) -> None:
    """Check that an engine of your own keeps every promise of the interface."""
    from comparison.conformance.kit import conform
    from report.conformance import row, verdict

    complaints = []
    for promise, complaint in conform(engine):
        say(row(promise, complaint))
        complaints.append(complaint)
    say(verdict(engine, complaints))
    raise typer.Exit(1 if any(complaints) else 0)


def main() -> None:
    """Run the command. Exit status: 0 agreement, 1 disagreement; for the others see ``backproof.ending``."""
    ending_well("compare.py", lambda: app(standalone_mode=False), for_the_user)


if __name__ == "__main__":
    main()
