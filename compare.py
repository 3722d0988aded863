"""The command: ``python compare.py`` trains the engines side by side; each command is a few lines that call a package.

Packages are imported when a command needs them, so that help comes at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

if TYPE_CHECKING:
    from data import Dataset
    from proof.certify import Progress

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Epochs = Annotated[int, typer.Option(min=0, max=1_000_000)]
Hidden = Annotated[int, typer.Option(min=1, max=100_000, help="Hidden units.")]
LearningRate = Annotated[float, typer.Option(help="Finite and not negative.")]
BatchSize = Annotated[int, typer.Option(min=1, max=1_000_000)]
TrainSamples = Annotated[int | None, typer.Option(min=1, help="Keep the first N training samples.")]
Classes = Annotated[str, typer.Option(help="Two of the ten classes by name or number; the first gets label 0.")]
Data = Annotated[Path | None, typer.Option(help="Folder of the four IDX files of Fashion-MNIST.")]
Seed = Annotated[int, typer.Option(min=0, help="Fixes the shuffle and the initial weights.")]

DEFAULT_CLASSES = "Dress,Ankle boot"
DEFAULT_PAGE = Path("backproof-report.html")


@app.callback(invoke_without_command=True)
def compare(
    context: typer.Context,
    epochs: Epochs = 20,
    hidden: Hidden = 12,
    learning_rate: LearningRate = 0.01,
    batch_size: BatchSize = 1,
    dtype: Annotated[str, typer.Option(help="float64 or float32.")] = "float64",
    seed: Seed = 0,
    engines: Annotated[
        str | None, typer.Option(help="Some of numpy,torch,jax; by default all that are installed.")
    ] = None,
    engine: Annotated[list[str] | None, typer.Option(help="A stranger's engine beside them: file.py:Class.")] = None,
    train_samples: TrainSamples = None,
    classes: Classes = DEFAULT_CLASSES,
    data: Data = None,
    audit: Annotated[
        str,
        typer.Option(
            help="How many blocks of each training to audit, at least four, or all: the first and last of the first "
            "and last epoch are always among them."
        ),
    ] = "20",
    json: Annotated[Path | None, typer.Option(help="Write the results to this file.")] = None,
    report: Annotated[Path, typer.Option(help="Write a page to look at, in one file.")] = DEFAULT_PAGE,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no page.")] = False,
) -> None:
    """Train one network in several engines on real images and compare gradients, losses and accuracies."""
    if context.invoked_subcommand:
        return
    from backproof.outputs import pending
    from benchmarks import beside
    from check.experiment import compare_engines
    from check.training import Settings
    from engines import ENGINES
    from report.page import render_page
    from report.results_file import dump, strict
    from report.tables import render

    settings = Settings(epochs, hidden, learning_rate, batch_size, dtype, seed)
    if json and not no_report and os.path.realpath(json) == os.path.realpath(report):
        raise typer.BadParameter(f"--json and --report are both {report}, and one would replace the other")
    with ExitStack() as stack:
        output = stack.enter_context(pending(json)) if json else None
        page = None if no_report else stack.enter_context(_pending_page(report))
        dataset = _load(classes, data, seed, train_samples)
        names = [*(ENGINES if engines is None else _names(engines)), *(engine or [])]
        watch = stack.enter_context(_progress_bars())
        results = compare_engines(
            names,
            dataset,
            settings,
            audit_blocks=_block_count(audit),
            skip_missing=engines is None,
            watch=watch,
            floor=beside.measure_floor,
        )
        results["kills"] = beside.kills()
        if output:
            dump(results, output)
        if page:
            page.write(render_page(strict(results)).encode())
    if page:
        _say(f"To look at: {report}\n")
    _say(render(results))
    raise typer.Exit(0 if results["verdict"] == "agree" else 1)


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A Python file with a function backprop, or an engine.")] = None,
    example: Annotated[bool, typer.Option("--example", help="Write a file to start from, and one to mend.")] = False,
    hint: Annotated[int, typer.Option(min=0, max=3, help="Stop at 0 line, 1 pattern, 2 name, 3 cure.")] = 3,
    seed: Seed = 0,
    probe: Annotated[str | None, typer.Option(help="Use this probe only.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long the file may run.")] = 20,
    memory: Annotated[int, typer.Option(min=512, help="How many MiB it may use.")] = 2048,
    output: Annotated[bool, typer.Option("--output", help="Show what the file printed.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the answer to this file.")] = None,
) -> None:
    """Put a backward pass of your own on trial: which line is wrong, and why."""
    if example:
        from check.examples import write_examples

        for written in write_examples(Path()):
            _say(f"wrote {written}")
        return
    if file is None:
        raise typer.BadParameter("which file? (--example writes one to start from)")
    from backproof.answer import command

    if command.gives_an_example(file):
        text, status = command.check(file, json=json, seconds=seconds, memory=memory, show_output=output)
        _say(text)
        raise typer.Exit(status)
    from check.command import check_file

    text, status = check_file(
        file, seed=seed, probe=probe, hint=hint, json=json, seconds=seconds, memory=memory, show_output=output
    )
    _say(text)
    raise typer.Exit(status)


@app.command()
def report(
    results: Annotated[Path, typer.Argument(help="What --json wrote.")],
    report: Annotated[Path, typer.Option(help="The page to write.")] = DEFAULT_PAGE,
) -> None:
    """Make the page again from results."""
    from report.page import save_page
    from report.schema import read

    save_page(read(results), report)
    _say(f"wrote {report}")


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="The picture to write.")] = Path("samples.png"),
    classes: Classes = DEFAULT_CLASSES,
    data: Data = None,
    seed: Seed = 0,
) -> None:
    """Write a picture of 20 labelled samples of each class."""
    from report.figures import save_samples

    dataset = _load(classes, data, seed)
    save_samples(dataset.X_train, dataset.y_train, dataset.class_names, file)
    _say(f"wrote {file}: the first 20 training samples of {' and of '.join(dataset.class_names)}")


@app.command()
def certify(
    epochs: Epochs = 20,
    hidden: Hidden = 12,
    learning_rate: LearningRate = 0.01,
    batch_size: BatchSize = 1,
    seed: Seed = 0,
    train_samples: TrainSamples = None,
    classes: Classes = DEFAULT_CLASSES,
    data: Data = None,
) -> None:
    """Compute the whole training in exact arithmetic and keep it: later comparisons show the true losses."""
    from check.training import Settings
    from engines import initial_weights
    from proof.certify import certify
    from report.certificate import render

    settings = Settings(epochs, hidden, learning_rate, batch_size, seed=seed)
    dataset = _load(classes, data, seed, train_samples)
    with _certificate_bar() as progress:
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
    _say(render(certificate))


@app.command()
def explain(
    line: Annotated[str, typer.Argument(help="Z1, A1, Z2, A2, loss, dZ2, dW2, db2, dA1, dZ1, dW1 or db1.")],
) -> None:
    """Print a line's formula, the forms that correct programs give it, their bounds, and where they lose digits."""
    from report.explanation import explain

    text = explain(line)
    if text is None:
        raise typer.BadParameter(f"there is no line {line!r} in Algorithm 1")
    _say(text)


@contextmanager
def _pending_page(path: Path) -> Iterator[BinaryIO]:
    from backproof.outputs import pending

    with ExitStack() as stack:
        try:
            page = stack.enter_context(pending(path))
        except OSError as error:
            raise OSError(f"{error} (--no-report writes no page)") from error
        yield page


def _say(text: str) -> None:
    """Print; that nobody reads it changes no answer."""
    try:
        typer.echo(text)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be flushed
        if not isinstance(error, BrokenPipeError):
            raise OSError(f"the output cannot be written: {error.strerror}") from error


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",")]


def _block_count(audit: str) -> int | None:
    if audit == "all":
        return None
    if not audit.isdecimal():
        raise typer.BadParameter(f"--audit is {audit!r}, but must be a number of blocks or all")
    return int(audit)


def _load(classes: str, data: Path | None, seed: int, train_samples: int | None = None) -> Dataset:
    from data import load

    return load(_names(classes), data, seed, train_samples)


@contextmanager
def _progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each thing under way; none where the output is no terminal."""
    from tqdm import tqdm

    bars: dict[str, tqdm] = {}

    def watch(what: str, done: int, total: int) -> None:
        if what not in bars:
            bars[what] = tqdm(desc=what, unit_scale=True, leave=False, disable=None)
        bars[what].total = total
        bars[what].update(done - bars[what].n)

    yield watch
    for bar in bars.values():
        bar.close()


@contextmanager
def _certificate_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar with the digits that are still known; its messages are shown even where it is not."""
    from tqdm import tqdm

    with tqdm(desc="certify", unit=" steps", unit_scale=True, leave=False, disable=None) as bar:

        def tell(progress: Progress) -> None:
            if progress.message:
                bar.write(progress.message, file=sys.stderr)
            bar.total = progress.steps
            bar.set_postfix_str(f"weights known to {progress.decimals:.0f} decimals", refresh=False)
            bar.update(progress.step - bar.n)

        yield tell


def main() -> None:
    """Run the command.

    Exit status: 0 agreement, 1 disagreement, 2 a request that cannot be met, 70 a mistake of ours, 130 interrupted
    (129 and 143: by SIGHUP and SIGTERM).
    """
    from check.interrupts import end_in_order

    end_in_order()
    try:
        sys.exit(app(standalone_mode=False))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except Exception as error:
        # Python below 3.12 wraps an interrupt that falls into the making of a class.
        if isinstance(error, RuntimeError) and isinstance(error.__cause__, KeyboardInterrupt):
            sys.exit(130)
        if isinstance(error, RuntimeError) and isinstance(error.__cause__, SystemExit):
            sys.exit(error.__cause__.code)
        sentence = _for_the_user(error)
        if sentence is None:
            traceback.print_exc()
            sys.exit(70)
        sys.stderr.write(f"compare.py: {sentence}\n")
        sys.exit(2)


def _for_the_user(error: Exception) -> str | None:
    """The sentence of an error that the user can mend; None for a mistake of ours."""
    if hasattr(error, "format_message"):  # of the command line itself
        return error.format_message()
    if isinstance(error, MemoryError):
        return f"there is not enough memory{f': {error}' if str(error) else ''}"
    from backproof.arithmetic import ProofError
    from backproof.diagnosis.apart import LimitError
    from data import DataError
    from engines import EngineError
    from proof.certificate import CertifyError
    from report.schema import ResultsError

    known = (LimitError, DataError, EngineError, ProofError, CertifyError, ResultsError, OSError)
    return str(error) if isinstance(error, known) else None


if __name__ == "__main__":
    main()
